import { CredenceError } from "../numeric/error.js";

/** Prediction intervals of several points; low > high is the empty set, infinite ends are unbounded. */
export interface Intervals {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Collects [low, high] of n points. */
export function collectIntervals(n: number, interval: (i: number) => readonly [number, number]): Intervals {
  const lower = new Float64Array(n);
  const upper = new Float64Array(n);
  for (let i = 0; i < n; i++) [lower[i], upper[i]] = interval(i);
  return { lower, upper };
}

/** [low, high] of one point; refused where the prediction that it comes from is no number. */
export function intervalOf(fn: string, low: number, high: number, index?: number): [number, number] {
  if (typeof low !== "number" || typeof high !== "number" || Number.isNaN(low) || Number.isNaN(high))
    throw new CredenceError(
      "not-finite",
      { function: fn, argument: "prediction", ...(index !== undefined && { index }) },
      "a finite number is needed; drop or repair the row.",
    );
  return [low, high];
}
