import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { jackknifeInterval, jackknifeStrata } from "../estimate/jackknifeStrata.js";
import { type Stratum, strataSize, unitRows } from "../estimate/strata.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { sampleNormal } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { argsort } from "../numeric/sort.js";
import { membership } from "./balls.js";
import { checkedSamples, type FidelityOptions } from "./samples.js";

/** Options of {@link slicedWasserstein}. */
export interface SlicedWassersteinOptions extends FidelityOptions {
  /** Random directions. Default 128. */
  projections?: number;
  /** Blocks per sample of the jackknife. Default 10. */
  blocks?: number;
}

/** The distance with what is known of its bias. */
export interface SlicedWasserstein extends Estimate {
  /** The value less its O(1/n) bias; 0 where that would be negative. Null where no interval was made. */
  readonly corrected: number | null;
}

/**
 * Sliced Wasserstein distance W₂: the root mean square, over random directions, of the distance between the projected
 * samples, which in one dimension is exact. In the units of the features.
 *
 * Like every distance it is above 0 even at equality; the interval is around the jackknife-corrected square, and holds
 * for the given directions.
 * @throws CredenceError as {@link frechetDistance}.
 * @see Rabin et al. 2012; Bonneel et al. 2015.
 * @example
 * ```ts
 * import { slicedWasserstein } from "credence/fidelity";
 * const line = (from: number) => ({ data: [from, from + 1, from + 2], rows: 3, columns: 1 });
 * slicedWasserstein(line(0), line(5), { interval: false }).value; // → 5.0
 * ```
 */
export function slicedWasserstein(
  real: Matrix,
  generated: Matrix,
  options: SlicedWassersteinOptions = {},
): SlicedWasserstein {
  const fn = "slicedWasserstein";
  checkOptions(fn, options);
  const { projections = 128, blocks = 10, seed = 0 } = options;
  const level = levelOf(fn, options);
  checkCount(fn, "projections", projections);
  checkCount(fn, "blocks", blocks, 2);
  const samples = checkedSamples(fn, real, generated, options);
  const directions = randomDirections(projections, samples.real.columns, seed);
  const a = sortedProjections(samples.real, directions);
  const b = sortedProjections(samples.generated, directions);
  const square = ([rows, others]: readonly Int32Array[]) => {
    const [inA, inB] = [membership(rows, samples.real.rows), membership(others, samples.generated.rows)];
    let sum = 0;
    for (let p = 0; p < projections; p++)
      sum += squaredDistance(a[p], inA, rows.length, b[p], inB, others.length);
    return [sum / projections];
  };
  const strata: readonly Stratum[] = samples.strata;
  const n = samples.real.rows + samples.generated.rows;
  if (options.interval === false) {
    const all = strata.map(({ rows }) => Int32Array.from({ length: rows }, (_, i) => i));
    return { ...pointEstimate(Math.sqrt(square(all)[0]), level, n), corrected: null };
  }
  const [squared] = jackknifeStrata(strata, square, { blocks, seed });
  const [low, high] = jackknifeInterval(squared, level, squared.corrected);
  // A distance is never negative: the ends are roots where there are roots.
  const root = (x: number) => Math.sqrt(Math.max(0, x));
  const units = strata.map((stratum) => unitRows(fn, stratum).length);
  return {
    value: Math.sqrt(squared.value),
    interval: [root(low), root(high)],
    level,
    method: strata.some(({ groups }) => groups) ? "cluster-jackknife" : "jackknife",
    ...strataSize(strata, units),
    corrected: root(squared.corrected),
  };
}

function randomDirections(count: number, d: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const direction = Float64Array.from({ length: d }, () => sampleNormal(random));
    const norm = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
    return direction.map((x) => x / norm);
  });
}

/** Projections on one direction, ascending, with the row behind each. */
interface Projection {
  readonly values: Float64Array;
  readonly rows: Uint32Array;
}

function sortedProjections(
  { data, rows, columns: d }: Matrix,
  directions: readonly Float64Array[],
): Projection[] {
  return directions.map((direction) => {
    const values = Float64Array.from({ length: rows }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += data[i * d + j] * direction[j];
      return sum;
    });
    const order = argsort(values);
    return { values: Float64Array.from(order, (i) => values[i]), rows: order };
  });
}

/** ∫ (F⁻¹ − G⁻¹)² over the chosen rows: both quantile functions are steps. */
function squaredDistance(
  a: Projection,
  inA: Uint8Array,
  n: number,
  b: Projection,
  inB: Uint8Array,
  m: number,
): number {
  let i = 0;
  let j = 0;
  let usedA = 0;
  let usedB = 0;
  let sum = 0;
  while (usedA < n && usedB < m) {
    while (!inA[a.rows[i]]) i++;
    while (!inB[b.rows[j]]) j++;
    // Steps end at (usedA + 1)/n and (usedB + 1)/m; compared as whole numbers.
    const endA = (usedA + 1) * m;
    const endB = (usedB + 1) * n;
    const from = Math.max(usedA * m, usedB * n);
    sum += (Math.min(endA, endB) - from) * (a.values[i] - b.values[j]) ** 2;
    if (endA <= endB) {
      usedA++;
      i++;
    }
    if (endB <= endA) {
      usedB++;
      j++;
    }
  }
  return sum / (n * m);
}
