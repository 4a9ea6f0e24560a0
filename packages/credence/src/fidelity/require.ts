import { CredenceError } from "../numeric/error.js";

/** Refuses anything but a finite number above 0. */
export function requirePositive(fn: string, argument: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new CredenceError("out-of-range", { function: fn, argument, value }, "must be a positive number.");
}

/** Refuses work whose memory or time grows with the product of two sizes, beyond what fits. */
export function requirePairs(fn: string, rows: number, otherRows: number, most: number): void {
  if (rows * otherRows > most)
    throw new CredenceError(
      "too-large",
      { function: fn, argument: "rows", value: Math.max(rows, otherRows) },
      `this measure looks at every pair of rows, and ${rows} × ${otherRows} are too many; draw at most ${Math.floor(Math.sqrt(most))} rows a sample.`,
    );
}
