import { startRuntime } from "@credence/runtime";
import { CredenceError, checkCount } from "credence/numeric";
import { streamOf } from "../graph/index.js";
import {
  type ClassifierOptions,
  type ClassifierTraining,
  trainClassifier,
} from "../models/classifier/classifier.js";
import { createClassifier } from "../models/classifier/classifierModel.js";
import type { Rows } from "../models/rows.js";
import { cosine } from "../optim/index.js";
import { type DeepEnsemble, ensembleOf } from "./ensembleOf.js";
import { drawWeights, weightMoments } from "./weightMoments.js";

/** Options of {@link swag}. */
export interface SwagOptions {
  /** Snapshots of the weights, one after each further epoch, at least 2. Default 20. */
  snapshots?: number;
  /** How many of the last snapshots span the low-rank part, from 2 to `snapshots`. Default 10, or all if fewer. */
  rank?: number;
  /** Learning rate of these epochs, as a share of the one at the start: large enough to wander. Default 0.5. */
  wander?: number;
  /** Draws of the weights, each of which becomes a model. Default 10. */
  draws?: number;
}

/** A classifier whose weights' wandering is to be measured. */
export interface SwagDefinition {
  /** Trains for `epochs`, and on for as many as there are snapshots; otherwise as the classifier alone. */
  train(data: Rows, labels: ArrayLike<number>, options?: ClassifierTraining): Promise<DeepEnsemble>;
}

/**
 * SWAG: after training, the optimiser wanders on at a constant rate; mean and covariance (half diagonal, half low rank) of
 * the weights on its way are taken as a Gaussian posterior, and models are drawn from it. Their mean is the prediction. With
 * Adam instead of the paper's SGD, the wandering is on Adam's scale.
 * @see Maddox et al. 2019.
 * @example
 * ```ts
 * import { swag } from "@credence/train/ensemble";
 * const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const posterior = await swag({ hidden: [8] }, { snapshots: 5, draws: 4 }).train(x, [0, 1, 1, 0], { epochs: 50, seed: 1 });
 * const members = await posterior.predictMembers(x);
 * await posterior.release();
 * members.length; // → 4
 * ```
 */
export function swag(
  classifier: ClassifierOptions,
  { snapshots = 20, rank = Math.min(10, snapshots), wander = 0.5, draws = 10 }: SwagOptions = {},
): SwagDefinition {
  checkCount("swag", "snapshots", snapshots, 2);
  checkCount("swag", "rank", rank, 2);
  checkCount("swag", "draws", draws, 2);
  if (rank > snapshots)
    throw new CredenceError(
      "out-of-range",
      { function: "swag", argument: "rank", value: rank },
      `is at most the number of snapshots, ${snapshots}.`,
    );
  if (!(wander > 0 && Number.isFinite(wander)))
    throw new CredenceError(
      "out-of-range",
      { function: "swag", argument: "wander", value: wander },
      "must be above 0.",
    );
  return {
    async train(data, labels, training = {}) {
      const { epochs = 10, seed = 0 } = training;
      checkCount("swag.train", "epochs", epochs);
      const all = epochs + snapshots;
      const moments = weightMoments(rank);
      const down = cosine(wander);
      let names: string[] = [];
      const { fitted, card, onnxOf } = await trainClassifier(
        classifier,
        data,
        labels,
        { ...training, epochs: all },
        {
          updates(parameters) {
            const updates = moments.updates(parameters);
            names = parameters.flatMap(({ source }) => (source.kind === "parameter" ? [source.name] : []));
            return updates;
          },
          feeds(step, perEpoch) {
            const snapshot = step / perEpoch - epochs;
            return moments.feeds(snapshot >= 0 && Number.isInteger(snapshot) ? snapshot : null);
          },
          schedule: (step, steps) => {
            const first = (steps * epochs) / all;
            return step < first ? down(step, first) : wander;
          },
          identity: ["swag", snapshots, rank, wander],
        },
      );
      const runtime = startRuntime();
      const members = [];
      for (let draw = 0; draw < draws; draw++) {
        const weights = drawWeights(fitted.values, names, rank, streamOf(seed, draw));
        members.push(await createClassifier(onnxOf(weights), card, runtime));
      }
      const ensemble = ensembleOf(members);
      return {
        ...ensemble,
        async release() {
          await ensemble.release();
          await runtime.close();
        },
      };
    },
  };
}
