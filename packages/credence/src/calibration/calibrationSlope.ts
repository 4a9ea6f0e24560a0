import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { logisticRegression, logit, sigmoid, softplus } from "../numeric/logistic.js";
import { betaCdf, chiSquaredSurvival, studentQuantile } from "../numeric/special.js";
import type { TestResult } from "./testResult.js";

/** Options of the logistic recalibration model. */
export interface SlopeOptions extends EstimateOptions {
  /** Confidences are taken no nearer to 0 or 1 than this before the logit, in (0, 0.5). Default 1e-6. */
  epsilon?: number;
}

/**
 * The calibration slope (Cox 1958): b in logit P(y = 1) = a + b · logit(p), by maximum likelihood. 1 is calibrated, below
 * 1 overconfident (too extreme), above 1 underconfident. The interval is ± the standard error times the normal quantile;
 * with groups cluster-robust (sandwich), Student's t.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (level, epsilon); "too-few" where the likelihood has no maximum: all outcomes equal, all confidences
 *   equal, or outcomes separated by the confidence.
 * @example
 * ```ts
 * import { calibrationSlope } from "credence/calibration";
 * const confidences = [0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1];
 * calibrationSlope(confidences, [1, 1, 1, 0, 1, 0, 0, 0]).value; // → 0.5
 * ```
 */
export function calibrationSlope(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: SlopeOptions = {},
): Estimate {
  checkOptions("calibrationSlope", options);
  const fit = recalibrationFit("calibrationSlope", confidences, outcomes, options, true);
  return waldEstimate("calibrationSlope", fit, 1, options);
}

/**
 * The calibration intercept, also called calibration in the large: a in logit P(y = 1) = a + logit(p). 0 is calibrated,
 * below 0 overconfident on average, above 0 underconfident. Intervals as for {@link calibrationSlope}.
 * @throws CredenceError as {@link calibrationSlope}.
 * @example
 * ```ts
 * import { calibrationIntercept } from "credence/calibration";
 * calibrationIntercept([0.5, 0.5, 0.5, 0.5], [1, 1, 1, 0]).value; // → 1.0986
 * ```
 */
export function calibrationIntercept(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: SlopeOptions = {},
): Estimate {
  checkOptions("calibrationIntercept", options);
  const fit = recalibrationFit("calibrationIntercept", confidences, outcomes, options, false);
  return waldEstimate("calibrationIntercept", fit, 0, options);
}

/**
 * Cox's (1958) test that slope and intercept are 1 and 0 together: likelihood ratio, chi-squared with 2 degrees of
 * freedom; with groups the score statistic, with a correction for clusters of the second order (Rao & Scott 1984) and an F
 * reference with groups − 1 degrees of freedom, which holds its level with ten groups, too.
 * @throws CredenceError as {@link calibrationSlope}; "too-few" with fewer than three groups.
 * @example
 * ```ts
 * import { coxTest } from "credence/calibration";
 * const confidences = [0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1];
 * coxTest(confidences, [1, 1, 1, 0, 1, 0, 0, 0]).statistic; // → 1.4773
 * ```
 */
export function coxTest(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: Pick<SlopeOptions, "groups" | "epsilon"> = {},
): TestResult {
  const fn = "coxTest";
  checkOptions(fn, options);
  if (options.groups) return clusterScoreTest(fn, logits(fn, confidences, outcomes, options), options.groups);
  const fit = recalibrationFit(fn, confidences, outcomes, options, true);
  const n = fit.x.length;
  let ratio = 0;
  for (let i = 0; i < n; i++) {
    const eta = fit.beta[0] + fit.beta[1] * fit.x[i];
    ratio += 2 * (softplus(fit.x[i]) - softplus(eta) + fit.y[i] * (eta - fit.x[i]));
  }
  const statistic = Math.max(0, ratio);
  return { statistic, pValue: chiSquaredSurvival(statistic, 2), method: "cox", n };
}

