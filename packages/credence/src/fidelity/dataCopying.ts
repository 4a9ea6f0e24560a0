import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { kMeans } from "../numeric/kMeans.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkMatrix } from "../numeric/matrix.js";
import { nearestNeighbours } from "../numeric/neighbours.js";
import { createRandom } from "../numeric/random.js";
import { argsort } from "../numeric/sort.js";
import { normalCdf } from "../numeric/special.js";
import { checkedSample, checkSameFeatures, takeRows } from "./samples.js";

/** Options of {@link dataCopying}. */
export interface DataCopyingOptions {
  /** Cells of k-means over the training rows; 1 is the global test. Default 1. */
  cells?: number;
  /** Cells with at most this share of the generated rows are left out. Default 20 / generated rows. */
  leastShare?: number;
  seed?: number;
}

/** The data-copying test. */
export interface DataCopying {
  /** C_T: a z-score, far below 0 where generated rows lie nearer to training rows than new data does. */
  readonly statistic: number;
  /** Of "no copying", one-sided; for one cell, where the statistic is standard normal. Null for several. */
  readonly pValue: number | null;
  /** z-score of each cell; NaN where it was left out. */
  readonly cells: Float64Array;
}

/**
 * Tests for memorisation: do generated rows lie nearer to the training set than held-out rows do? In every cell of a
 * partition the distances to the nearest training row of both are compared by Mann–Whitney's U (ties counted half, with
 * their correction), and the z-scores averaged with the held-out shares as weights.
 * @throws CredenceError "empty-input", "shape-mismatch", "not-finite", "too-few" where a cell has no held-out row.
 * @see Meehan, Chaudhuri & Dasgupta 2020.
 * @example
 * ```ts
 * import { dataCopying } from "credence/fidelity";
 * const column = (data: number[]) => ({ data, rows: data.length, columns: 1 });
 * const copies = column([0, 1, 2, 3, 4.001]);
 * dataCopying(column([0, 1, 2, 3, 4]), column([0.5, 1.4, 2.6, 3.3, 4.2]), copies).statistic < -2; // → true
 * ```
 */
export function dataCopying(
  training: Matrix,
  heldOut: Matrix,
  generated: Matrix,
  options: DataCopyingOptions = {},
): DataCopying {
  const fn = "dataCopying";
  checkOptions(fn, options);
  checkMatrix(fn, "generated", generated);
  const { cells = 1, leastShare = 20 / generated.rows, seed = 0 } = options;
  checkCount(fn, "cells", cells);
  const [train, test, made] = checkedTriple(fn, training, heldOut, generated);
  const { labels, centres } = cells === 1 ? oneCell(train) : kMeans(train, cells, { seed, starts: 3 });
  const cellOf = (matrix: Matrix) =>
    cells === 1 ? new Int32Array(matrix.rows) : nearestNeighbours(centres, 1, matrix).indices;
  const rowsIn = (cellLabels: Int32Array, cell: number) =>
    Int32Array.from(cellLabels.keys()).filter((i) => cellLabels[i] === cell);
  const [testCells, madeCells] = [cellOf(test), cellOf(made)];
  const scores = new Float64Array(cells).fill(Number.NaN);
  let weighted = 0;
  let weight = 0;
  for (let c = 0; c < cells; c++) {
    const [a, b, m] = [rowsIn(labels, c), rowsIn(testCells, c), rowsIn(madeCells, c)];
    if (cells > 1 && m.length / made.rows <= leastShare) continue;
    if (b.length === 0 || a.length === 0 || m.length === 0)
      throw new CredenceError(
        "too-few",
        { function: fn, argument: "cells", value: cells },
        `cell ${c} holds no held-out row; use fewer cells.`,
      );
    const points = takeRows(train, a);
    const near = (matrix: Matrix, rows: Int32Array) =>
      nearestNeighbours(points, 1, takeRows(matrix, rows)).distances;
    scores[c] = rankSumScore(near(made, m), near(test, b));
    weighted += (b.length / test.rows) * scores[c];
    weight += b.length / test.rows;
  }
  if (weight === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "leastShare", value: leastShare },
      "no cell holds enough generated rows; use fewer cells.",
    );
  const statistic = weighted / weight;
  return { statistic, pValue: cells === 1 ? normalCdf(statistic) : null, cells: scores };
}

/**
 * The share of rows that lie nearer to the training set than to held-out data of the same size (ties count half): ½
 * without memorisation, more with it. The larger of the two sets is cut to the size of the other, at random.
 * @param options `groups` belongs to the generated rows.
 * @throws CredenceError "empty-input", "shape-mismatch", "not-finite".
 * @example
 * ```ts
 * import { nearerToTraining } from "credence/fidelity";
 * const column = (data: number[]) => ({ data, rows: data.length, columns: 1 });
 * nearerToTraining(column([0, 1]), column([5, 6]), column([0.1, 0.9, 5.1, 1])).value; // → 0.75
 * ```
 */
export function nearerToTraining(
  training: Matrix,
  heldOut: Matrix,
  generated: Matrix,
  options: EstimateOptions = {},
): Estimate {
  const fn = "nearerToTraining";
  checkOptions(fn, options);
  const [train, test, made] = checkedTriple(fn, training, heldOut, generated);
  const size = Math.min(train.rows, test.rows);
  const random = createRandom(options.seed ?? 0);
  const cut = (matrix: Matrix) =>
    matrix.rows === size
      ? matrix
      : takeRows(
          matrix,
          shuffle(
            random,
            Int32Array.from({ length: matrix.rows }, (_, i) => i),
          ).slice(0, size),
        );
  const toTraining = nearestNeighbours(cut(train), 1, made).distances;
  const toTest = nearestNeighbours(cut(test), 1, made).distances;
  const nearer = toTraining.map((d, i) => (d < toTest[i] ? 1 : d === toTest[i] ? 0.5 : 0));
  return meanEstimate(nearer, options, fn);
}

function oneCell(matrix: Matrix) {
  return {
    labels: new Int32Array(matrix.rows),
    centres: { data: new Float64Array(matrix.columns), rows: 1, columns: matrix.columns },
  };
}

export function checkedTriple(
  fn: string,
  training: Matrix,
  heldOut: Matrix,
  generated: Matrix,
): [Matrix, Matrix, Matrix] {
  const check = (argument: string, matrix: Matrix) =>
    checkedSample(fn, argument, matrix, undefined, false).matrix;
  const triple = [check("training", training), check("heldOut", heldOut), check("generated", generated)] as [
    Matrix,
    Matrix,
    Matrix,
  ];
  checkSameFeatures(fn, "heldOut", triple[1], "training", triple[0]);
  checkSameFeatures(fn, "generated", triple[2], "training", triple[0]);
  return triple;
}

/** z-score of "first is larger" under equality; 0 where all values are tied. */
function rankSumScore(first: Float64Array, second: Float64Array): number {
  const m = first.length;
  const n = second.length;
  const all = new Float64Array(m + n);
  all.set(first);
  all.set(second, m);
  const order = argsort(all);
  let rankSum = 0;
  let tied = 0;
  for (let start = 0; start < m + n; ) {
    let end = start;
    let mine = 0;
    for (; end < m + n && all[order[end]] === all[order[start]]; end++) if (order[end] < m) mine++;
    rankSum += mine * ((start + end + 1) / 2);
    tied += (end - start) ** 3 - (end - start);
    start = end;
  }
  const u = rankSum - (m * (m + 1)) / 2;
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - tied / (total * (total - 1)));
  return variance > 0 ? (u - (m * n) / 2) / Math.sqrt(variance) : 0;
}
