import { influenceVariance } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { assignFolds } from "../estimate/folds.js";
import { checkOneOf, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { groupCodes } from "../numeric/groups.js";
import { studentQuantile } from "../numeric/special.js";
import { baseRateUncertainty } from "./baseRateUncertainty.js";
import { type IsotonicBlock, isotonicCurve } from "./isotonicCurve.js";

/** A proper score and its parts: score = miscalibration − discrimination + uncertainty. */
export interface CorpDecomposition {
  /** The mean score of the confidences. */
  readonly score: Estimate;
  /** What recalibration by isotonic regression would save. 0 is perfect. */
  readonly miscalibration: Estimate;
  /** What the recalibrated confidences save over always saying the base rate. The more the better. */
  readonly discrimination: Estimate;
  /** The score of always saying the base rate. */
  readonly uncertainty: Estimate;
  /** The score of the recalibrated confidences: uncertainty − discrimination. */
  readonly refinement: Estimate;
  /** The isotonic fit. */
  readonly curve: readonly IsotonicBlock[];
}

/** Options of {@link corpDecomposition}. */
export interface CorpOptions extends EstimateOptions {
  /** "brier": (p − y)². "log": −ln of the probability given to what happened. Default "brier". */
  score?: "brier" | "log";
}

type Score = (p: number, y: number) => number;
const scores: Record<"brier" | "log", Score> = {
  brier: (p, y) => (p - y) ** 2,
  log: (p, y) => -Math.log(y === 1 ? p : 1 - p),
};

const FOLDS = 5;

/**
 * The CORP decomposition of the mean score (Dimitriadis, Gneiting & Jordan 2021): against isotonic regression of the
 * outcomes on the confidences, so without bins.
 *
 * Miscalibration and discrimination are best values over all isotonic maps, hence biased upwards and not normal near 0.
 * Their low ends come from maps fitted on other rows (5 folds, groups kept whole), which can only do worse than the best
 * one; their high ends from the fact that the sample value is at least that of the true best map. The interval of the
 * refinement follows from the same two. The log score is infinite where a confidence of 0 or 1 was wrong.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "unknown-option", "out-of-range" (level).
 * @example
 * ```ts
 * import { corpDecomposition } from "credence/calibration";
 * const parts = corpDecomposition([0.8, 0.8, 0.2, 0.2], [1, 1, 0, 1], { interval: false });
 * parts.miscalibration.value; // → 0.065
 * parts.discrimination.value; // → 0.0625
 * parts.uncertainty.value; // → 0.1875
 * ```
 */
export function corpDecomposition(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: CorpOptions = {},
): CorpDecomposition {
  const fn = "corpDecomposition";
  checkOptions(fn, options);
  const { score: chosen = "brier", groups } = options;
  checkOneOf(fn, "score", chosen, ["brier", "log"]);
  const level = levelOf(fn, options);
  checkScored(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const n = p.length;
  const score = scores[chosen];
  const curve = isotonicCurve(p, y);
  const given = p.map((value, i) => score(value, y[i]));
  const fitted = fittedScores(curve, p, y, score);
  const rate = mean(y);
  const constant = p.map((_, i) => score(rate, y[i]));
  const value = {
    score: mean(given),
    miscalibration: mean(given) - mean(fitted),
    discrimination: mean(constant) - mean(fitted),
    refinement: mean(fitted),
  };
  const units = groups ? groupCodes(fn, groups, p).count : n;
  const intervals = options.interval === false ? null : cornerIntervals();
  const part = (name: keyof typeof value): Estimate => {
    if (!intervals) return pointEstimate(value[name], level, n);
    const method = name === "score" ? "delta" : "cross-fit";
    const estimate = { value: value[name], interval: intervals[name], level, n };
    return groups ? { ...estimate, method: `cluster-${method}`, groups: units } : { ...estimate, method };
  };
  return {
    score: part("score"),
    miscalibration: part("miscalibration"),
    discrimination: part("discrimination"),
    uncertainty: baseRateUncertainty(fn, y, (q) => q * score(q, 1) + (1 - q) * score(q, 0) || 0, options),
    refinement: part("refinement"),
    curve,
  };

  function cornerIntervals(): Record<keyof typeof value, readonly [number, number]> {
    const z = units > 1 ? studentQuantile((1 + level) / 2, units - 1) : Infinity;
    const reach = (terms: Float64Array) => {
      if (units < 2 || terms.some((t) => !Number.isFinite(t))) return Infinity;
      return z * influenceVariance(fn, terms, options).standardError;
    };
    const around = (center: number, terms: Float64Array): readonly [number, number] => {
      const half = reach(terms);
      return Number.isFinite(center) ? [center - half, center + half] : [-Infinity, Infinity];
    };
    const held = units >= 2 * FOLDS ? heldOutScores(fn, p, y, score, options) : null;
    /** Between what maps from other rows achieve and what the best map of these rows does. */
    const between = (name: "miscalibration" | "discrimination", against: Float64Array) => {
      const best = against.map((s, i) => s - fitted[i]);
      const other = held && against.map((s, i) => s - held[i]);
      const low = other ? mean(other) - reach(other) : 0;
      const high = value[name] + reach(best);
      return [Math.min(value[name], Math.max(0, low || 0)), high] as const;
    };
    const heldMean = held ? mean(held) + reach(held) : Infinity;
    return {
      score: around(value.score, given),
      miscalibration: between("miscalibration", given),
      discrimination: between("discrimination", constant),
      refinement: [value.refinement - reach(fitted), Math.max(value.refinement, heldMean)],
    };
  }
}

/** Scores of the rows under a curve that was fitted on them. */
function fittedScores(
  curve: readonly IsotonicBlock[],
  p: Float64Array,
  y: Uint8Array,
  score: Score,
): Float64Array {
  return p.map((value, i) => score(calibratedValue(curve, value), y[i]));
}

/** The curve at p: its blocks, linear in the gaps between them. */
function calibratedValue(curve: readonly IsotonicBlock[], p: number): number {
  let low = 0;
  let high = curve.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (p <= curve[middle].to) high = middle;
    else low = middle + 1;
  }
  const block = curve[low];
  if (p >= block.from || low === 0) return block.frequency;
  const before = curve[low - 1];
  const share = (p - before.to) / (block.from - before.to);
  return before.frequency + share * (block.frequency - before.frequency);
}

/** Scores of the rows under curves fitted on other rows, pulled off 0 and 1 by one pseudo-row so that no log is infinite. */
function heldOutScores(
  fn: string,
  p: Float64Array,
  y: Uint8Array,
  score: Score,
  options: CorpOptions,
): Float64Array {
  const folds = assignFolds(fn, p.length, FOLDS, options);
  const result = new Float64Array(p.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = (_: number, i: number) => folds[i] !== fold;
    const curve = isotonicCurve(p.filter(inside), y.filter(inside));
    const smoothed = curve.map((block) => ({
      ...block,
      frequency: (block.frequency * block.n + 0.5) / (block.n + 1),
    }));
    for (let i = 0; i < p.length; i++)
      if (folds[i] === fold) result[i] = score(calibratedValue(smoothed, p[i]), y[i]);
  }
  return result;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
