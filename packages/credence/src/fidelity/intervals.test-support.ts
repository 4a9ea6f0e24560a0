import type { Estimate } from "../estimate/estimate.js";
import { sampleInteger, sampleNormal } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, quantileSorted } from "../numeric/quantile.js";
import type { Random } from "../numeric/random.js";
import { alphaPrecision } from "./alphaPrecision.js";
import { authenticity } from "./authenticity.js";
import { classifierTwoSampleTest } from "./classifierTwoSampleTest.js";
import { cmmd } from "./cmmd.js";
import { nearerToTraining } from "./dataCopying.js";
import { normals } from "./draw.test-support.js";
import { frechetDistance } from "./frechetDistance.js";
import { frechetInfinity } from "./frechetInfinity.js";
import { inceptionScore } from "./inceptionScore.js";
import { kernelDistance } from "./kernelDistance.js";
import { mauve } from "./mauve.js";
import { membershipInference } from "./membershipInference.js";
import { prdCurve } from "./prdCurve.js";
import { prdc } from "./prdc.js";
import { precisionRecall } from "./precisionRecall.js";
import { precisionRecallCurve } from "./precisionRecallCurve.js";
import { probabilisticPrecisionRecall } from "./probabilisticPrecisionRecall.js";
import { takeRows } from "./samples.js";
import { sinkhornDivergence } from "./sinkhornDivergence.js";
import { slicedWasserstein } from "./slicedWasserstein.js";
import { correlationSimilarity, ksComplement, tvComplement } from "./tabular.js";
import { vendiScore } from "./vendiScore.js";

/** How a metric is called in the simulation. */
export interface CaseOptions {
  readonly interval?: boolean;
  readonly level: number;
  readonly seed: number;
}

/** One metric on one population. */
export interface IntervalCase {
  readonly name: string;
  /** What the interval is for: a value of the population, or the expected value at this sample size (found by simulation). */
  readonly truth: number | "expected";
  readonly draw: (random: Random) => readonly Matrix[];
  readonly estimate: (samples: readonly Matrix[], options: CaseOptions) => Estimate;
}

const column = ({ data, rows, columns }: Matrix, j: number) =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]);

/** Rows of class probabilities. */
function softmaxRows(random: Random, rows: number, columns: number): Matrix {
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[i * columns + j] = Math.exp(2 * sampleNormal(random));
    for (let j = 0; j < columns; j++) data[i * columns + j] /= sum;
  }
  return { data, rows, columns };
}

const shifted =
  (n: number, columns = 2, shift = 1) =>
  (random: Random) =>
    [normals(random, n, columns), normals(random, n, columns, shift)] as const;

/** Two samples of 2.5 rows a column and another spread; with `heavy` tails all columns of a row are far out together. */
const wide =
  (columns: number, heavy: boolean) =>
  (random: Random): readonly Matrix[] =>
    [normals(random, 2.5 * columns, columns), normals(random, 2.5 * columns, columns, 1, 1.2)].map(
      (matrix) => (heavy ? scattered(random, matrix) : matrix),
    );

/** Rows of a multivariate t distribution of 8 degrees of freedom, with the covariance of the given normal ones. */
function scattered(random: Random, { data, rows, columns }: Matrix): Matrix {
  const scales = Float64Array.from({ length: rows }, () => {
    let square = 0;
    for (let j = 0; j < 8; j++) square += sampleNormal(random) ** 2;
    return Math.sqrt(6 / square);
  });
  return { data: Float64Array.from(data, (x, i) => x * scales[Math.floor(i / columns)]), rows, columns };
}

/** {@link wide} samples for the Fréchet distance. */
export const wideFrechet = (columns: number, heavy: boolean): IntervalCase => ({
  name: `frechetDistance, ${columns} columns${heavy ? ", heavy tails" : ""}`,
  truth: 1 + columns * 0.2 ** 2,
  draw: wide(columns, heavy),
  estimate: ([a, b], options) => frechetDistance(a, b, options),
});

