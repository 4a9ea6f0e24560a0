import type { Estimate } from "credence/estimate";

/** Version of the comparison's JSON layout. */
export const COMPARISON_SCHEMA = "credence.comparison/1";

/** The metrics of one side. */
export interface ComparedSide {
  readonly files: readonly string[];
  readonly accuracy: Estimate;
  readonly meanConfidence: Estimate;
  readonly ece: Estimate;
  readonly brier: Estimate;
  readonly logLoss: Estimate;
}

/** Two sets of confidences for the same rows, compared row by row. */
export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  /** Rows scored on both sides. */
  readonly n: number;
  readonly groups: { readonly column: string; readonly count: number } | null;
  /** The names of the classes, where class probabilities were compared; confidence is then the largest of a row. */
  readonly classes: readonly string[] | null;
  /** How rows were paired: by their order, or by a key. */
  readonly pairedBy: string;
  /** Rows of one side that found no partner; 0 where rows are paired by order. */
  readonly unpaired: { readonly a: number; readonly b: number };
  /** Pairs in which a side has no confidence or no outcome. */
  readonly missing: number;
  readonly level: number;
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** B − A, paired. */
  readonly difference: {
    readonly accuracy: Estimate;
    readonly brier: Estimate;
    readonly logLoss: Estimate;
    /** Not paired, and therefore wide: |·| has no derivative at 0, where paired bootstraps fail. */
    readonly ece: Estimate;
  };
  /** What follows, in sentences. */
  readonly verdict: readonly string[];
  readonly guesses: readonly string[];
}