/**
 * Score test with a Rao–Scott correction of the second order: Q = Sᵀ I⁻¹ S of the score S at intercept 0 and slope 1, with
 * I its variance for independent rows, is about a sum of two chi-squares with the eigenvalues of M = I⁻¹ V as weights, V
 * the variance between groups. So Q/tr M is referred to F(ν, groups − 1) with ν = (tr M)²/tr M². tr M is taken no smaller
 * than for independent rows. Only two numbers are estimated from the groups, not a matrix to be inverted.
 */
function clusterScoreTest(fn: string, { x, y }: LogitRows, groups: Groups): TestResult {
  const n = x.length;
  const { codes, count } = groupCodes(fn, groups, x);
  const scores = new Float64Array(2 * count);
  const information: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const q = sigmoid(x[i]);
    const weight = q * (1 - q);
    information[0] += weight;
    information[1] += weight * x[i];
    information[2] += weight * x[i] * x[i];
    scores[2 * codes[i]] += y[i] - q;
    scores[2 * codes[i] + 1] += (y[i] - q) * x[i];
  }
  const [aa, ab, bb] = information;
  if (count < 3 || !(aa * bb - ab * ab > 1e-12 * aa * bb))
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "groups" },
      "at least three groups that differ, and two different confidences, are needed for two coefficients.",
    );
  const [p, q, r] = inverse(information);
  let [a, b, va, vb, vc] = [0, 0, 0, 0, 0];
  for (let g = 0; g < count; g++) {
    const [s, t] = [scores[2 * g], scores[2 * g + 1]];
    a += s;
    b += t;
    va += s * s;
    vb += s * t;
    vc += t * t;
  }
  const [m11, m12, m21, m22] = [p * va + q * vb, p * vb + q * vc, q * va + r * vb, q * vb + r * vc];
  const trace = m11 + m22;
  const squares = m11 * m11 + 2 * m12 * m21 + m22 * m22;
  const df = squares > 0 ? Math.min(2, trace ** 2 / squares) : 2;
  const statistic = p * a * a + 2 * q * a * b + r * b * b;
  const f = statistic / Math.max(trace, 2);
  const below = count - 1;
  // P(F > f) with `df` and `below` degrees of freedom.
  const pValue = betaCdf(below / (below + df * f), below / 2, df / 2);
  return { statistic, pValue, method: "cluster-cox", n, groups: count };
}

interface RecalibrationFit {
  /** Logits and outcomes. */
  readonly x: Float64Array;
  readonly y: Uint8Array;
  /** Intercept and slope. */
  readonly beta: readonly [number, number];
  readonly covariance: readonly [readonly [number, number], readonly [number, number]];
  /** Number of groups; undefined without. */
  readonly groups?: number;
}

interface LogitRows {
  /** Log-odds of the confidences. */
  readonly x: Float64Array;
  readonly y: Uint8Array;
}

/** The checked rows. */
function logits(
  fn: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  { epsilon = 1e-6 }: Pick<SlopeOptions, "epsilon">,
): LogitRows {
  checkScored(fn, confidences, outcomes);
  if (!(epsilon > 0 && epsilon < 0.5))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "epsilon", value: epsilon },
      "must lie in (0, 0.5).",
    );
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  return { x: p.map((value) => logit(value, epsilon)), y };
}

function recalibrationFit(
  fn: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: SlopeOptions,
  withSlope: boolean,
): RecalibrationFit {
  const { x, y } = logits(fn, confidences, outcomes, options);
  checkMaximumExists(fn, x, y, withSlope);
  const beta: readonly [number, number] = withSlope ? slopeAndIntercept(fn, x, y) : [intercept(x, y), 1];
  const coded = options.groups && groupCodes(fn, options.groups, x);
  const scores = new Float64Array(2 * (coded ? coded.count : 0));
  const information = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const q = sigmoid(beta[0] + beta[1] * x[i]);
    const weight = q * (1 - q);
    information[0] += weight;
    information[1] += weight * x[i];
    information[2] += weight * x[i] * x[i];
    if (!coded) continue;
    scores[2 * coded.codes[i]] += y[i] - q;
    scores[2 * coded.codes[i] + 1] += (y[i] - q) * x[i];
  }
  const bread = withSlope ? inverse(information) : [1 / information[0], 0, 0];
  let meat = information;
  if (coded) {
    meat = [0, 0, 0];
    const scale = coded.count / (coded.count - 1);
    for (let g = 0; g < coded.count; g++) {
      const [s, t] = [scores[2 * g], scores[2 * g + 1]];
      meat[0] += scale * s * s;
      meat[1] += scale * s * t;
      meat[2] += scale * t * t;
    }
  }
  return { x, y, beta, covariance: sandwich(bread, meat), ...(coded && { groups: coded.count }) };
}

