import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { checkMembers } from "./decomposeEntropy.js";

/**
 * The class each member votes for: rows × members, from one matrix of probabilities per member. Ties go to the lower class.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-normalised".
 * @example
 * ```ts
 * import { memberVotes } from "credence/ensemble";
 * const member = (data: number[]) => ({ data, rows: 1, columns: 2 });
 * Array.from(memberVotes([member([0.9, 0.1]), member([0.2, 0.8])]).data); // → [0, 1]
 * ```
 */
export function memberVotes(members: readonly Matrix[]): Matrix {
  checkMembers("memberVotes", members);
  const { rows, columns } = members[0];
  const data = new Float64Array(rows * members.length);
  for (let i = 0; i < rows; i++)
    members.forEach((member, m) => {
      let best = 0;
      for (let j = 1; j < columns; j++)
        if (member.data[i * columns + j] > member.data[i * columns + best]) best = j;
      data[i * members.length + m] = best;
    });
  return { data, rows, columns: members.length };
}

/**
 * Variation ratio: the share of members that do not vote for the most voted class, in [0, 1) (Freeman 1965; Gal 2016).
 * @param votes Rows × members: the class each member votes for.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite".
 * @example
 * ```ts
 * import { variationRatio } from "credence/ensemble";
 * Array.from(variationRatio({ data: [0, 0, 1, 2], rows: 1, columns: 4 })); // → [0.5]
 * ```
 */
export function variationRatio(votes: Matrix): Float64Array {
  return perRow("variationRatio", votes, (counts, m) => 1 - Math.max(...counts) / m);
}

/**
 * Pairwise disagreement: the share of pairs of members that vote for different classes, in [0, 1].
 * @param votes Rows × members: the class each member votes for; at least two members.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "too-few".
 * @example
 * ```ts
 * import { pairwiseDisagreement } from "credence/ensemble";
 * Array.from(pairwiseDisagreement({ data: [0, 0, 1], rows: 1, columns: 3 })); // → [0.6667]
 * ```
 */
export function pairwiseDisagreement(votes: Matrix): Float64Array {
  const fn = "pairwiseDisagreement";
  checkMatrix(fn, "votes", votes);
  if (votes.columns < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "votes.columns", value: votes.columns },
      "a pair needs at least two members.",
    );
  return perRow(fn, votes, (counts, m) => {
    let agreeing = 0;
    for (const count of counts) agreeing += count * (count - 1);
    return 1 - agreeing / (m * (m - 1));
  });
}

/** Applies a rule to the vote counts of each row. */
function perRow(
  fn: string,
  votes: Matrix,
  rule: (counts: number[], members: number) => number,
): Float64Array {
  checkMatrix(fn, "votes", votes);
  const { data, rows, columns } = votes;
  return Float64Array.from({ length: rows }, (_, i) => {
    const counts = new Map<number, number>();
    for (let k = i * columns; k < (i + 1) * columns; k++) {
      if (!Number.isFinite(data[k]))
        throw new CredenceError(
          "not-finite",
          { function: fn, argument: "votes", index: k, value: data[k] },
          "a vote is the number of a class.",
        );
      counts.set(data[k], (counts.get(data[k]) ?? 0) + 1);
    }
    return rule([...counts.values()], columns);
  });
}
