import type { Matrix } from "../numeric/matrix.js";
import { checkMembers } from "./decomposeEntropy.js";

/**
 * The prediction of an ensemble, or of dropout passes: the mean of its members' probabilities.
 * @param members One matrix of probabilities (rows × classes) per member.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-normalised".
 * @example
 * ```ts
 * import { meanPrediction } from "credence/ensemble";
 * const member = (data: number[]) => ({ data, rows: 1, columns: 2 });
 * Array.from(meanPrediction([member([1, 0]), member([0.5, 0.5])]).data); // → [0.75, 0.25]
 * ```
 */
export function meanPrediction(members: readonly Matrix[]): Matrix {
  checkMembers("meanPrediction", members);
  const { rows, columns } = members[0];
  const data = new Float64Array(rows * columns);
  for (const member of members)
    for (let i = 0; i < data.length; i++) data[i] += member.data[i] / members.length;
  return { data, rows, columns };
}
