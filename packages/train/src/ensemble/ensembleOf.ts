import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CredenceError, checkNotEmpty } from "credence/numeric";
import type { Classifier } from "../models/classifier/classifierModel.js";
import { load } from "../models/load.js";
import { type Predictive, predictive } from "../models/predictive.js";
import type { ConditionalTransformer, Transformer } from "../models/transformer/transformerModel.js";
import { type Members, memberName, membersOf } from "./members.js";
import {
  type ConditionalTransformerEnsemble,
  conditionalTransformerEnsemble,
  type TransformerEnsemble,
  transformerEnsemble,
} from "./sequenceEnsemble.js";

/** Classifiers that were trained alike from different seeds. */
export interface DeepEnsemble extends Predictive, Members<Classifier> {
  /** Writes each member into a folder of its own, member-1 …; {@link loadEnsemble} reads them. */
  save(directory: string): Promise<void>;
}

/** The ensemble of each kind of member. */
interface EnsembleOf {
  readonly classifier: DeepEnsemble;
  readonly transformer: TransformerEnsemble;
  readonly conditionalTransformer: ConditionalTransformerEnsemble;
}

/**
 * An ensemble of models that are there already. Classifiers must know the same classes and features; the prediction is the
 * mean of theirs. Transformers must have the same tokens, context and overflow; the probability of each next token is the
 * mean of theirs, also in every step of a search or a draw, and that of a sequence the product of these means.
 * @throws CredenceError "shape-mismatch" for members that do not belong together, "out-of-range" for a transformer that
 * is there twice, "empty-input" without any.
 * @example
 * ```ts
 * import { ensembleOf, trainMembers } from "@credence/train/ensemble";
 * import { transformer } from "@credence/train/models";
 * const pairs = ["ab", "ba", "aab", "bba"].map((text) => ({ source: text, target: text.toUpperCase() }));
 * const definition = transformer({ layers: 1, width: 32, heads: 2, context: 16 });
 * const training = { epochs: 100, learningRate: 1e-2 };
 * const ensemble = ensembleOf(
 *   await trainMembers(2, (seed) => definition.train(pairs, { ...training, seed })),
 * );
 * const [{ text }] = await ensemble.greedy(["aab"]);
 * const [{ epistemic }] = await ensemble.uncertainty([{ source: "aab", target: text }]);
 * await ensemble.release();
 * text; // → "AAB"
 * epistemic.length; // → 4
 * ```
 */
export function ensembleOf(members: readonly Classifier[]): DeepEnsemble;
export function ensembleOf(members: readonly Transformer[]): TransformerEnsemble;
export function ensembleOf(members: readonly ConditionalTransformer[]): ConditionalTransformerEnsemble;
export function ensembleOf(
  members: readonly (Classifier | Transformer | ConditionalTransformer)[],
): EnsembleOf[keyof EnsembleOf] {
  checkNotEmpty("ensembleOf", "members", members);
  const { kind } = members[0].card;
  members.forEach(({ card }, index) => {
    if (card.kind !== kind)
      throw mismatch(index, card.kind, `is a ${card.kind}, but the first member is a ${kind}.`);
  });
  switch (kind) {
    case "classifier":
      return classifierEnsemble(members as readonly Classifier[]);
    case "transformer":
      return transformerEnsemble(members as readonly Transformer[]);
    case "conditionalTransformer":
      return conditionalTransformerEnsemble(members as readonly ConditionalTransformer[]);
  }
}

function classifierEnsemble(members: readonly Classifier[]): DeepEnsemble {
  const [{ card }] = members;
  members.forEach((member, i) => {
    for (const fact of ["classes", "features"] as const)
      if (member.card[fact] !== card[fact])
        throw mismatch(
          i,
          member.card[fact],
          `has ${member.card[fact]} ${fact}, but the first member has ${card[fact]}.`,
        );
  });
  return {
    ...membersOf(members),
    ...predictive((x, options) => Promise.all(members.map((member) => member.predict(x, options)))),
  };
}

const mismatch = (index: number, value: unknown, explanation: string): CredenceError =>
  new CredenceError(
    "shape-mismatch",
    { function: "ensembleOf", argument: "members", index, value },
    explanation,
  );

/**
 * Opens an ensemble that was saved.
 * @param kind What its members must be. Default "classifier".
 * @throws CredenceError "not-a-model" where the folder holds no member, a damaged one, or one of another kind.
 */
export async function loadEnsemble<K extends keyof EnsembleOf = "classifier">(
  directory: string,
  kind: K = "classifier" as K,
): Promise<EnsembleOf[K]> {
  const names = await readdir(directory).catch((): string[] => []);
  const count = names.filter((name) => /^member-\d+$/.test(name)).length;
  const models: EnsembleOf[K]["members"][number][] = [];
  try {
    // Where there is none, the error of the first says what is missing.
    for (let i = 0; i < Math.max(count, 1); i++)
      models.push(await load(join(directory, memberName(i)), kind));
    return ensembleOf(models as never) as EnsembleOf[K];
  } catch (error) {
    for (const model of models) await model.release();
    throw error;
  }
}
