import { logLoss } from "credence/calibration";
import { type LastLayerLaplace, lastLayerLaplace, meanPrediction } from "credence/ensemble";
import { checkCount } from "credence/numeric";
import type { Classifier } from "../models/classifier/classifierModel.js";
import { type Predictive, type PredictiveOptions, predictive } from "../models/predictive.js";
import { type Rows, toLabels } from "../models/rows.js";

/** Options of {@link laplace}. */
export interface LaplaceTraining {
  /** Precision of the Gaussian prior of each weight, or the rows held out on which the best of a grid is chosen. */
  prior: number | { data: Rows; labels: ArrayLike<number> };
  /** Draws of each prediction. Default 50. */
  samples?: number;
}

/** The predictions, and the prior they were made with. */
export interface LaplacePredictive extends Predictive {
  readonly priorPrecision: number;
}

/** From weights that may be anything to weights that may hardly move. */
const GRID = Array.from({ length: 15 }, (_, i) => 10 ** (-3 + i / 2));

/**
 * A classifier with a Gaussian posterior over its last layer: one pass over the training rows, no new training.
 * @param model The trained classifier. @param data Its training rows.
 * @see lastLayerLaplace of credence/ensemble, which does the mathematics.
 * @example
 * ```ts
 * import { laplace } from "@credence/train/ensemble";
 * import { classifier } from "@credence/train/models";
 * const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const model = await classifier({ hidden: [8] }).train(x, [0, 1, 1, 0], { seed: 1 });
 * const { epistemic } = await (await laplace(model, x, { prior: 1 })).uncertainty([[0.5, 0.5], [50, -50]]);
 * await model.release();
 * epistemic[1] > epistemic[0]; // → true
 * ```
 */
export async function laplace(
  model: Classifier,
  data: Rows,
  { prior, samples = 50 }: LaplaceTraining,
): Promise<LaplacePredictive> {
  checkCount("laplace", "samples", samples);
  const [embeddings, probabilities] = [await model.embeddings(data), await model.predict(data)];
  const fit = (priorPrecision: number) => lastLayerLaplace.fit(embeddings, probabilities, { priorPrecision });
  const priorPrecision = typeof prior === "number" ? prior : await choose(model, fit, prior, samples);
  const posterior = fit(priorPrecision);
  return {
    priorPrecision,
    ...predictive<PredictiveOptions>(async (x, { seed, signal } = {}) =>
      posterior.draw(await model.embeddings(x, { signal }), await model.logits(x, { signal }), {
        samples,
        seed,
      }),
    ),
  };
}

/** The precision with the smallest log loss on the rows held out. */
async function choose(
  model: Classifier,
  fit: (priorPrecision: number) => LastLayerLaplace,
  held: { data: Rows; labels: ArrayLike<number> },
  samples: number,
): Promise<number> {
  const [embeddings, logits] = [await model.embeddings(held.data), await model.logits(held.data)];
  const { labels } = toLabels("laplace", "prior.labels", held.labels, logits.rows, logits.columns);
  let best = { loss: Infinity, precision: GRID[0] };
  for (const precision of GRID) {
    const probabilities = meanPrediction(fit(precision).draw(embeddings, logits, { samples }));
    const loss = logLoss(probabilities, labels, { interval: false, epsilon: Number.MIN_VALUE }).value;
    if (loss < best.loss) best = { loss, precision };
  }
  return best.precision;
}
