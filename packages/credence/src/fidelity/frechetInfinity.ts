import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { studentQuantile } from "../numeric/special.js";
import { disjointParts, type Part } from "./disjointParts.js";
import { distanceOfRows } from "./frechetOfStatistics.js";
import { checkedSamples, type FidelityOptions, takeRows } from "./samples.js";

/** Options of {@link frechetInfinity}. */
export interface FrechetInfinityOptions extends FidelityOptions {
  /** Sample sizes, evenly spaced. Default 15. */
  sizes?: number;
  /** The smallest size, as a share of all rows, in (0, 1). Default 0.3. */
  smallest?: number;
  /** Disjoint blocks for the interval. Default 5. */
  blocks?: number;
}

/**
 * The Fréchet distance extrapolated to infinite samples (FID∞): distances at several sizes N, regressed on 1/N; the
 * intercept. Both samples shrink together, so that the bias of both is removed.
 *
 * The points of the regression share rows, so its own standard error is worthless. The interval comes from disjoint
 * blocks of the data, each extrapolated by itself: their mean ± t · standard error, which holds the truth only as far
 * as the bias is already of order 1/N in a block; where the smallest part of a block has fewer than two rows per column it
 * is (−∞, ∞). The interval of `frechetDistance` needs fewer rows and holds with more columns.
 * @throws CredenceError as {@link frechetDistance}, "out-of-range".
 * @see Chong & Forsyth 2020.
 * @example
 * ```ts
 * import { frechetInfinity } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 50 }, (_, i) => from + i / 50), rows: 50, columns: 1 });
 * frechetInfinity(line(0), line(2), { interval: false }).value.toFixed(0); // → "4"
 * ```
 */
export function frechetInfinity(
  real: Matrix,
  generated: Matrix,
  options: FrechetInfinityOptions = {},
): Estimate {
  const fn = "frechetInfinity";
  checkOptions(fn, options);
  const { sizes = 15, smallest = 0.3, blocks = 5, seed = 0 } = options;
  const level = levelOf(fn, options);
  checkCount(fn, "sizes", sizes, 2);
  checkCount(fn, "blocks", blocks, 2);
  if (!(smallest > 0 && smallest < 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "smallest", value: smallest },
      "is a share of the rows, between 0 and 1.",
    );
  const samples = checkedSamples(fn, real, generated, options);
  const n = samples.real.rows + samples.generated.rows;
  const value = extrapolated(fn, samples, sizes, smallest, seed);
  if (options.interval === false) return pointEstimate(value, level, n);
  const fewest = Math.min(samples.real.rows, samples.generated.rows);
  if ((smallest * fewest) / blocks < 2 * real.columns)
    return {
      value,
      interval: [-Infinity, Infinity],
      level,
      method: "disjoint-blocks: needs two rows per column in the smallest part of a block",
      n,
    };
  const found = disjointParts(fn, samples, blocks, seed).map((part) =>
    extrapolated(fn, part, sizes, smallest, seed),
  );
  const half = studentQuantile((1 + level) / 2, blocks - 1) * Math.sqrt(variance(found) / blocks);
  const centre = mean(found);
  return { value, interval: [centre - half, centre + half], level, method: "disjoint-blocks", n };
}

/** The intercept of the distance regressed on 1/N, N the smaller of the two sizes. */
function extrapolated(
  fn: string,
  { real, generated }: Part,
  sizes: number,
  smallest: number,
  seed: number,
): number {
  const fewest = Math.min(real.rows, generated.rows);
  if (fewest * smallest < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "blocks", value: fewest },
      "rows are left in the smaller sample of a block; too few to shrink further.",
    );
  const random = createRandom(seed);
  const orders = [real, generated].map(({ rows }) => Int32Array.from({ length: rows }, (_, i) => i));
  const inverse = new Float64Array(sizes);
  const distance = inverse.map((_, s) => {
    const share = smallest + ((1 - smallest) * s) / (sizes - 1);
    const [a, b] = [real, generated].map((matrix, t) => {
      const order = shuffle(random, orders[t]);
      return takeRows(matrix, order.slice(0, Math.round(share * matrix.rows)));
    });
    inverse[s] = 1 / Math.min(a.rows, b.rows);
    return distanceOfRows(a, b);
  });
  const [x, y] = [mean(inverse), mean(distance)];
  let xy = 0;
  let xx = 0;
  for (let s = 0; s < sizes; s++) {
    xy += (inverse[s] - x) * (distance[s] - y);
    xx += (inverse[s] - x) ** 2;
  }
  return y - (xy / xx) * x;
}
