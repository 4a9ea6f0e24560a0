import { influenceVariance } from "../estimate/delta.js";
import type { Estimate } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import { checkCount, checkOneOf, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { sigmoid, softplus } from "../numeric/logistic.js";
import type { Matrix } from "../numeric/matrix.js";
import { lbfgsMinimum } from "../numeric/minimise.js";
import { mean, variance } from "../numeric/quantile.js";
import { binomialCdf, studentCdf } from "../numeric/special.js";
import { scoreOf, testNeighbourhoods } from "./curveScores.js";
import { finishSteps, mapSteps, type NeighbourSteps } from "./neighbourSteps.js";
import { type SplitSample, splitHalf } from "./precisionRecallCurve.js";
import { checkedSamples, type FidelityOptions, takeRows } from "./samples.js";

/** Options of {@link classifierTwoSampleTest}. */
export interface ClassifierTestOptions extends FidelityOptions {
  /** Default "knn". */
  classifier?: "knn" | "logistic";
  /** Neighbours of "knn". Default ⌊√n⌋ of the training rows per sample. */
  k?: number;
}

/** The classifier two-sample test. */
export interface ClassifierTwoSampleTest {
  /** Share of held-out rows the classifier puts into the right sample; ½ where it cannot tell them apart. Ties count as wrong half the time, by turns. */
  readonly accuracy: Estimate;
  /** Of "accuracy is ½", one-sided: exact binomial, or Student's t over groups. */
  readonly pValue: number;
}

/**
 * Classifier two-sample test: a classifier is trained to tell generated from real on half of the rows and tried on the
 * other half. If it beats chance, the distributions differ. Samples are cut to equal size. The converse does not hold: a
 * classifier at chance may be a weak one.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few", "unknown-option".
 * @see Lopez-Paz & Oquab 2017.
 * @example
 * ```ts
 * import { classifierTwoSampleTest } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 40 }, (_, i) => from + i / 40), rows: 40, columns: 1 });
 * classifierTwoSampleTest(line(0), line(3)).accuracy.value; // → 1
 * ```
 */
export function classifierTwoSampleTest(
  real: Matrix,
  generated: Matrix,
  options: ClassifierTestOptions = {},
): ClassifierTwoSampleTest {
  return finishSteps(classifierTwoSampleTestSteps(real, generated, options));
}

/**
 * {@link classifierTwoSampleTest} for neighbours found elsewhere, as by `nearestNeighbours` of `startKernels` in
 * `@credence/runtime`, which is many times as fast where features are wide. "knn" asks four times, "logistic" never.
 * @throws CredenceError as {@link classifierTwoSampleTest}, at the first step.
 * @example
 * ```ts
 * import { classifierTwoSampleTestSteps } from "credence/fidelity";
 * import { nearestNeighbours } from "credence/numeric";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 40 }, (_, i) => from + i / 40), rows: 40, columns: 1 });
 * const steps = classifierTwoSampleTestSteps(line(0), line(3));
 * let step = steps.next();
 * while (!step.done) {
 *   const { points, k, queries } = step.value;
 *   step = steps.next(nearestNeighbours(points, k, queries)); // or await those of a kernel
 * }
 * step.value.accuracy.value; // → 1
 * ```
 */
export function* classifierTwoSampleTestSteps(
  real: Matrix,
  generated: Matrix,
  options: ClassifierTestOptions = {},
): NeighbourSteps<ClassifierTwoSampleTest> {
  const fn = "classifierTwoSampleTest";
  checkOptions(fn, options);
  const { classifier = "knn", seed = 0, k } = options;
  checkOneOf(fn, "classifier", classifier, ["knn", "logistic"]);
  if (k !== undefined) checkCount(fn, "k", k);
  const samples = checkedSamples(fn, real, generated, options);
  const size = Math.min(samples.real.rows, samples.generated.rows);
  if (size < 4)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "rows", value: size },
      "half of each sample trains the classifier, half tries it: four rows of each are needed at least.",
    );
  const [a, b] = [samples.real, samples.generated].map((matrix, s) =>
    balanced(splitHalf(fn, matrix, seed + s, samples.strata[s].groups), matrix, size),
  );
  const [scoresOfReal, scoresOfGenerated] =
    classifier === "knn" ? yield* knnScores(a, b, k) : logisticScores(a, b);
  // A score of exactly ½ says nothing: every other such row counts as right.
  let ties = 0;
  const right = (side: 0 | 1) => (s: number) => (s === 0.5 ? ties++ % 2 : Number(s > 0.5) === side ? 1 : 0);
  const outcomes = [...Array.from(scoresOfReal, right(0)), ...Array.from(scoresOfGenerated, right(1))];
  const { groups } = options;
  const ids = groups && [
    ...Array.from(a.test, (row) => `real ${samples.strata[0].groups?.[row] ?? row}`),
    ...Array.from(b.test, (row) => `generated ${samples.strata[1].groups?.[row] ?? row}`),
  ];
  const accuracy = proportionEstimate(outcomes, { ...options, groups: ids, method: "wilson" }, fn);
  const n = outcomes.length;
  const hits = outcomes.reduce((sum: number, x) => sum + x, 0);
  // As many failures or fewer are as probable, and keep their digits where 1 − the rest would be 0.
  if (!ids) return { accuracy, pValue: binomialCdf(n - hits, n, 0.5) };
  const { standardError, units } = influenceVariance(fn, outcomes, { groups: ids });
  const pValue =
    standardError > 0
      ? studentCdf((0.5 - hits / n) / standardError, units - 1)
      : hits > n / 2
        ? 0.5 ** units
        : 1;
  return { accuracy, pValue };
}

