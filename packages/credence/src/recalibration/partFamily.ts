import { checkFields, checkSameLength } from "../numeric/check.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { takeNumbers } from "../numeric/mapNumbers.js";
import type { Calibrator } from "./calibrator.js";
import type { Candidate } from "./candidates.js";
import type { Rows } from "./comparison.js";

/** Scores together with the part each belongs to. */
export interface PartedScores {
  readonly scores: ArrayLike<number>;
  /** A part never seen in the fit gets the parent. */
  readonly by: Groups;
}

/** A family ready to predict. */
export interface Family {
  readonly parent: (scores: ArrayLike<number>) => Float64Array;
  readonly parts: ReadonlyMap<
    string | number,
    { readonly share: number; readonly predict: (scores: ArrayLike<number>) => Float64Array }
  >;
}

/** The predictions of a family: own calibrator and parent, mixed by share. */
export function predictFamily({ parent, parts }: Family): (input: PartedScores) => Float64Array {
  return (input) => {
    checkFields("groupwise.predict", "input", input);
    const { scores, by } = input;
    checkSameLength("groupwise.predict", "by", by, "scores", scores);
    const result = parent(scores);
    const coded = groupCodes("groupwise.predict", by, scores, "scores");
    groupRows(coded).forEach((rows, g) => {
      const own = parts.get(coded.labels[g]);
      if (!own) return;
      own.predict(takeNumbers(scores, rows)).forEach((p, k) => {
        result[rows[k]] = (1 - own.share) * result[rows[k]] + own.share * p;
      });
    });
    return result;
  };
}

/** The share of a part's own calibrator. */
export const shareOf = (n: number, pooling: number): number => (pooling === Infinity ? 0 : n / (n + pooling));

/** Fits the method to rows. */
export function fitMethod(
  candidate: Candidate,
  { scores, outcomes, weights }: Rows,
  fittedAt: string,
): Calibrator {
  return candidate.fit(scores, outcomes, { ...(weights && { weights }), fittedAt });
}

/** Rows without weight count for nothing. */
export const countingRows = (indices: Int32Array, { weights }: Rows): Int32Array =>
  weights ? indices.filter((i) => weights[i] > 0) : indices;

/** Why these rows of a part are not enough for a calibrator of its own, or null. */
export function whyParent(indices: Int32Array, { outcomes }: Rows, minRows: number): string | null {
  if (indices.length < minRows)
    return `${indices.length} ${indices.length === 1 ? "row is" : "rows are"} fewer than ${minRows}`;
  if (indices.every((i) => outcomes[i] === outcomes[indices[0]])) return "its outcomes are all equal";
  return null;
}
