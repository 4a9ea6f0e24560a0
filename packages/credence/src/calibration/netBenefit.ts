import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkOpenUnit, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";

/**
 * The net benefit of acting where confidence ≥ threshold (Vickers & Elkin 2006): true positives/n − false positives/n ·
 * t/(1 − t). The threshold t is also the exchange rate: one who acts from 10 % on takes nine false alarms for one hit.
 * Compare with acting always ({@link decisionCurve}) and never (0).
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @param threshold In (0, 1).
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (threshold, level).
 * @example
 * ```ts
 * import { netBenefit } from "credence/calibration";
 * netBenefit([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0], 0.5).value; // → 0
 * netBenefit([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0], 0.25).value; // → 0.4167
 * ```
 */
export function netBenefit(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  threshold: number,
  options: EstimateOptions = {},
): Estimate {
  const fn = "netBenefit";
  checkScored(fn, confidences, outcomes);
  checkOpenUnit(fn, "threshold", threshold);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  return benefit(fn, p, y, threshold, threshold, options);
}

/** One threshold of a decision curve. */
export interface DecisionPoint {
  readonly threshold: number;
  /** Net benefit of acting where confidence ≥ threshold. */
  readonly model: Estimate;
  /** Net benefit of acting always. */
  readonly all: Estimate;
  /** Net benefit of the model above the better of acting always and never. */
  readonly advantage: Estimate;
}

/** Options of {@link decisionCurve}. */
export interface DecisionCurveOptions extends EstimateOptions {
  /** Thresholds in (0, 1). Default 0.01, 0.02, …, 0.99. */
  thresholds?: ArrayLike<number>;
}

/**
 * A decision curve: net benefit over thresholds, of the model and of acting always; acting never has 0. Intervals hold
 * for each threshold alone.
 * @throws CredenceError as {@link netBenefit}; "empty-input" without thresholds.
 * @example
 * ```ts
 * import { decisionCurve } from "credence/calibration";
 * const [point] = decisionCurve([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0], { thresholds: [0.25] });
 * point.model.value; // → 0.4167
 * point.all.value; // → 0.3333
 * ```
 */
export function decisionCurve(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: DecisionCurveOptions = {},
): DecisionPoint[] {
  const fn = "decisionCurve";
  checkOptions(fn, options);
  checkScored(fn, confidences, outcomes);
  const thresholds = options.thresholds ?? Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  if (thresholds.length === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "thresholds" },
      "is empty; at least one threshold is needed.",
    );
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  return Array.from(thresholds, (threshold, i) => {
    checkOpenUnit(fn, `thresholds[${i}]`, threshold);
    const model = benefit(fn, p, y, threshold, threshold, options);
    const all = benefit(fn, p, y, threshold, 0, options);
    const best = all.value > 0 ? 0 : Infinity;
    const odds = threshold / (1 - threshold);
    const gains = p.map((value, row) => (+(value >= threshold) - +(value >= best)) * (y[row] ? 1 : -odds));
    return { threshold, model, all, advantage: meanEstimate(gains, options, fn) };
  });
}

/** Net benefit at exchange rate `threshold` of acting where confidence ≥ `from`. */
function benefit(
  fn: string,
  p: Float64Array,
  y: Uint8Array,
  threshold: number,
  from: number,
  options: EstimateOptions,
): Estimate {
  const odds = threshold / (1 - threshold);
  return meanEstimate(
    p.map((value, i) => (value >= from ? (y[i] ? 1 : -odds) : 0)),
    options,
    fn,
  );
}
