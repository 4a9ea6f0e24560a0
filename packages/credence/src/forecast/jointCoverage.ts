import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import { checkFinite, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** Coverage of intervals over several horizons. */
export interface JointCoverage {
  /** Share of rows whose observations lie inside at every horizon. */
  readonly joint: Estimate;
  /** Share of rows inside, by horizon. */
  readonly byHorizon: readonly Estimate[];
}

/**
 * Coverage over horizons, each by itself and all together: ten intervals of 90 % each hold together far less often.
 * @param lower Rows × horizons; −∞ is unbounded.
 * @param upper Rows × horizons; +∞ is unbounded.
 * @param observed Rows × horizons.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite".
 * @example
 * ```ts
 * import { jointCoverage } from "credence/forecast";
 * const rows = (data: number[]) => ({ data, rows: 2, columns: 2 });
 * jointCoverage(rows([0, 0, 0, 0]), rows([1, 1, 1, 1]), rows([0.5, 0.5, 0.5, 2])).joint.value; // → 0.5
 * ```
 */
export function jointCoverage(
  lower: Matrix,
  upper: Matrix,
  observed: Matrix,
  options: EstimateOptions = {},
): JointCoverage {
  const fn = "jointCoverage";
  checkOptions(fn, options);
  checkMatrix(fn, "observed", observed);
  const { rows, columns } = observed;
  for (const [name, matrix] of [
    ["observed", observed],
    ["lower", lower],
    ["upper", upper],
  ] as const) {
    checkMatrix(fn, name, matrix);
    if (matrix.rows !== rows || matrix.columns !== columns)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: name },
        `is ${matrix.rows} × ${matrix.columns}, observed is ${rows} × ${columns}.`,
      );
  }
  checkFinite(fn, "observed", observed.data);
  const inside = (i: number, j: number) => {
    const at = i * columns + j;
    return lower.data[at] <= observed.data[at] && observed.data[at] <= upper.data[at];
  };
  const share = (covered: (i: number) => boolean) =>
    proportionEstimate(
      Array.from({ length: rows }, (_, i) => covered(i)),
      options,
      fn,
    );
  const horizons = Array.from({ length: columns }, (_, j) => j);
  return {
    joint: share((i) => horizons.every((j) => inside(i, j))),
    byHorizon: horizons.map((j) => share((i) => inside(i, j))),
  };
}
