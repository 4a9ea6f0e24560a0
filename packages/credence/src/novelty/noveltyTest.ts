import { benjaminiHochberg, type FalseDiscoveryOptions } from "../conformal/benjaminiHochberg.js";
import { conformalPValues } from "../conformal/pValues.js";
import { checkOrdered } from "../conformal/quantile.js";
import { checkList, checkNotEmpty, checkOptions } from "../numeric/check.js";
import type { Groups } from "../numeric/groups.js";

/** Options of {@link noveltyTest}. */
export interface NoveltyTestOptions extends FalseDiscoveryOptions {
  /** Allowed share of known inputs among those called novel, in (0, 1). Default 0.1. */
  rate?: number;
  /** Breaks ties at random, seeded. Default false. */
  smoothed?: boolean;
  /** Seed. Default 0. */
  seed?: number;
  /** A cluster id per calibration score: each group then counts once. */
  groups?: Groups;
}

/** What is novel. */
export interface NoveltyTest {
  /** The chance that a known input scores as low: valid whatever the score is. */
  readonly pValues: Float64Array;
  /** Indices of the inputs called novel; at most `rate` of them are known inputs, on average. */
  readonly novel: number[];
}

/**
 * Calls inputs novel with a bounded false discovery rate: conformal p-values of their scores among scores of known
 * inputs, then Benjamini–Hochberg (Bates, Candès, Lei, Romano & Sesia 2023).
 * @param known Scores of held-out known inputs (not of training rows), high = known, as every score here gives them.
 * @param scores Scores of the inputs in question.
 * @throws CredenceError "empty-input", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { noveltyTest } from "credence/novelty";
 * const known = Array.from({ length: 99 }, (_, i) => i);
 * noveltyTest(known, [50, -5, 70, -9]).novel; // → [1, 3]
 * ```
 */
export function noveltyTest(
  known: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: NoveltyTestOptions = {},
): NoveltyTest {
  const fn = "noveltyTest";
  checkOptions(fn, options);
  const { rate = 0.1, ...rest } = options;
  checkNotEmpty(fn, "known", known);
  checkOrdered(fn, "known", known);
  checkList(fn, "scores", scores);
  checkOrdered(fn, "scores", scores);
  const strangeness = (values: ArrayLike<number>) =>
    Float64Array.from(values as ArrayLike<number>, (s) => -s);
  const pValues = conformalPValues(strangeness(known), strangeness(scores), rest);
  return { pValues, novel: benjaminiHochberg(pValues, rate, rest).rejected };
}
