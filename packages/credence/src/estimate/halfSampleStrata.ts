import { checkCount, checkOptions } from "../numeric/check.js";
import { sampleInteger } from "../numeric/distributions.js";
import { variance } from "../numeric/quantile.js";
import { createRandom, type Random } from "../numeric/random.js";
import { studentQuantile } from "../numeric/special.js";
import { type Estimate, levelOf, pointEstimate } from "./estimate.js";
import type { HalfSamplingOptions } from "./halfSampling.js";
import { reportProgress } from "./statistic.js";
import { checkStrata, everyRow, type StrataStatistic, type Stratum, strataSize, unitRows } from "./strata.js";

/**
 * {@link halfSampling} for statistics of several independent samples, several statistics at a time: half of the units of
 * every sample are drawn, without replacement. The interval is value ± t · the standard deviation of the half-sample
 * values: symmetric, because for shares near 1, which vary the less the nearer they are, reflected quantiles reach to the
 * wrong side (measured). A statistic that is not finite on a half sample gets (−∞, ∞), and so does everything where a
 * sample has a single unit.
 * @param statistic Called with the rows of each stratum: all rows once, then halves.
 * @throws CredenceError "out-of-range".
 * @example
 * ```ts
 * import { halfSampleStrata } from "credence/estimate";
 * const [a, b] = [[1, 2, 3, 4], [2, 4]];
 * const mean = (x: number[], rows: Int32Array) => rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
 * const [gap] = halfSampleStrata([{ rows: 4 }, { rows: 2 }], ([i, j]) => [mean(b, j) - mean(a, i)]);
 * gap.value; // → 0.5
 * ```
 */
export function halfSampleStrata(
  strata: readonly Stratum[],
  statistic: StrataStatistic,
  options: Omit<HalfSamplingOptions, "groups"> = {},
): Estimate[] {
  const fn = "halfSampleStrata";
  checkOptions(fn, options);
  const { resamples = 1000, seed = 0, onProgress } = options;
  const level = levelOf(fn, options);
  checkCount(fn, "resamples", resamples, 2);
  checkStrata(fn, strata, statistic);
  const values = Array.from(statistic(everyRow(strata)));
  const n = strata.reduce((sum, { rows }) => sum + rows, 0);
  if (options.interval === false) return values.map((value) => pointEstimate(value, level, n));
  const units = strata.map((stratum) => unitRows(fn, stratum));
  const counts = units.map((list) => list.length);
  const clustered = strata.some(({ groups }) => groups);
  const replicates = values.map(() => new Float64Array(resamples));
  const enough = Math.min(...counts) > 1;
  const random = createRandom(seed);
  for (let b = 0; enough && b < resamples; b++) {
    const found = statistic(units.map((list) => halfOf(list, random)));
    for (let s = 0; s < values.length; s++) replicates[s][b] = found[s];
    reportProgress(onProgress, b + 1, resamples);
  }
  return values.map((value, s) => ({
    value,
    interval: enough ? intervalOf(value, replicates[s], level) : [-Infinity, Infinity],
    level,
    method: `${clustered ? "cluster-" : ""}half-sampling`,
    ...strataSize(strata, counts),
  }));
}

function intervalOf(value: number, replicates: Float64Array, level: number): [number, number] {
  const half = studentQuantile((1 + level) / 2, replicates.length - 1) * Math.sqrt(variance(replicates));
  return Number.isFinite(half) ? [value - half, value + half] : [-Infinity, Infinity];
}

/** The rows of half of the units, ascending. Odd numbers are halved up or down by chance, so that no rescaling is needed. */
function halfOf(units: Int32Array[], random: Random): Int32Array {
  const half = (units.length + (units.length % 2 ? sampleInteger(random, 2) : 0)) >> 1;
  let length = 0;
  // The first half of a Fisher–Yates shuffle, continued from the last order: every half is equally likely.
  for (let i = 0; i < half; i++) {
    const j = i + sampleInteger(random, units.length - i);
    const kept = units[i];
    units[i] = units[j];
    units[j] = kept;
    length += units[i].length;
  }
  const rows = new Int32Array(length);
  for (let i = 0, at = 0; i < half; at += units[i++].length) rows.set(units[i], at);
  return rows.sort();
}
