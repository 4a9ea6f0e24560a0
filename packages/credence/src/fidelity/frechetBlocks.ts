import { levelOf } from "../estimate/estimate.js";
import { strataSize, unitRows } from "../estimate/strata.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { checkedSamples, type FidelityOptions, takeRows } from "./samples.js";

/** Options of a Fréchet distance that say how its blocks are made. */
export interface FrechetBlockOptions extends FidelityOptions {
  /** Blocks per sample for the jackknife, which costs one distance a block. Default 10. */
  blocks?: number;
}

/** Some rows of a sample. */
export interface RowBlock {
  /** How many. */
  readonly rows: number;
  /** The rows themselves, copied when they are asked for. */
  matrix(): Matrix;
}

/** Disjoint blocks of two samples: their rows, or their statistics. */
export interface FrechetBlocks<Block> {
  readonly real: readonly Block[];
  readonly generated: readonly Block[];
  /** Independent groups behind both, where rows come in clusters. */
  readonly groups?: number;
}

/**
 * Deals the rows of two samples into blocks at random, whole groups together, as `frechetDistance` does for its interval:
 * a single block each where no interval is asked for, or there are fewer than two rows per column.
 * @throws CredenceError as `frechetDistance`.
 * @example
 * ```ts
 * import { frechetBlocks } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 40 }, (_, i) => from + i), rows: 40, columns: 1 });
 * frechetBlocks(line(0), line(5), { blocks: 4 }).real.map(({ rows }) => rows); // → [10, 10, 10, 10]
 * ```
 */
export function frechetBlocks(
  real: Matrix,
  generated: Matrix,
  options: FrechetBlockOptions = {},
): FrechetBlocks<RowBlock> {
  const fn = "frechetDistance";
  checkOptions(fn, options);
  const { interval, blocks = 10, seed = 0 } = options;
  levelOf(fn, options); // which the distance needs, once the blocks are made
  checkCount(fn, "blocks", blocks, 2);
  const samples = checkedSamples(fn, real, generated, options);
  const fewest = checkRows(fn, samples.real.rows, samples.generated.rows);
  if (interval === false || fewest < 2 * real.columns)
    return { real: [wholeOf(samples.real)], generated: [wholeOf(samples.generated)] };
  const units = samples.strata.map((stratum) => unitRows(fn, stratum));
  const [a, b] = [samples.real, samples.generated].map((matrix, s) =>
    deal(fn, matrix, shuffle(createRandom(seed + s), units[s]), blocks),
  );
  const { groups } = strataSize(
    samples.strata,
    units.map(({ length }) => length),
  );
  return { real: a, generated: b, ...(groups !== undefined && { groups }) };
}

/** The fewer of two counts of rows. */
export function checkRows(fn: string, ...rows: readonly number[]): number {
  const fewest = Math.min(...rows);
  if (fewest >= 2) return fewest;
  throw new CredenceError(
    "too-few",
    { function: fn, argument: "rows", value: fewest },
    "a covariance needs two rows.",
  );
}

const wholeOf = (matrix: Matrix): RowBlock => ({ rows: matrix.rows, matrix: () => matrix });

function deal(fn: string, matrix: Matrix, units: readonly Int32Array[], blocks: number): RowBlock[] {
  if (units.length < blocks)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "blocks", value: blocks },
      `needs as many groups as blocks, but there are only ${units.length}.`,
    );
  return Array.from({ length: blocks }, (_, block) => {
    const rows = units.filter((_, i) => i % blocks === block).flatMap((unit) => Array.from(unit));
    return { rows: rows.length, matrix: () => takeRows(matrix, rows) };
  });
}
