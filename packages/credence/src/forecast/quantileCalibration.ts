import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { simultaneousEstimates } from "../estimate/simultaneous.js";
import { checkCount, checkNotEmpty, checkOneOf, checkOptions, checkProbabilities } from "../numeric/check.js";
import { groupCodes } from "../numeric/groups.js";
import { sortedCopy } from "../numeric/sort.js";

/** Options of {@link quantileCalibration} and {@link miscalibrationArea}. */
export interface QuantileCalibrationOptions extends EstimateOptions {
  /** "interval": central intervals; "quantile": everything below a quantile. Default "interval". */
  kind?: "interval" | "quantile";
  /** Number of levels, evenly from 0 to 1, both included. Default 100. */
  levels?: number;
}

/** One point of the quantile calibration curve. */
export interface QuantileCalibrationPoint {
  /** The promised share. */
  readonly expected: number;
  /** The observed share; the intervals of all points hold together. */
  readonly observed: Estimate;
}

/**
 * Quantile calibration curve (Kuleshov et al. 2018): how often the observation fell into the central p-interval (or
 * below the p-quantile), for p from 0 to 1. The diagonal is calibration. The intervals hold together: Dvoretzky–
 * Kiefer–Wolfowitz (Massart 1990), or max-t over groups.
 * @param pits Values of {@link pit}.
 * @throws CredenceError "empty-input", "not-a-probability", "out-of-range", "unknown-option", "length-mismatch".
 * @example
 * ```ts
 * import { quantileCalibration } from "credence/forecast";
 * const curve = quantileCalibration([0.1, 0.4, 0.6, 0.95], { levels: 3 });
 * curve.map((point) => point.observed.value); // → [0, 0.5, 1]
 * ```
 */
export function quantileCalibration(
  pits: ArrayLike<number>,
  options: QuantileCalibrationOptions = {},
): QuantileCalibrationPoint[] {
  const fn = "quantileCalibration";
  checkOptions(fn, options);
  const curve = calibrationCurve(fn, pits, options);
  const level = levelOf(fn, options);
  const { groups, interval } = options;
  return Array.from(curve.expected, (expected, l) => {
    const value = curve.observed[l];
    const half = curve.halfWidths[l];
    const observed: Estimate = {
      value,
      // A share cannot leave [0, 1].
      interval: interval === false ? null : [Math.max(value - half, 0), Math.min(value + half, 1)],
      level,
      method: interval === false ? "none" : curve.method,
      n: pits.length,
      ...(groups && interval !== false && { groups: curve.groups }),
    };
    return { expected, observed };
  });
}

/**
 * Miscalibration area: the area between the quantile calibration curve and the diagonal, in [0, ½]; 0 is calibrated.
 * The interval is conservative: the least and largest area over curves inside the simultaneous band (an absolute value
 * defeats the bootstrap near 0).
 * @param pits Values of {@link pit}.
 * @throws CredenceError as {@link quantileCalibration}.
 * @see Tran et al. 2020; the definition of the Uncertainty Toolbox (100 levels, central intervals, linear in between).
 * @example
 * ```ts
 * import { miscalibrationArea } from "credence/forecast";
 * miscalibrationArea([0.5, 0.5, 0.5, 0.5]).value; // → 0.5
 * ```
 */
export function miscalibrationArea(
  pits: ArrayLike<number>,
  options: QuantileCalibrationOptions = {},
): Estimate {
  const fn = "miscalibrationArea";
  checkOptions(fn, options);
  const { expected, observed, halfWidths, method, groups } = calibrationCurve(fn, pits, options);
  const level = levelOf(fn, options);
  let value = 0;
  let slack = 0;
  for (let l = 1; l < expected.length; l++) {
    const width = expected[l] - expected[l - 1];
    value += width * areaBetween(observed[l - 1] - expected[l - 1], observed[l] - expected[l]);
    slack += (width * (halfWidths[l - 1] + halfWidths[l])) / 2;
  }
  if (options.interval === false) return { value, interval: null, level, method: "none", n: pits.length };
  return {
    value,
    interval: [Math.max(value - slack, 0), value + slack],
    level,
    method,
    n: pits.length,
    ...(options.groups && { groups }),
  };
}

/** Mean of |d| along a straight line from one gap to the next. */
function areaBetween(a: number, b: number): number {
  if (a * b >= 0) return (Math.abs(a) + Math.abs(b)) / 2;
  return (a * a + b * b) / (2 * (Math.abs(a) + Math.abs(b)));
}

function calibrationCurve(fn: string, pits: ArrayLike<number>, options: QuantileCalibrationOptions) {
  const { kind = "interval", levels = 100, groups } = options;
  checkNotEmpty(fn, "pits", pits);
  checkProbabilities(fn, "pits", pits);
  checkOneOf(fn, "kind", kind, ["interval", "quantile"]);
  checkCount(fn, "levels", levels, 2);
  const n = pits.length;
  // The observation lies in the central p-interval where |2u − 1| ≤ p.
  const reach = Float64Array.from({ length: n }, (_, i) =>
    kind === "interval" ? Math.abs(2 * pits[i] - 1) : pits[i],
  );
  const expected = Float64Array.from({ length: levels }, (_, l) => l / (levels - 1));
  const sorted = sortedCopy(reach);
  let below = 0;
  const observed = expected.map((p) => {
    while (below < n && sorted[below] <= p) below++;
    return below / n;
  });
  if (options.interval === false)
    return { expected, observed, halfWidths: new Float64Array(levels), method: "none", groups: 0 };
  if (!groups) {
    const half = Math.sqrt(Math.log(2 / (1 - levelOf(fn, options))) / (2 * n));
    return { expected, observed, halfWidths: new Float64Array(levels).fill(half), method: "dkw", groups: 0 };
  }
  const { codes, count } = groupCodes(fn, groups, pits, "pits");
  const influence = new Float64Array(count * levels);
  for (let i = 0; i < n; i++)
    for (let l = 0; l < levels; l++)
      influence[codes[i] * levels + l] += (((reach[i] <= expected[l] ? 1 : 0) - observed[l]) * count) / n;
  const { level, seed } = options;
  const estimates = simultaneousEstimates(
    observed,
    { data: influence, rows: count, columns: levels },
    { level, seed },
  );
  const halfWidths = Float64Array.from(estimates, ({ value, interval }, l) =>
    // Where nothing varies at the ends, everything or nothing is inside by definition.
    (expected[l] === 0 || expected[l] === 1) && (value === 0 || value === 1) ? 0 : interval![1] - value,
  );
  return { expected, observed, halfWidths, method: "cluster-max-t", groups: count };
}
