import { checkFields, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { studentQuantile } from "../numeric/special.js";
import { jackknifeReplicates } from "./jackknife.js";
import { reportProgress } from "./statistic.js";
import { checkStrata, everyRow, type StrataStatistic, type Stratum } from "./strata.js";

/** What a delete-group jackknife says of one statistic. */
export interface StrataJackknife {
  readonly value: number;
  /** The value less its estimated bias of order 1/n. */
  readonly corrected: number;
  /** Of the value, and to first order of the corrected one; NaN where a sample has a single unit. */
  readonly standardError: number;
  /** Satterthwaite's degrees of freedom. */
  readonly df: number;
}

/** Leave-out values of a statistic, one list per independent sample: what {@link combineJackknives} needs. */
export interface LeaveOuts {
  readonly value: number;
  readonly byStratum: readonly ArrayLike<number>[];
}

/**
 * Bias and spread of a statistic of several independent samples: in each sample one block of units is left out at a
 * time, the other samples staying whole. Bias Σₛ (Gₛ − 1)(meanₛ − value), variance Σₛ (Gₛ − 1)/Gₛ · Σ (θ − meanₛ)².
 * @see Quenouille 1956; Shao & Tu 1995, §2.3.
 */
export function combineJackknives({ value, byStratum }: LeaveOuts): StrataJackknife {
  let corrected = value;
  let variance = 0;
  let spread = 0;
  let free = 0;
  for (const replicates of byStratum) {
    const blocks = replicates.length;
    free += blocks - 1;
    let mean = 0;
    for (let b = 0; b < blocks; b++) mean += replicates[b] / blocks;
    let squares = 0;
    for (let b = 0; b < blocks; b++) squares += (replicates[b] - mean) ** 2;
    corrected -= (blocks - 1) * (mean - value);
    const part = blocks > 1 ? (squares * (blocks - 1)) / blocks : Number.NaN;
    variance += part;
    spread += part ** 2 / (blocks - 1);
  }
  // Where nothing varies, no sample weighs more than another.
  const df = variance === 0 ? free : variance ** 2 / spread;
  return { value, corrected, standardError: Math.sqrt(variance), df };
}

/**
 * center ± t · standard error, with Student's t on the jackknife's degrees of freedom; (−∞, ∞) where a sample has a single
 * unit. For a difference of two means, every unit left out by itself, it is Welch's interval.
 * @param level Nominal coverage, in (0, 1).
 * @param center Where the interval stands: the value, or the corrected one where bias matters. Default: the value.
 * @throws CredenceError "out-of-range".
 * @see Welch 1947; Satterthwaite 1946.
 * @example
 * ```ts
 * import { jackknifeInterval, jackknifeStrata } from "credence/estimate";
 * const [x, y] = [[1, 2, 3, 4], [3, 5, 7]];
 * const mean = (values: number[], rows: Int32Array) => rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
 * const [gap] = jackknifeStrata([{ rows: 4 }, { rows: 3 }], ([i, j]) => [mean(y, j) - mean(x, i)]);
 * jackknifeInterval(gap, 0.9); // → [-0.52, 5.52]
 * ```
 */
export function jackknifeInterval(
  jackknife: StrataJackknife,
  level: number,
  center?: number,
): [number, number] {
  const fn = "jackknifeInterval";
  checkFields(fn, "jackknife", jackknife);
  checkOpenUnit(fn, "level", level);
  const { value, standardError, df } = jackknife;
  if (!Number.isFinite(standardError)) return [-Infinity, Infinity];
  const half = studentQuantile((1 + level) / 2, df) * standardError;
  const middle = center ?? value;
  return [middle - half, middle + half];
}

/** How to leave out. */
export interface StrataJackknifeOptions {
  /** Blocks per stratum, filled at random, groups kept whole. Default 10. */
  blocks?: number;
  seed?: number;
  onProgress?: (done: number, total: number) => void;
}

/** {@link combineJackknives} of any statistics, by calling them on the rows that are left. */
export function jackknifeStrata(
  strata: readonly Stratum[],
  statistic: StrataStatistic,
  options: StrataJackknifeOptions = {},
): StrataJackknife[] {
  checkOptions("jackknifeStrata", options);
  const { blocks = 10, seed = 0, onProgress } = options;
  checkStrata("jackknifeStrata", strata, statistic);
  const all = everyRow(strata);
  const values = Array.from(statistic(all));
  const byStratum = strata.map(({ rows, groups }, s) => {
    const found: ArrayLike<number>[] = [];
    jackknifeReplicates(
      rows,
      (kept) => {
        found.push(Array.from(statistic(all.map((whole, t) => (t === s ? kept : whole)))));
        return 0;
      },
      { groups, blocks, seed: seed + s },
    );
    reportProgress(onProgress, s + 1, strata.length);
    return found;
  });
  return values.map((value, i) =>
    combineJackknives({ value, byStratum: byStratum.map((list) => list.map((found) => found[i])) }),
  );
}
