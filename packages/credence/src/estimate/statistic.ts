import { checkCount, checkFunction } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";

/** A statistic of the rows whose indices it is given; an index may occur more than once. */
export type RowStatistic = (rows: Int32Array) => number;

/** The indices 0 … n − 1. */
export function allRows(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
}

/** Refuses a number of rows that is none, and a statistic that is no function. */
export function checkRowStatistic(fn: string, n: number, statistic: unknown): void {
  checkCount(fn, "n", n);
  checkFunction(fn, "statistic", statistic);
}

/** Refuses a statistic that is NaN on the data itself. */
export function checkStatistic(fn: string, value: number): void {
  if (Number.isNaN(value))
    throw new CredenceError(
      "not-finite",
      { function: fn, argument: "statistic", value },
      "of all rows is not a number; an interval around it would mean nothing.",
    );
}

/** Tells `onProgress` about every hundredth of the work, and about its end. */
export function reportProgress(
  onProgress: ((done: number, total: number) => void) | undefined,
  done: number,
  total: number,
): void {
  if (onProgress && (done === total || done % Math.ceil(total / 100) === 0)) onProgress(done, total);
}
