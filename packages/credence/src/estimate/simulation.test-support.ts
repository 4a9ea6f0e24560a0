import { binomialQuantile } from "../numeric/special.js";

/**
 * How often an event of probability at most `rate` may happen in `runs` runs before a test fails: a true statement fails
 * with probability below 1e-6.
 */
export const atMost = (rate: number, runs: number): number => binomialQuantile(1 - 1e-6, runs, rate);

/** How often an event of probability at least `rate` must happen in `runs` runs. */
export const atLeast = (rate: number, runs: number): number => runs - atMost(1 - rate, runs);
