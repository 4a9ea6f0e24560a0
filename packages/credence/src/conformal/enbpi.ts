import { checkCount, checkFinite, checkNotEmpty, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { quantileSorted } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";
import { intervalOf } from "./intervals.js";

/** Options of {@link enbpi}. */
export interface EnbpiOptions {
  /** Target rate of misses, in (0, 1). */
  alpha: number;
  /** Rows after which the residuals slide on. Default 1. */
  batch?: number;
  /** Shifts the interval so that it is as narrow as possible; else α/2 at each end. Default true. */
  narrowest?: boolean;
}

/** A running {@link enbpi}. */
export interface Enbpi {
  readonly alpha: number;
  readonly steps: number;
  readonly misses: number;
  /** [point + lower residual quantile, point + upper residual quantile]. */
  predict(point: number): [number, number];
  /**
   * Tells the residual observed − point of the row that was predicted; returns whether it was covered.
   * @throws CredenceError "not-finite".
   */
  update(residual: number): boolean;
}

/**
 * Ensemble batch prediction intervals, EnbPI (Xu & Xie 2021): out-of-bag residuals of a bootstrap ensemble, which slide
 * along with the series. For errors that are stationary and mixing the coverage is 1 − α in the limit; for a finite
 * series nothing is promised.
 * @param residuals Signed residuals observed − (aggregate of the models that did not see the row); see
 * {@link jackknifeAfterBootstrap}, which computes them.
 * @throws CredenceError "empty-input", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { enbpi } from "credence/conformal";
 * const series = enbpi([-2, -1, 0, 1, 2], { alpha: 0.4, narrowest: false });
 * series.predict(10); // → [8.8, 11.2]
 * ```
 */
export function enbpi(residuals: ArrayLike<number>, options: EnbpiOptions): Enbpi {
  const fn = "enbpi";
  checkOptions(fn, options, "alpha");
  const { alpha, batch = 1, narrowest = true } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkCount(fn, "batch", batch);
  checkNotEmpty(fn, "residuals", residuals);
  checkFinite(fn, "residuals", residuals);
  const ring = Float64Array.from(residuals as ArrayLike<number>);
  let oldest = 0;
  let waiting: number[] = [];
  let ends = quantiles(ring, alpha, narrowest);
  let steps = 0;
  let misses = 0;
  return {
    alpha,
    get steps() {
      return steps;
    },
    get misses() {
      return misses;
    },
    predict: (point) => intervalOf(fn, point + ends[0], point + ends[1]),
    update(residual) {
      if (!Number.isFinite(residual))
        throw new CredenceError(
          "not-finite",
          { function: fn, argument: "residual", value: residual },
          "a residual is needed; skip the row where its truth is missing.",
        );
      const covered = residual >= ends[0] && residual <= ends[1];
      steps++;
      if (!covered) misses++;
      waiting.push(residual);
      if (waiting.length === batch) {
        for (const one of waiting) {
          ring[oldest] = one;
          oldest = (oldest + 1) % ring.length;
        }
        waiting = [];
        ends = quantiles(ring, alpha, narrowest);
      }
      return covered;
    },
  };
}

/** The residual quantiles at β and 1 − α + β, linear between order statistics. */
function quantiles(residuals: Float64Array, alpha: number, narrowest: boolean): [number, number] {
  const sorted = sortedCopy(residuals);
  const at = (q: number) => quantileSorted(sorted, q);
  if (!narrowest) return [at(alpha / 2), at(1 - alpha / 2)];
  let best: [number, number] = [at(0), at(1 - alpha)];
  // The width is piecewise linear in β with knots where either end meets an order statistic.
  const last = sorted.length - 1;
  for (let i = 0; i <= last; i++)
    for (const beta of [i / last, i / last - (1 - alpha)]) {
      if (!(beta >= 0 && beta <= alpha)) continue;
      const ends: [number, number] = [at(beta), at(Math.min(1 - alpha + beta, 1))];
      if (ends[1] - ends[0] < best[1] - best[0]) best = ends;
    }
  return best;
}