/** Every metric with an interval, by the section of the spec that says how it is made. */
export const intervalCases: readonly IntervalCase[] = [
  ...(["precision", "recall", "density", "coverage"] as const).map((name) => ({
    name: `prdc ${name}`,
    truth: "expected" as const,
    draw: shifted(200, 2, 1.5),
    estimate: ([a, b]: readonly Matrix[], options: CaseOptions) => prdc(a, b, options)[name],
  })),
  ...(["precision", "recall"] as const).map((name) => ({
    name: `precisionRecall ${name}`,
    truth: "expected" as const,
    draw: shifted(200, 4, 1.5),
    estimate: ([a, b]: readonly Matrix[], options: CaseOptions) => precisionRecall(a, b, options)[name],
  })),
  ...(["precision", "recall"] as const).map((name) => ({
    name: `probabilisticPrecisionRecall ${name}`,
    truth: "expected" as const,
    draw: shifted(150, 2, 1.5),
    estimate: ([a, b]: readonly Matrix[], options: CaseOptions) =>
      probabilisticPrecisionRecall(a, b, options)[name],
  })),
  ...(["knn", "coverage"] as const).flatMap((family) =>
    (["auc", "overlap"] as const).map((name) => ({
      name: `precisionRecallCurve ${family} ${name}`,
      truth: "expected" as const,
      draw: shifted(300),
      estimate: ([a, b]: readonly Matrix[], options: CaseOptions) =>
        precisionRecallCurve(a, b, { ...options, family, angles: 6, resamples: 100 })[name],
    })),
  ),
  {
    name: "authenticity",
    truth: "expected",
    draw: shifted(200),
    estimate: ([a, b], options) => authenticity(a, b, options),
  },
  ...(["alphaPrecision", "betaRecall"] as const).map((name) => ({
    name: `alphaPrecision ${name}`,
    truth: "expected" as const,
    draw: shifted(200),
    estimate: ([a, b]: readonly Matrix[], options: CaseOptions) => alphaPrecision(a, b, options)[name],
  })),
  {
    name: "frechetDistance",
    truth: 1,
    draw: shifted(200, 6),
    estimate: ([a, b], options) => frechetDistance(a, b, options),
  },
  {
    name: "frechetDistance at equality",
    truth: 0,
    draw: shifted(200, 6, 0),
    estimate: ([a, b], options) => frechetDistance(a, b, options),
  },
  wideFrechet(96, false),
  wideFrechet(96, true),
  {
    name: "frechetInfinity",
    truth: 1,
    draw: shifted(400, 4),
    estimate: ([a, b], options) => frechetInfinity(a, b, options),
  },
  {
    name: "kernelDistance",
    truth: "expected",
    draw: shifted(150, 4),
    estimate: ([a, b], options) => kernelDistance(a, b, options),
  },
  {
    name: "kernelDistance at equality",
    truth: 0,
    draw: shifted(150, 4, 0),
    estimate: ([a, b], options) => kernelDistance(a, b, options),
  },
  {
    name: "cmmd (σ = 1)",
    // 1000 · 2 · (3^−1)(1 − e^−1/6): Gaussian kernel of bandwidth 1 between N(0, I₂) and N(e₁, I₂).
    truth: ((1000 * 2) / 3) * (1 - Math.exp(-1 / 6)),
    draw: shifted(150),
    estimate: ([a, b], options) => cmmd(a, b, { ...options, sigma: 1 }),
  },
  {
    name: "slicedWasserstein",
    // Moves by u₁ along direction u; 64 fixed directions.
    truth: "expected",
    draw: shifted(200),
    estimate: ([a, b], options) => slicedWasserstein(a, b, { ...options, seed: 0, projections: 64 }),
  },
  {
    name: "sinkhornDivergence",
    truth: "expected",
    draw: shifted(60),
    estimate: ([a, b], options) => sinkhornDivergence(a, b, { ...options, epsilon: 0.5, tolerance: 1e-2 }),
  },
  {
    name: "inceptionScore",
    truth: "expected",
    draw: (random) => [softmaxRows(random, 500, 5)],
    estimate: ([a], options) => inceptionScore(a, options),
  },
  {
    name: "mauve",
    truth: "expected",
    draw: shifted(200, 3),
    estimate: ([a, b], options) => mauve(a, b, { ...options, clusters: 5 }),
  },
  {
    name: "prdCurve F₈",
    truth: "expected",
    draw: shifted(200),
    estimate: ([a, b], options) => prdCurve(a, b, { ...options, clusters: 10, runs: 4, angles: 101 }).f8,
  },
  {
    name: "vendiScore",
    truth: "expected",
    draw: (random) => [normals(random, 200, 5, 1)],
    estimate: ([a], options) => vendiScore(a, options),
  },
  {
    name: "classifierTwoSampleTest",
    truth: "expected",
    draw: shifted(200),
    estimate: ([a, b], options) => classifierTwoSampleTest(a, b, options).accuracy,
  },
  {
    name: "membershipInference",
    truth: "expected",
    draw: (random) => [...shifted(150, 2, 0.5)(random), normals(random, 5000, 2)],
    estimate: ([a, b, made], options) => membershipInference(a, b, made, options).auc,
  },
  {
    name: "nearerToTraining",
    truth: "expected",
    draw: (random) => [...shifted(3000, 2, 0.5)(random), normals(random, 200, 2)],
    estimate: ([a, b, made], options) => nearerToTraining(a, b, made, options),
  },
  {
    name: "ksComplement",
    truth: "expected",
    draw: shifted(200, 1, 0.5),
    estimate: ([a, b], options) => ksComplement(column(a, 0), column(b, 0), options),
  },
  {
    name: "tvComplement",
    truth: "expected",
    draw: (random) => {
      const [a, b] = shifted(300, 1, 0.5)(random);
      const coarse = (m: Matrix): Matrix => ({
        ...m,
        data: Float64Array.from(m.data as Float64Array, Math.round),
      });
      return [coarse(a), coarse(b)];
    },
    estimate: ([a, b], options) => tvComplement(column(a, 0), column(b, 0), options),
  },
  {
    name: "correlationSimilarity",
    truth: "expected",
    draw: (random) => {
      const correlated = (weight: number): Matrix => {
        const m = normals(random, 200, 2);
        const data = Float64Array.from(m.data as Float64Array);
        for (let i = 0; i < m.rows; i++) data[2 * i + 1] += weight * data[2 * i];
        return { ...m, data };
      };
      return [correlated(1), correlated(0.2)];
    },
    estimate: ([a, b], options) =>
      correlationSimilarity([column(a, 0), column(a, 1)], [column(b, 0), column(b, 1)], options),
  },
];

