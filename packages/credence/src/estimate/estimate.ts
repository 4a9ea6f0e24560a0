import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import type { Groups } from "../numeric/groups.js";

/** A number together with how sure we are of it. */
export interface Estimate {
  readonly value: number;
  /** [low, high]; either may be infinite, never silently clamped. Null where the caller asked for none. */
  readonly interval: readonly [number, number] | null;
  /** Nominal coverage of `interval`, in (0, 1). */
  readonly level: number;
  /** How the interval was made, e.g. "clopper-pearson", "delta", "half-sampling"; "none" without an interval. */
  readonly method: string;
  /** Observations behind it. */
  readonly n: number;
  /** Independent groups behind it, where rows come in clusters (pages, users, documents). */
  readonly groups?: number;
}

/** What every function that returns an {@link Estimate} accepts. */
export interface EstimateOptions {
  /** false: only the value, which is faster. Default true. */
  interval?: boolean;
  /** Nominal coverage of the interval, in (0, 1). Default 0.95. */
  level?: number;
  /** A cluster id per row, where rows are not independent. Default: every row stands alone. */
  groups?: Groups;
  /** Seed of whatever is drawn at random. Default 0. */
  seed?: number;
}

/** The checked level of the options. */
export function levelOf(fn: string, options: { readonly level?: number }): number {
  checkOptions(fn, options);
  const { level = 0.95 } = options;
  checkOpenUnit(fn, "level", level);
  return level;
}

/** An estimate without an interval. */
export function pointEstimate(value: number, level: number, n: number): Estimate {
  return { value, interval: null, level, method: "none", n };
}
