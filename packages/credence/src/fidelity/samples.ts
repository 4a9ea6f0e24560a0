import type { EstimateOptions } from "../estimate/estimate.js";
import type { Stratum } from "../estimate/strata.js";
import { checkCount, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Groups } from "../numeric/groups.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** Cluster ids of two samples; either may be absent. */
export interface SampleGroups {
  readonly real?: Groups;
  readonly generated?: Groups;
}

/** What every function that compares a generated sample with a real one accepts. */
export interface FidelityOptions extends Omit<EstimateOptions, "groups"> {
  /** A cluster id per row (frames of a video, pages of a book), for each sample that has clusters. */
  groups?: SampleGroups;
  /** Leave out rows that hold NaN or infinities instead of refusing them; `n` then counts the rows kept. Default false. */
  dropNonFinite?: boolean;
}

/** How often to resample, for intervals from half samples. */
export interface ResamplingOptions extends FidelityOptions {
  /** Number of half samples. Default 200. */
  resamples?: number;
  /** Called now and then with the work done and the total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/** Two checked samples of the same features. */
export interface Samples {
  readonly real: Matrix;
  readonly generated: Matrix;
  /** Rows and groups of both, real first. */
  readonly strata: readonly [Stratum, Stratum];
}

/**
 * Checks two samples: filled matrices with the same columns, finite values, one group id per row.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite".
 */
export function checkedSamples(
  fn: string,
  real: Matrix,
  generated: Matrix,
  options: FidelityOptions = {},
): Samples {
  const { groups = {}, dropNonFinite = false } = options;
  const a = checkedSample(fn, "real", real, groups.real, dropNonFinite);
  const b = checkedSample(fn, "generated", generated, groups.generated, dropNonFinite);
  checkSameFeatures(fn, "generated", b.matrix, "real", a.matrix);
  return { real: a.matrix, generated: b.matrix, strata: [a.stratum, b.stratum] };
}

/** Checks one sample. */
export function checkedSample(
  fn: string,
  argument: string,
  matrix: Matrix,
  groups: Groups | undefined,
  dropNonFinite: boolean,
): { matrix: Matrix; stratum: Stratum } {
  checkMatrix(fn, argument, matrix);
  if (groups)
    checkSameLength(fn, `groups.${argument}`, groups, `the rows of ${argument}`, { length: matrix.rows });
  const kept = finiteRows(matrix);
  if (kept.length === matrix.rows) return { matrix, stratum: { rows: matrix.rows, groups } };
  if (!dropNonFinite) throw notFinite(fn, argument, matrix, kept);
  if (kept.length === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument },
      "has no row without NaN or infinities.",
    );
  return {
    matrix: takeRows(matrix, kept),
    stratum: { rows: kept.length, groups: groups && Array.from(kept, (row) => groups[row]) },
  };
}

export function checkSameFeatures(
  fn: string,
  argument: string,
  matrix: Matrix,
  otherArgument: string,
  other: Matrix,
): void {
  if (matrix.columns !== other.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument },
      `has ${matrix.columns} columns but ${otherArgument} has ${other.columns}; both need the features of the same extractor.`,
    );
}

/** Refuses k unless every row has k others. */
export function checkNeighbourCount(fn: string, argument: string, rows: number, k: number): void {
  checkCount(fn, "k", k);
  if (rows <= k)
    throw new CredenceError(
      "too-few",
      { function: fn, argument },
      `has ${rows} rows; k = ${k} neighbours besides each row itself need at least ${k + 1}.`,
    );
}

/** The given rows of a matrix, in a matrix of the same float type. */
export function takeRows({ data, columns }: Matrix, rows: ArrayLike<number>): Matrix {
  const size = rows.length * columns;
  const taken = data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * columns;
    for (let j = 0; j < columns; j++) taken[i * columns + j] = data[from + j];
  }
  return { data: taken, rows: rows.length, columns };
}

function finiteRows({ data, rows, columns }: Matrix): Int32Array {
  const kept = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    let finite = true;
    for (let j = i * columns; j < (i + 1) * columns; j++) finite = finite && Number.isFinite(data[j]);
    if (finite) kept[count++] = i;
  }
  return kept.subarray(0, count);
}

function notFinite(fn: string, argument: string, { data, rows }: Matrix, kept: Int32Array): CredenceError {
  let index = 0;
  while (Number.isFinite(data[index])) index++;
  const bad = rows - kept.length;
  return new CredenceError(
    "not-finite",
    { function: fn, argument, index, value: data[index] },
    `${bad} of ${rows} rows hold NaN or infinities; repair them, or leave them out with dropNonFinite: true.`,
  );
}
