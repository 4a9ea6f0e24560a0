import type { Estimate } from "credence/estimate";
import { CredenceError, checkFinite, checkNotEmpty } from "credence/numeric";

/** Refuses an empty list, and rows whose named numbers are not finite. */
export function checkRows<T extends object>(
  fn: string,
  argument: string,
  rows: readonly T[],
  ...names: readonly (keyof T & string)[]
): void {
  checkNotEmpty(fn, argument, rows);
  for (const name of names)
    checkFinite(
      fn,
      `${argument}.${name}`,
      rows.map((row) => row[name] as number),
    );
}

/** Refuses an interval that holds NaN or runs backwards; its ends may be infinite. */
export function checkInterval(
  fn: string,
  argument: string,
  interval: readonly [number, number] | null | undefined,
  index?: number,
): void {
  if (interval && !(interval[0] <= interval[1]))
    throw new CredenceError(
      interval.some(Number.isNaN) ? "not-finite" : "out-of-range",
      { function: fn, argument, ...(index !== undefined && { index }), value: `[${interval.join(", ")}]` },
      "an interval is [low, high] with low ≤ high; an end may be infinite but not NaN.",
    );
}

/** Refuses an estimate whose value is not finite or whose interval is none. */
export function checkEstimate(fn: string, argument: string, estimate: Estimate, index?: number): void {
  if (!Number.isFinite(estimate.value))
    throw new CredenceError(
      "not-finite",
      {
        function: fn,
        argument: `${argument}.value`,
        ...(index !== undefined && { index }),
        value: estimate.value,
      },
      "a finite estimate is needed; leave out what could not be estimated.",
    );
  checkInterval(fn, `${argument}.interval`, estimate.interval, index);
}
