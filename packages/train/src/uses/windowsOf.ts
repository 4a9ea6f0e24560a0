import { CredenceError, checkCount, checkMatrix, type Matrix } from "credence/numeric";

/** How a series is cut. */
export interface WindowOptions {
  /** Times in a window. */
  length: number;
  /** Times from the start of a window to that of the next. Default 1. */
  stride?: number;
  /**
   * Times in a block, at least `length`. Windows overlap, so neighbours are nearly copies; blocks do not, and no window
   * crosses from one into the next. Give `blocks` as groups when calibrating. Default: ten lengths.
   */
  block?: number;
}

/** A series as rows. */
export interface Windows extends Matrix {
  readonly data: Float64Array;
  /** The time at which each window begins. */
  readonly starts: Int32Array;
  /** The block that each window lies in. */
  readonly blocks: Int32Array;
}

/**
 * Cuts a series into windows, one a row: the values of all variables at its first time, then at the second, and so on.
 * Windows left over at the end of a block, or across two, are dropped.
 * @param series Numbers in order of time, or a matrix with a row for each time and a column for each variable.
 * @throws CredenceError "out-of-range" for a length, stride or block that is no count, or a block shorter than a window;
 * "too-few" where the series is shorter than a window.
 * @example
 * ```ts
 * import { windowsOf } from "@credence/train/uses";
 * const { rows, starts, blocks } = windowsOf([1, 2, 3, 4, 5, 6], { length: 2, block: 3 });
 * [rows, Array.from(starts), Array.from(blocks)]; // → [4, [0, 1, 3, 4], [0, 0, 1, 1]]
 * ```
 */
export function windowsOf(
  series: ArrayLike<number> | Matrix,
  { length, stride = 1, block = 10 * length }: WindowOptions,
): Windows {
  const fn = "windowsOf";
  const {
    data,
    rows: times,
    columns,
  } = "data" in series ? series : { data: series, rows: series.length, columns: 1 };
  checkMatrix(fn, "series", { data, rows: times, columns });
  checkCount(fn, "length", length);
  checkCount(fn, "stride", stride);
  checkCount(fn, "block", block, length);
  if (times < length)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "series", value: times },
      `a window has ${length} times.`,
    );
  const starts: number[] = [];
  const blocks: number[] = [];
  for (let from = 0; from < times; from += block)
    for (let start = from; start + length <= Math.min(from + block, times); start += stride) {
      starts.push(start);
      blocks.push(from / block);
    }
  const width = length * columns;
  const cut = new Float64Array(starts.length * width);
  starts.forEach((start, i) => {
    for (let k = 0; k < width; k++) cut[i * width + k] = data[start * columns + k];
  });
  return {
    data: cut,
    rows: starts.length,
    columns: width,
    starts: Int32Array.from(starts),
    blocks: Int32Array.from(blocks),
  };
}
