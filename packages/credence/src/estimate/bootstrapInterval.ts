import { checkNotEmpty, checkOpenUnit } from "../numeric/check.js";
import { quantileSorted } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";
import { normalCdf, normalQuantile } from "../numeric/special.js";

/**
 * How an interval is read off bootstrap replicates.
 * - "percentile": their quantiles. Keeps the range of the statistic; biased where the statistic is.
 * - "basic": the quantiles reflected at the value, which corrects bias but may leave the range.
 * - "bca": percentiles shifted for median bias and for skewness (bias-corrected and accelerated, Efron 1987);
 *   second-order accurate.
 */
export type BootstrapKind = "percentile" | "basic" | "bca";

/**
 * An interval from bootstrap replicates. NaN replicates count as −∞ for the lower end and as +∞ for the upper.
 * @param jackknife For "bca": the statistic with one unit (or one of many equal blocks) left out at a time; without it
 *   there is no acceleration.
 * @param value The statistic of the data itself.
 */
export function bootstrapInterval(
  value: number,
  replicates: ArrayLike<number>,
  level: number,
  kind: BootstrapKind = "percentile",
  jackknife?: ArrayLike<number>,
): [number, number] {
  checkNotEmpty("bootstrapInterval", "replicates", replicates);
  checkOpenUnit("bootstrapInterval", "level", level);
  const defined = sortedCopy(
    Float64Array.from(replicates as ArrayLike<number>).filter((x) => !Number.isNaN(x)),
  );
  const undefinedCount = replicates.length - defined.length;
  // NaNs stand at the end that hurts.
  const lowSorted = new Float64Array(replicates.length).fill(-Infinity);
  lowSorted.set(defined, undefinedCount);
  const highSorted = new Float64Array(replicates.length).fill(Infinity);
  highSorted.set(defined);
  const tail = (1 - level) / 2;
  if (kind === "basic")
    return [2 * value - quantileSorted(highSorted, 1 - tail), 2 * value - quantileSorted(lowSorted, tail)];
  if (kind === "percentile") return [quantileSorted(lowSorted, tail), quantileSorted(highSorted, 1 - tail)];
  const bias = medianBias(value, defined);
  // Every replicate on one side of the value: the resamples say nothing about it.
  if (!Number.isFinite(bias)) return [-Infinity, Infinity];
  const skew = jackknife ? acceleration(jackknife) : 0;
  const adjusted = (p: number) => {
    const z = bias + normalQuantile(p);
    const stretch = 1 - skew * z;
    return stretch > 0 ? normalCdf(bias + z / stretch) : z > 0 ? 1 : 0;
  };
  return [quantileSorted(lowSorted, adjusted(tail)), quantileSorted(highSorted, adjusted(1 - tail))];
}

/** z₀: the normal quantile of the share of replicates below the value, ties counted half. */
function medianBias(value: number, sorted: Float64Array): number {
  let below = 0;
  const same = 1e-12 * Math.abs(value); // equal up to the order of summation
  for (const x of sorted) below += Math.abs(x - value) <= same ? 0.5 : x < value ? 1 : 0;
  return sorted.length ? normalQuantile(below / sorted.length) : Number.NaN;
}

/** a = Σ d³ / (6 (Σ d²)^1.5) with d = mean − leave-one-out value; 0 where nothing varies. */
function acceleration(jackknife: ArrayLike<number>): number {
  const values = Float64Array.from(jackknife as ArrayLike<number>).filter(Number.isFinite);
  const center = values.reduce((sum, x) => sum + x, 0) / values.length;
  let squares = 0;
  let cubes = 0;
  for (const x of values) {
    squares += (center - x) ** 2;
    cubes += (center - x) ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
