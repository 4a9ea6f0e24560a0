import { checkNotEmpty, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkProbabilityRows, isMatrix, type Matrix } from "../numeric/matrix.js";

/** Uncertainty of one case, or of every row: total = aleatoric + epistemic. */
export interface EntropyDecomposition<T> {
  /** Entropy of the mean prediction. */
  readonly total: T;
  /** Mean entropy of the members: what no further training would take away. */
  readonly aleatoric: T;
  /** Mutual information between the class and the member: how much the members disagree. */
  readonly epistemic: T;
}

/** Options of {@link decomposeEntropy}. */
export interface DecomposeEntropyOptions {
  /** Unit of the result. Default "nats". */
  unit?: "nats" | "bits";
}

/**
 * Splits the predictive entropy of an ensemble (or of dropout passes): entropy of the mean = mean entropy (aleatoric) +
 * mutual information (epistemic). Every part is ≥ 0 and ≤ ln(classes).
 * @param members For one case a list of probabilities per member; for many rows one matrix (rows × classes) per member.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-normalised", "unknown-option".
 * @see Depeweg et al. 2018; Kendall & Gal 2017; the mutual information is BALD (Houlsby et al. 2011).
 * @example
 * ```ts
 * import { decomposeEntropy } from "credence/ensemble";
 * decomposeEntropy([[1, 0], [0, 1]]); // → {"total":0.6931,"aleatoric":0,"epistemic":0.6931}
 * decomposeEntropy([[0.5, 0.5], [0.5, 0.5]]).epistemic; // → 0
 * ```
 */
export function decomposeEntropy(
  members: readonly ArrayLike<number>[],
  options?: DecomposeEntropyOptions,
): EntropyDecomposition<number>;
export function decomposeEntropy(
  members: readonly Matrix[],
  options?: DecomposeEntropyOptions,
): EntropyDecomposition<Float64Array>;
export function decomposeEntropy(
  members: readonly ArrayLike<number>[] | readonly Matrix[],
  options: DecomposeEntropyOptions = {},
): EntropyDecomposition<number> | EntropyDecomposition<Float64Array> {
  const fn = "decomposeEntropy";
  checkOptions(fn, options);
  const { unit = "nats" } = options;
  if (unit !== "nats" && unit !== "bits")
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "unit", value: unit },
      'must be "nats" or "bits".',
    );
  checkNotEmpty(fn, "members", members);
  const single = members.length > 0 && !isMatrix(members[0]);
  const matrices = single
    ? Array.from(members as readonly ArrayLike<number>[], (data) => asRow(fn, data))
    : (members as readonly Matrix[]);
  checkMembers(fn, matrices);
  const { rows, columns } = matrices[0];
  const total = new Float64Array(rows);
  const aleatoric = new Float64Array(rows);
  const epistemic = new Float64Array(rows);
  const scale = 1 / (matrices.length * (unit === "bits" ? Math.LN2 : 1));
  for (let i = 0; i < rows; i++) {
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      let sum = 0;
      for (const { data } of matrices) sum += data[j];
      if (sum === 0) continue;
      const mean = sum / matrices.length;
      total[i] -= sum * Math.log(mean) * scale;
      for (const { data } of matrices) {
        const p = data[j];
        if (p === 0) continue;
        aleatoric[i] -= p * Math.log(p) * scale;
        // Divergence of the member from the mean: no difference of large numbers.
        epistemic[i] += p * Math.log(p / mean) * scale;
      }
    }
    // Rounding may leave −1e-17 where the truth is 0.
    epistemic[i] = Math.max(epistemic[i], 0);
  }
  return single
    ? { total: total[0], aleatoric: aleatoric[0], epistemic: epistemic[0] }
    : { total, aleatoric, epistemic };
}

function asRow(fn: string, data: ArrayLike<number>): Matrix {
  checkNotEmpty(fn, "members", data);
  return { data, rows: 1, columns: data.length };
}

/** Refuses an empty ensemble and members of different shape or with rows that are no probabilities. */
export function checkMembers(fn: string, members: readonly Matrix[]): void {
  checkNotEmpty(fn, "members", members);
  for (let m = 0; m < members.length; m++) {
    const member = members[m];
    checkProbabilityRows(fn, `members[${m}]`, member);
    if (member.rows !== members[0].rows || member.columns !== members[0].columns)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: `members[${m}]` },
        `is ${member.rows} × ${member.columns}, the first member is ${members[0].rows} × ${members[0].columns}.`,
      );
  }
}
