import { type Estimate, levelOf } from "../estimate/estimate.js";
import { assignFolds, foldRows } from "../estimate/folds.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { clopperPearson } from "../estimate/proportion.js";
import { checkCount, checkOneOf, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { membership, neighboursForHalves } from "./balls.js";
import { type CurveFamily, scoreOf, testNeighbourhoods } from "./curveScores.js";
import {
  type CurveSummary,
  curveSummary,
  type ErrorTradeoff,
  errorTradeoff,
  radiiOnRays,
  rayAngles,
  SUMMARY_NAMES,
  throughPoint,
} from "./errorTradeoff.js";
import { finishSteps, type NeighbourSteps } from "./neighbourSteps.js";
import { checkedSamples, type ResamplingOptions, takeRows } from "./samples.js";
import { widenTo } from "./widenAtEdge.js";

/** Options that shape a curve. */
export interface CurveShapeOptions {
  /** How test rows are told apart; see {@link CurveFamily}. Default "knn". */
  family?: CurveFamily;
  /** Neighbours. Default ⌊√n⌋ of the training rows per sample; few neighbours are too optimistic. */
  k?: number;
  /** Rays on which the curve is evaluated, evenly over (0, π/2). Default 202. */
  angles?: number;
}

/** Options of {@link precisionRecallCurve}. */
export interface PrecisionRecallCurveOptions extends ResamplingOptions, CurveShapeOptions {}

/** A precision–recall curve in polar form: at angle θ precision is ρ sin θ and recall ρ cos θ. */
export interface PrecisionRecallCurve {
  /** Angles θ of the rays; the slope is λ = tan θ. */
  readonly angles: Float64Array;
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  /** ρ(θ), each with its own interval. */
  readonly radius: readonly Estimate[];
  /** Area under the curve, in [0, 1]. */
  readonly auc: Estimate;
  /** The largest F₈: recall weighted. */
  readonly f8: Estimate;
  /** The largest F₁⁄₈: precision weighted. */
  readonly fEighth: Estimate;
  /** Where precision equals recall: 1 − total variation distance. */
  readonly overlap: Estimate;
  /** Neighbours used. */
  readonly k: number;
}

/**
 * The whole trade-off between precision and recall of a generator: for every slope λ the smallest λ·P(A) + Q(Aᶜ) that a
 * nearest-neighbour classifier reaches, P real and Q generated, A what it takes for generated. A generator that drops
 * modes loses recall, one that invents modes loses precision.
 *
 * Half of each sample trains the classifier, the other half measures it: without that split the estimate is grossly too
 * low at equality. The curve of any classifier lies on or above the true one (it separates less well than the best), the
 * minimum over thresholds on test rows lies slightly below; so compare with the curve of real against real.
 * Intervals are from half samples, around the expected curve at this sample size; where no test row is mistaken, they reach
 * up to the curve of the exact binomial bounds of both error rates. Rows at the same distance share the
 * last place among the k neighbours.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "unknown-option",
 *   "out-of-range", "too-few" for fewer than four rows a sample, or k above the training rows.
 * @see Sajjadi et al. 2018; Simon et al. 2019; Sykes et al. 2024; Morales et al. 2025.
 * @example
 * ```ts
 * import { precisionRecallCurve } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 40 }, (_, i) => from + i / 40), rows: 40, columns: 1 });
 * precisionRecallCurve(line(0), line(5), { interval: false }).auc.value; // → 0
 * ```
 */
export function precisionRecallCurve(
  real: Matrix,
  generated: Matrix,
  options: PrecisionRecallCurveOptions = {},
): PrecisionRecallCurve {
  return finishSteps(precisionRecallCurveSteps(real, generated, options));
}

/**
 * {@link precisionRecallCurve} for neighbours found elsewhere, as by `nearestNeighbours` of `startKernels` in
 * `@credence/runtime`, which is many times as fast where features are wide. It asks four times, of the family "coverage"
 * twice, which then looks for the generated rows within those distances here.
 * @throws CredenceError as {@link precisionRecallCurve}, at the first step.
 * @example
 * ```ts
 * import { precisionRecallCurveSteps } from "credence/fidelity";
 * import { nearestNeighbours } from "credence/numeric";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 40 }, (_, i) => from + i / 40), rows: 40, columns: 1 });
 * const steps = precisionRecallCurveSteps(line(0), line(5), { interval: false });
 * let step = steps.next();
 * while (!step.done) {
 *   const { points, k, queries } = step.value;
 *   step = steps.next(nearestNeighbours(points, k, queries)); // or await those of a kernel
 * }
 * step.value.auc.value; // → 0
 * ```
 */
export function* precisionRecallCurveSteps(
  real: Matrix,
  generated: Matrix,
  options: PrecisionRecallCurveOptions = {},
): NeighbourSteps<PrecisionRecallCurve> {
  const fn = "precisionRecallCurve";
  checkOptions(fn, options);
  const { seed = 0, interval, resamples = 200 } = options;
  const { family, angles, k: wantedK } = checkedShape(fn, options);
  const samples = checkedSamples(fn, real, generated, options);
  const parts = [samples.real, samples.generated].map((matrix, s) =>
    splitHalf(fn, matrix, seed + s, samples.strata[s].groups),
  );
  const [realPart, generatedPart] = parts;
  const neighbours = neighbourCount(wantedK);
  const trainRows = Math.min(realPart.train.length, generatedPart.train.length);
  const k = checkedK(fn, neighbours(trainRows), trainRows);
  const kept =
    interval === false
      ? k
      : neighboursForHalves(k, Math.max(realPart.trainMatrix.rows, generatedPart.trainMatrix.rows) + 1);
  const around = (test: Matrix) =>
    testNeighbourhoods(test, realPart.trainMatrix, generatedPart.trainMatrix, family, kept);
  const aroundReal = yield* around(realPart.testMatrix);
  const aroundGenerated = yield* around(generatedPart.testMatrix);
  const tradeoffOf = ([realRows, generatedRows]: readonly Int32Array[]) => {
    const everything =
      realRows.length === samples.real.rows && generatedRows.length === samples.generated.rows;
    const [a, b] = [chosenParts(realPart, realRows), chosenParts(generatedPart, generatedRows)];
    const half = everything ? k : Math.max(1, neighbours(Math.min(a.trained, b.trained)));
    const score = (lists: typeof aroundReal) => (row: number) =>
      scoreOf(lists, row, half, everything ? undefined : a.train, everything ? undefined : b.train);
    return errorTradeoff(a.test.map(score(aroundReal)), b.test.map(score(aroundGenerated)));
  };
  const numbersOf = (tradeoff: ErrorTradeoff) => {
    const summary = curveSummary(tradeoff);
    return [...SUMMARY_NAMES.map((name) => summary[name]), ...radiiOnRays(tradeoff, angles)];
  };
  // A classifier that parts all test rows parts every half of them, and half samples would be certain of it.
  const unseen = (part: SplitSample, s: number) =>
    clopperPearson(0, unitsOf(part.test, samples.strata[s].groups), levelOf(fn, options))[1];
  const most = numbersOf(throughPoint(unseen(realPart, 0), unseen(generatedPart, 1)));
  const estimates = halfSampleStrata(samples.strata, (rows) => numbersOf(tradeoffOf(rows)), {
    ...options,
    resamples,
  }).map((estimate, i) => (estimate.value === 0 ? widenTo([0, most[i]], estimate) : estimate));
  const radius = estimates.slice(SUMMARY_NAMES.length);
  const [auc, f8, fEighth, overlap] = estimates;
  return {
    angles,
    precision: angles.map((angle, i) => radius[i].value * Math.sin(angle)),
    recall: angles.map((angle, i) => radius[i].value * Math.cos(angle)),
    radius,
    auc,
    f8,
    fEighth,
    overlap,
    k,
  };
}

/** Independent units among the rows. */
function unitsOf(rows: Int32Array, groups: ArrayLike<number | string> | undefined): number {
  return groups ? new Set(Array.from(rows, (row) => groups[row])).size : rows.length;
}

/** A sample cut into training and test rows. */
export interface SplitSample {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly trainMatrix: Matrix;
  readonly testMatrix: Matrix;
}

export function splitHalf(
  fn: string,
  matrix: Matrix,
  seed: number,
  groups?: ArrayLike<number | string>,
): SplitSample {
  const { inside: train, outside: test } = foldRows(assignFolds(fn, matrix.rows, 2, { groups, seed }), 0);
  return { train, test, trainMatrix: takeRows(matrix, train), testMatrix: takeRows(matrix, test) };
}

/** Of the chosen rows of a sample: which training rows are among them, how many, and which test rows (by position). */
function chosenParts({ train, test }: SplitSample, rows: Int32Array) {
  const chosen = membership(rows, train.length + test.length);
  const inTrain = Uint8Array.from(train, (row) => chosen[row]);
  return {
    train: inTrain,
    trained: inTrain.reduce((sum, x) => sum + x, 0),
    test: Float64Array.from(test.keys()).filter((position) => chosen[test[position]] === 1),
  };
}

export function checkedShape(fn: string, { family = "knn", angles = 202, k }: CurveShapeOptions) {
  checkOneOf(fn, "family", family, ["knn", "coverage"]);
  checkCount(fn, "angles", angles, 2);
  if (k !== undefined) checkCount(fn, "k", k);
  return { family, angles: rayAngles(angles), k };
}

export function neighbourCount(k: number | undefined): (trainRows: number) => number {
  return (trainRows) => k ?? Math.floor(Math.sqrt(trainRows));
}

export function checkedK(fn: string, k: number, trainRows: number): number {
  if (k >= 1 && k <= trainRows) return k;
  throw new CredenceError(
    "too-few",
    { function: fn, argument: "k", value: k },
    `half of each sample trains the classifier, and the smaller one leaves ${trainRows} rows for that.`,
  );
}

export type { CurveSummary };
