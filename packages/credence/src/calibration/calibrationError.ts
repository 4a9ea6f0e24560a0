import { checkOneOf } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { BinStatistics } from "./binStatistics.js";

/**
 * How the gaps of the bins become one number. "l1": their mean, weighted by rows. "l2": the root of the weighted mean
 * square. "max": the largest.
 */
export type Norm = "l1" | "l2" | "max";

/** Refuses an unknown norm, and debiasing where it is not defined. */
export function checkNorm(fn: string, norm: Norm, debias: boolean): void {
  checkOneOf(fn, "norm", norm, ["l1", "l2", "max"]);
  if (debias && norm === "max")
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "debias", value: debias },
      'is defined for the norms "l1" and "l2" only; leave it out for "max".',
    );
}

/** The binned calibration error as it stands in the sample. */
export function pluginError(
  { n, count, residual }: Pick<BinStatistics, "n" | "count" | "residual">,
  norm: Norm,
): number {
  let sum = 0;
  let largest = 0;
  for (let b = 0; b < count.length; b++) {
    if (count[b] === 0) continue;
    const gap = Math.abs(residual[b]) / count[b];
    sum += norm === "l1" ? Math.abs(residual[b]) : count[b] * gap * gap;
    if (gap > largest) largest = gap;
  }
  if (norm === "max") return largest;
  return norm === "l1" ? sum / n : Math.sqrt(sum / n);
}

/** The binned calibration error without the part that is sampling noise (Kumar, Liang & Ma 2019). */
export function debiasedError(statistics: BinStatistics, norm: "l1" | "l2"): number {
  const { n, count, positives, residual } = statistics;
  let sum = 0;
  for (let b = 0; b < count.length; b++) {
    if (count[b] === 0) continue;
    const gap = residual[b] / count[b];
    const frequency = positives[b] / count[b];
    const spread = frequency * (1 - frequency);
    if (norm === "l1") sum += count[b] * meanAbsoluteNormal(gap, Math.sqrt(spread / count[b]));
    else if (count[b] > 1) sum += count[b] * (gap * gap - spread / (count[b] - 1));
  }
  return norm === "l1" ? 2 * pluginError(statistics, "l1") - sum / n : Math.sqrt(Math.max(0, sum / n));
}

/** E|X| for X normal: σ√(2/π) e^(−z²/2) (1 + z²/1!! + z⁴/3!! + z⁶/5!! + …), z = mean/σ; all terms are positive. */
function meanAbsoluteNormal(mean: number, deviation: number): number {
  const z2 = (mean / deviation) ** 2;
  if (!(z2 < 64)) return Math.abs(mean);
  let sum = 1;
  for (let term = z2, odd = 1; term > sum * 1e-17; term *= z2 / odd) {
    sum += term;
    odd += 2;
  }
  return deviation * Math.sqrt(2 / Math.PI) * Math.exp(-z2 / 2) * sum;
}
