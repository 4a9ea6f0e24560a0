import { join } from "node:path";
import { CredenceError } from "credence/numeric";
import type { ClassifierDefinition, ClassifierTraining } from "../models/classifier/classifier.js";
import type { Rows } from "../models/rows.js";
import { type DeepEnsemble, ensembleOf } from "./ensembleOf.js";
import { memberName } from "./members.js";
import { trainMembers } from "./trainMembers.js";

/** What `onProgress` of an ensemble hears. */
type MemberProgress = Parameters<NonNullable<ClassifierTraining["onProgress"]>>[0] & {
  /** Which member, from 0. */
  readonly member: number;
  readonly members: number;
};

/** How an ensemble is trained: each member as the classifier alone, from a seed of its own. */
export interface EnsembleTraining extends Omit<ClassifierTraining, "onProgress"> {
  /** Trainings at a time, each in a worker thread of its own. Default: as many as the machine has cores. */
  parallel?: number;
  onProgress?: (progress: MemberProgress) => void;
}

/** An ensemble that is not trained yet. */
export interface DeepEnsembleDefinition {
  train(data: Rows, labels: ArrayLike<number>, options?: EnsembleTraining): Promise<DeepEnsemble>;
}

/**
 * Several classifiers of the same kind, trained on the same data from different first weights and orders of the rows; the
 * prediction is their mean (Lakshminarayanan, Pritzel & Blundell 2017).
 * @param options `members`: default 5.
 * @throws CredenceError "too-few" for fewer than two members.
 * @example
 * ```ts
 * import { deepEnsemble } from "@credence/train/ensemble";
 * import { classifier } from "@credence/train/models";
 * const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const ensemble = await deepEnsemble(classifier({ hidden: [8] }), { members: 2 }).train(x, [0, 1, 1, 0], { seed: 1 });
 * const { total } = await ensemble.uncertainty([[0.5, 0.5]]);
 * await ensemble.release();
 * total[0] > 0; // → true
 * ```
 */
export function deepEnsemble(
  definition: ClassifierDefinition,
  { members = 5 }: { members?: number } = {},
): DeepEnsembleDefinition {
  if (!(Number.isInteger(members) && members >= 2))
    throw new CredenceError(
      "too-few",
      { function: "deepEnsemble", argument: "members", value: members },
      "an ensemble has 2 members or more; a single model says nothing about its own spread.",
    );
  return {
    async train(data, labels, { parallel, onProgress, checkpoint, ...training } = {}) {
      const models = await trainMembers(
        members,
        (seed, member) =>
          definition.train(data, labels, {
            ...training,
            seed,
            checkpoint: checkpoint && {
              ...checkpoint,
              directory: join(checkpoint.directory, memberName(member)),
            },
            onProgress: onProgress && ((progress) => onProgress({ ...progress, member, members })),
          }),
        { seed: training.seed, parallel },
      );
      return ensembleOf(models);
    },
  };
}
