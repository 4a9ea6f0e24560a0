import {
  checkCount,
  checkFields,
  checkFunction,
  checkList,
  checkOptions,
  checkSameLength,
} from "../numeric/check.js";
import { sampleMultinomial, sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { reportProgress } from "./statistic.js";

/** Independent rows summarised by cells (bins, classes, bin × outcome). */
export interface Cells {
  /** Rows in each cell. */
  readonly counts: ArrayLike<number>;
  /** Mean of a quantity over the rows of each cell. */
  readonly means?: ArrayLike<number>;
  /** Standard deviation (divisor n) of that quantity within each cell. */
  readonly deviations?: ArrayLike<number>;
}

/** How many resamples, from which seed. */
export interface CellBootstrapOptions {
  /** Number of resamples. Default 1000. */
  resamples?: number;
  /** Seed. Default 0. */
  seed?: number;
  /** Called now and then with the resamples done and their total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Bootstrap replicates of a statistic of cell counts, at a cost that does not depend on the number of rows: resampling n
 * rows with replacement makes the counts multinomial, exactly. Where `means` and `deviations` are given, the sum of the
 * quantity in a cell that received m rows is drawn as normal with mean m · mean and variance m · deviation² (its limit;
 * good from some tens of rows a cell).
 *
 * For independent rows only; with groups use `sumsBootstrap`.
 * @param statistic A function of the counts and sums per cell; both arrays are reused between calls.
 * @returns The statistic of each resample; read an interval off it with `bootstrapInterval`.
 * @throws CredenceError "length-mismatch" where means or deviations do not fit the counts.
 * @example
 * ```ts
 * import { cellBootstrap } from "credence/estimate";
 * const replicates = cellBootstrap({ counts: [30, 70] }, ([wrong, right]) => right / (wrong + right));
 * replicates.length; // → 1000
 * ```
 */
export function cellBootstrap(
  cells: Cells,
  statistic: (counts: Float64Array, sums: Float64Array) => number,
  options: CellBootstrapOptions = {},
): Float64Array {
  const fn = "cellBootstrap";
  checkOptions(fn, options);
  checkFields(fn, "cells", cells);
  checkFunction(fn, "statistic", statistic);
  const { counts: observed, means, deviations } = cells;
  const { resamples = 1000, seed = 0, onProgress } = options;
  checkCount(fn, "resamples", resamples, 2);
  checkList(fn, "cells.counts", observed);
  if (means) checkSameLength(fn, "cells.means", means, "cells.counts", observed);
  if (deviations) checkSameLength(fn, "cells.deviations", deviations, "cells.counts", observed);
  let n = 0;
  for (let c = 0; c < observed.length; c++) {
    checkCount(fn, `cells.counts[${c}]`, observed[c], 0);
    n += observed[c];
  }
  checkCount(fn, "sum of cells.counts", n);
  const shares = Float64Array.from(observed as ArrayLike<number>, (count) => count / n);
  const random = createRandom(seed);
  const counts = new Float64Array(shares.length);
  const sums = new Float64Array(shares.length);
  const replicates = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    sampleMultinomial(random, n, shares, counts);
    if (means)
      for (let c = 0; c < counts.length; c++) {
        sums[c] = counts[c] * means[c];
        if (deviations && counts[c] > 0 && deviations[c] > 0)
          sums[c] += Math.sqrt(counts[c]) * deviations[c] * sampleNormal(random);
      }
    replicates[b] = statistic(counts, sums);
    reportProgress(onProgress, b + 1, resamples);
  }
  return replicates;
}
