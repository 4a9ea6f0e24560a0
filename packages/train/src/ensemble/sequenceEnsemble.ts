import { CredenceError } from "credence/numeric";
import { averageNetworks } from "../models/transformer/averageNetworks.js";
import {
  disagreementOf,
  overPairs,
  overSequences,
  type PairAbilities,
  type SequenceAbilities,
} from "../models/transformer/networkAbilities.js";
import type { Pair } from "../models/transformer/packing.js";
import type { SequenceUncertainty } from "../models/transformer/sequences.js";
import type { Sequence } from "../models/transformer/tokeniser.js";
import type { TransformerCard } from "../models/transformer/transformerCard.js";
import {
  type ConditionalTransformer,
  networkOf,
  type SaveOptions,
  type Transformer,
} from "../models/transformer/transformerModel.js";
import { type Members, membersOf } from "./members.js";

interface Common<M> extends Members<M> {
  /** Writes each member into a folder of its own, member-1 …; {@link loadEnsemble} reads them. */
  save(directory: string, options?: SaveOptions): Promise<void>;
}

/** Transformers over sequences whose next-token probabilities are averaged. */
export interface TransformerEnsemble
  extends Common<Transformer>,
    SequenceAbilities,
    SequenceUncertainty<Sequence> {}

/** Transformers over pairs whose next-token probabilities are averaged. */
export interface ConditionalTransformerEnsemble
  extends Common<ConditionalTransformer>,
    PairAbilities,
    SequenceUncertainty<Pair> {}

/** An ensemble over sequences. */
export function transformerEnsemble(members: readonly Transformer[]): TransformerEnsemble {
  const { card, networks } = alike(members);
  const name = "TransformerEnsemble";
  return {
    ...membersOf(members),
    ...overSequences(name, averageNetworks(networks), card),
    ...disagreementOf<Sequence>(name, networks, card),
  };
}

/** An ensemble over pairs. */
export function conditionalTransformerEnsemble(
  members: readonly ConditionalTransformer[],
): ConditionalTransformerEnsemble {
  const { card, networks } = alike(members);
  const name = "ConditionalTransformerEnsemble";
  return {
    ...membersOf(members),
    ...overPairs(name, averageNetworks(networks), card),
    ...disagreementOf<Pair>(name, networks, card),
  };
}

/** What the members have in common, and their networks. They may differ in depth and width. */
function alike(members: readonly (Transformer | ConditionalTransformer)[]) {
  const factsOf = ({ tokens, dimensions, overflow }: TransformerCard) => ({
    vocabulary: JSON.stringify(tokens),
    context: dimensions.context,
    overflow,
  });
  const [{ card }] = members;
  const first = factsOf(card);
  members.forEach((member, index) => {
    // Each generates in one memory of its own.
    if (members.indexOf(member) < index)
      throw new CredenceError(
        "out-of-range",
        { function: "ensembleOf", argument: "members", index },
        "is there twice; an ensemble consists of different models.",
      );
    const own = factsOf(member.card);
    for (const fact of ["vocabulary", "context", "overflow"] as const)
      if (own[fact] !== first[fact])
        throw new CredenceError(
          "shape-mismatch",
          { function: "ensembleOf", argument: "members", index },
          `has another ${fact} than the first member; train all with the same options on the same data.`,
        );
  });
  return { card, networks: members.map(networkOf) };
}