/** How often an interval held the truth, and on which side it missed. */
export interface MeasuredCoverage {
  readonly covered: number;
  /** The interval lay below the truth, above it. */
  readonly below: number;
  readonly above: number;
  readonly repetitions: number;
  readonly width: number;
  readonly truth: number;
  readonly method: string;
}

/** The truth of a case, by averaging where it is an expected value. */
export function truthOf(test: IntervalCase, random: Random, draws: number): number {
  if (test.truth !== "expected") return test.truth;
  const values = Array.from(
    { length: draws },
    (_, seed) => test.estimate(test.draw(random), { interval: false, level: 0.9, seed }).value,
  );
  // The sliced distance is corrected for bias, so its interval is for the distributions.
  if (test.name !== "slicedWasserstein") return mean(values);
  const squares = Array.from({ length: draws }, (_, seed) => {
    const estimate = test.estimate(test.draw(random), { level: 0.9, seed }) as Estimate & {
      corrected: number;
    };
    return estimate.corrected ** 2;
  });
  return Math.sqrt(mean(squares));
}

/** Simulates a case. */
export function measureCoverage(
  test: IntervalCase,
  truth: number,
  repetitions: number,
  level: number,
  random: Random,
  interval: (
    samples: readonly Matrix[],
    seed: number,
  ) => { interval: readonly [number, number]; method: string } = (samples, seed) => {
    const estimate = test.estimate(samples, { level, seed });
    return { interval: estimate.interval!, method: estimate.method };
  },
): MeasuredCoverage {
  let below = 0;
  let above = 0;
  let width = 0;
  let method = "";
  for (let r = 0; r < repetitions; r++) {
    const found = interval(test.draw(random), r);
    const [low, high] = found.interval;
    if (high < truth) below++;
    if (low > truth) above++;
    width += (high - low) / repetitions;
    method = found.method;
  }
  return { covered: repetitions - below - above, below, above, repetitions, width, truth, method };
}

/** What one would try first: percentiles of values on rows drawn with replacement. */
export function naiveBootstrap(test: IntervalCase, level: number, resamples: number, random: Random) {
  return (samples: readonly Matrix[], seed: number) => {
    const values = Array.from({ length: resamples }, () => {
      const drawn = samples.map((matrix) =>
        takeRows(
          matrix,
          Int32Array.from({ length: matrix.rows }, () => sampleInteger(random, matrix.rows)),
        ),
      );
      return test.estimate(drawn, { interval: false, level, seed }).value;
    });
    const sorted = Float64Array.from(values).sort();
    const tail = (1 - level) / 2;
    return {
      interval: [quantileSorted(sorted, tail), quantileSorted(sorted, 1 - tail)] as const,
      method: "percentile bootstrap",
    };
  };
}
