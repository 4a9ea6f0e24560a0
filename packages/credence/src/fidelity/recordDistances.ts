import { bootstrap } from "../estimate/bootstrap.js";
import { meanEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { nearestNeighbours } from "../numeric/neighbours.js";
import { quantileSorted } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";
import { binomialCdf } from "../numeric/special.js";
import { checkedSample, checkSameFeatures } from "./samples.js";

/**
 * The share of generated rows that are no exact copy of a training row. Interval: exact binomial (cluster-robust with
 * groups, which belong to the generated rows).
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite".
 * @see SDMetrics' NewRowSynthesis.
 * @example
 * ```ts
 * import { newRowShare } from "credence/fidelity";
 * const training = { data: [1, 2, 3, 4], rows: 2, columns: 2 };
 * newRowShare(training, { data: [1, 2, 3, 5], rows: 2, columns: 2 }).value; // → 0.5
 * ```
 */
export function newRowShare(training: Matrix, generated: Matrix, options: EstimateOptions = {}): Estimate {
  const fn = "newRowShare";
  checkOptions(fn, options);
  const distances = recordDistances(fn, training, generated);
  return proportionEstimate(distances.map((d) => (d > 0 ? 1 : 0)) as unknown as Uint8Array, options, fn);
}

/** Options of {@link distanceToClosestRecord}. */
export interface RecordDistanceOptions extends EstimateOptions {
  /** Quantile of the distances, in (0, 1); a small one is about privacy. Default 0.5. */
  quantile?: number;
}

/** Distances to the closest training record. */
export interface RecordDistance {
  /** The chosen quantile of the distances. */
  readonly quantile: Estimate;
  readonly mean: Estimate;
}

/**
 * Distance to the closest record (DCR): how far generated rows lie from their nearest training row, in the units of the
 * columns (scale them first). Compare with the same of held-out rows: nearer than those means memorised.
 *
 * The quantile's interval is from order statistics, exact for independent rows; with groups it is a cluster bootstrap.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { distanceToClosestRecord } from "credence/fidelity";
 * const training = { data: [0, 10], rows: 2, columns: 1 };
 * distanceToClosestRecord(training, { data: [1, 8, 13], rows: 3, columns: 1 }).quantile.value; // → 2
 * ```
 */
export function distanceToClosestRecord(
  training: Matrix,
  generated: Matrix,
  options: RecordDistanceOptions = {},
): RecordDistance {
  const fn = "distanceToClosestRecord";
  checkOptions(fn, options);
  const { quantile = 0.5, groups } = options;
  checkOpenUnit(fn, "quantile", quantile);
  const level = levelOf(fn, options);
  const distances = recordDistances(fn, training, generated);
  const mean = meanEstimate(distances, options, fn);
  const sorted = sortedCopy(distances);
  const n = sorted.length;
  const value = quantileSorted(sorted, quantile);
  if (options.interval === false) return { quantile: pointEstimate(value, level, n), mean };
  if (groups) {
    const of = (rows: Int32Array) =>
      quantileSorted(sortedCopy(Float64Array.from(rows, (row) => distances[row])), quantile);
    return { quantile: bootstrap(n, of, { ...options, kind: "percentile" }), mean };
  }
  return {
    quantile: {
      value,
      interval: orderInterval(sorted, quantile, level),
      level,
      method: "order-statistics",
      n,
    },
    mean,
  };
}

/** Order statistics that hold the quantile with at least the level; infinite ends where there are too few rows. */
function orderInterval(sorted: Float64Array, quantile: number, level: number): [number, number] {
  const n = sorted.length;
  const tail = (1 - level) / 2;
  let below = -1; // P(fewer than below + 1 values under the quantile) ≤ tail
  while (below + 1 < n && binomialCdf(below + 1, n, quantile) <= tail) below++;
  let above = n;
  while (above - 1 >= 0 && 1 - binomialCdf(above - 1, n, quantile) <= tail) above--;
  return [below >= 0 ? sorted[below] : -Infinity, above < n ? sorted[above] : Infinity];
}

function recordDistances(fn: string, training: Matrix, generated: Matrix): Float64Array {
  const train = checkedSample(fn, "training", training, undefined, false).matrix;
  const made = checkedSample(fn, "generated", generated, undefined, false).matrix;
  checkSameFeatures(fn, "generated", made, "training", train);
  return nearestNeighbours(train, 1, made).distances;
}