/** Both halves cut to half of the given size. */
function balanced(split: SplitSample, matrix: Matrix, size: number): SplitSample {
  const half = size >> 1;
  const train = split.train.slice(0, half);
  const test = split.test.slice(0, half);
  return { train, test, trainMatrix: takeRows(matrix, train), testMatrix: takeRows(matrix, test) };
}

function* knnScores(
  a: SplitSample,
  b: SplitSample,
  wanted: number | undefined,
): NeighbourSteps<Float64Array[]> {
  const trained = Math.min(a.train.length, b.train.length);
  const k = Math.min(wanted ?? Math.max(1, Math.floor(Math.sqrt(trained))), trained);
  return yield* mapSteps([a.testMatrix, b.testMatrix], function* (test) {
    const lists = yield* testNeighbourhoods(test, a.trainMatrix, b.trainMatrix, "knn", k);
    return Float64Array.from({ length: test.rows }, (_, row) => scoreOf(lists, row, k));
  });
}

/** Ridge-penalised logistic regression on standardised columns; the penalty is that of one row. */
function logisticScores(a: SplitSample, b: SplitSample): Float64Array[] {
  const d = a.trainMatrix.columns;
  const rows = [a.trainMatrix, b.trainMatrix];
  const n = rows[0].rows + rows[1].rows;
  const scale = Array.from({ length: d }, (_, j) => {
    const column = rows.flatMap(({ data, rows: count }) =>
      Array.from({ length: count }, (_, i) => data[i * d + j]),
    );
    return { centre: mean(column), sd: Math.sqrt(variance(column)) || 1 };
  });
  const standardised = ({ data, rows: count }: Matrix) =>
    Float64Array.from({ length: count * d }, (_, p) => (data[p] - scale[p % d].centre) / scale[p % d].sd);
  const x = rows.map(standardised);
  const linear = (values: Float64Array, i: number, beta: Float64Array) => {
    let sum = beta[d];
    for (let j = 0; j < d; j++) sum += beta[j] * values[i * d + j];
    return sum;
  };
  const { x: beta } = lbfgsMinimum(
    (weights, gradient) => {
      gradient.fill(0);
      let loss = 0;
      x.forEach((values, target) => {
        for (let i = 0; i < rows[target].rows; i++) {
          const eta = linear(values, i, weights);
          loss += (softplus(eta) - target * eta) / n;
          const residual = (sigmoid(eta) - target) / n;
          for (let j = 0; j < d; j++) gradient[j] += residual * values[i * d + j];
          gradient[d] += residual;
        }
      });
      for (let j = 0; j < d; j++) {
        loss += weights[j] ** 2 / (2 * n);
        gradient[j] += weights[j] / n;
      }
      return loss;
    },
    new Float64Array(d + 1),
  );
  return [a.testMatrix, b.testMatrix].map((test) => {
    const values = standardised(test);
    return Float64Array.from({ length: test.rows }, (_, i) => sigmoid(linear(values, i, beta)));
  });
}