function slopeAndIntercept(fn: string, x: Float64Array, y: Uint8Array): readonly [number, number] {
  const { x: beta, gradientNorm } = logisticRegression([x], y, null);
  // Almost separated outcomes leave the likelihood so flat that no maximum can be told.
  if (!(gradientNorm < 1e-6) || beta.some((value) => Math.abs(value) > 1e6))
    throw withoutMaximum(fn, "it is too flat");
  return [beta[1], beta[0]];
}

/** Newton's method for Σ(y − sigmoid(a + x)) = 0, a decreasing function of a, inside a shrinking bracket. */
function intercept(x: Float64Array, y: Uint8Array): number {
  let low = -100;
  let high = 100;
  let a = 0;
  for (let i = 0; i < 100; i++) {
    let excess = 0;
    let slope = 0;
    for (let k = 0; k < x.length; k++) {
      const q = sigmoid(a + x[k]);
      excess += y[k] - q;
      slope += q * (1 - q);
    }
    if (excess > 0) low = a;
    else high = a;
    let next = a + excess / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - a) < 1e-13 * (1 + Math.abs(a))) return next;
    a = next;
  }
  return a;
}

function checkMaximumExists(fn: string, x: Float64Array, y: Uint8Array, withSlope: boolean): void {
  const range = [
    { low: Infinity, high: -Infinity },
    { low: Infinity, high: -Infinity },
  ];
  for (let i = 0; i < x.length; i++) {
    const side = range[y[i]];
    if (x[i] < side.low) side.low = x[i];
    if (x[i] > side.high) side.high = x[i];
  }
  const [no, yes] = range;
  const why =
    no.low > no.high || yes.low > yes.high
      ? "all outcomes are equal"
      : withSlope && (no.high <= yes.low || yes.high <= no.low)
        ? "a confidence separates the outcomes, or all confidences are equal"
        : null;
  if (why) throw withoutMaximum(fn, why);
}

const withoutMaximum = (fn: string, why: string): CredenceError =>
  new CredenceError(
    "too-few",
    { function: fn, argument: "outcomes" },
    `${why}: the likelihood has no maximum; more rows are needed.`,
  );

/** Symmetric 2 × 2 matrices as [aa, ab, bb]. */
function inverse([aa, ab, bb]: readonly number[]): number[] {
  const determinant = aa * bb - ab * ab;
  return [bb / determinant, -ab / determinant, aa / determinant];
}

function sandwich(
  [a, b, c]: readonly number[],
  [p, q, r]: readonly number[],
): readonly [readonly [number, number], readonly [number, number]] {
  const upper = a * b * p + (a * c + b * b) * q + b * c * r;
  return [
    [a * a * p + 2 * a * b * q + b * b * r, upper],
    [upper, b * b * p + 2 * b * c * q + c * c * r],
  ];
}

function waldEstimate(fn: string, fit: RecalibrationFit, which: 0 | 1, options: SlopeOptions): Estimate {
  const level = levelOf(fn, options);
  const value = fit.beta[which];
  const n = fit.x.length;
  if (options.interval === false) return pointEstimate(value, level, n);
  const error = Math.sqrt(fit.covariance[which][which]);
  const df = fit.groups === undefined ? Infinity : fit.groups - 1;
  const half = df > 0 ? studentQuantile((1 + level) / 2, df) * error : Infinity;
  const estimate = { value, interval: [value - half, value + half] as const, level, n };
  return fit.groups === undefined
    ? { ...estimate, method: "wald" }
    : { ...estimate, method: "cluster-wald", groups: fit.groups };
}
