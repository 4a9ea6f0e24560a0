import { checkCount } from "./check.js";
import { sampleInteger } from "./distributions.js";
import { CredenceError } from "./error.js";
import { checkMatrix, type Matrix } from "./matrix.js";
import { nearestNeighbours } from "./neighbours.js";
import { createRandom, type Random } from "./random.js";

/** A partition of rows into cells. */
export interface KMeans {
  /** The cell of each row. */
  readonly labels: Int32Array;
  /** One centre a row. */
  readonly centres: Matrix & { readonly data: Float64Array };
  /** Sum of squared distances of rows to their centres. */
  readonly inertia: number;
}

/** How to cluster. */
export interface KMeansOptions {
  /** Starts; the best one is kept. Default 1. */
  starts?: number;
  /** Default 100. */
  maxIterations?: number;
  /** Seed of the starts. Default 0. */
  seed?: number;
}

/**
 * k-means: k-means++ starts (Arthur & Vassilvitskii 2007), then Lloyd's steps until no row changes its cell. An empty
 * cell keeps its centre.
 * @throws CredenceError "too-few" for fewer rows than cells.
 * @example
 * ```ts
 * import { kMeans } from "credence/numeric";
 * kMeans({ data: [0, 1, 10, 11], rows: 4, columns: 1 }, 2).inertia; // → 1
 * ```
 */
export function kMeans(points: Matrix, cells: number, options: KMeansOptions = {}): KMeans {
  const fn = "kMeans";
  const { starts = 1, maxIterations = 100, seed = 0 } = options;
  checkMatrix(fn, "points", points);
  checkCount(fn, "cells", cells);
  checkCount(fn, "starts", starts);
  if (points.rows < cells)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "cells", value: cells },
      `needs as many rows as cells, but there are only ${points.rows}.`,
    );
  const random = createRandom(seed);
  let best = lloyd(points, spreadStart(points, cells, random), maxIterations);
  for (let s = 1; s < starts; s++) {
    const next = lloyd(points, spreadStart(points, cells, random), maxIterations);
    if (next.inertia < best.inertia) best = next;
  }
  return best;
}

/** Rows as first centres, each drawn in proportion to its squared distance from those before. */
function spreadStart({ data, rows, columns: d }: Matrix, cells: number, random: Random): Float64Array {
  const centres = new Float64Array(cells * d);
  const gaps = new Float64Array(rows).fill(Infinity);
  let chosen = sampleInteger(random, rows);
  for (let c = 0; c < cells; c++) {
    for (let j = 0; j < d; j++) centres[c * d + j] = data[chosen * d + j];
    let total = 0;
    for (let i = 0; i < rows; i++) {
      let square = 0;
      for (let j = 0; j < d; j++) square += (data[i * d + j] - centres[c * d + j]) ** 2;
      gaps[i] = Math.min(gaps[i], square);
      total += gaps[i];
    }
    let left = random.uniform() * total;
    chosen = 0;
    while (chosen < rows - 1 && left >= gaps[chosen]) left -= gaps[chosen++];
  }
  return centres;
}

function lloyd(points: Matrix, start: Float64Array, maxIterations: number): KMeans {
  const { data, rows, columns: d } = points;
  const cells = start.length / d;
  const centres = { data: start, rows: cells, columns: d };
  let labels = new Int32Array(rows).fill(-1);
  for (let iteration = 0; ; iteration++) {
    const { indices, distances } = nearestNeighbours(centres, 1, points);
    const settled = iteration === maxIterations || indices.every((cell, i) => cell === labels[i]);
    labels = indices as Int32Array<ArrayBuffer>;
    if (settled) return { labels, centres, inertia: distances.reduce((sum, x) => sum + x * x, 0) };
    const sums = new Float64Array(cells * d);
    const sizes = new Float64Array(cells);
    for (let i = 0; i < rows; i++) {
      sizes[labels[i]]++;
      for (let j = 0; j < d; j++) sums[labels[i] * d + j] += data[i * d + j];
    }
    for (let c = 0; c < cells; c++)
      for (let j = 0; sizes[c] > 0 && j < d; j++) start[c * d + j] = sums[c * d + j] / sizes[c];
  }
}
