import { expect } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { adaptiveConformal } from "./adaptiveConformal.js";
import { aps } from "./aps.js";
import { classRows, normals } from "./conformal.test-support.js";
import { cqr } from "./cqr.js";
import { crossCqr, cvPlus, jackknifeMinmax, jackknifePlus } from "./crossConformal.js";
import { lac } from "./lac.js";
import { margin } from "./margin.js";
import { mondrian } from "./mondrian.js";
import { runOnline } from "./onlineThreshold.js";
import { conformalPValues } from "./pValues.js";
import { conformalRank } from "./quantile.js";
import { raps } from "./raps.js";
import { saps } from "./saps.js";
import { splitConformal } from "./splitConformal.js";
import { weightedConformal } from "./weightedConformal.js";

/** One line of the table of promises: a fresh calibration set and one fresh row, was the row covered? */
export interface CoveragePromise {
  readonly name: string;
  /** The probability of covering: from … to, for n calibration rows at α. */
  bounds(n: number, alpha: number): readonly [number, number];
  covered(random: Random, n: number, alpha: number): boolean;
  /** Only for these n. Default: every n. */
  readonly only?: readonly number[];
}

const exact = (n: number, alpha: number) =>
  [conformalRank(n, alpha) / (n + 1), conformalRank(n, alpha) / (n + 1)] as const;
const atLeast = (_n: number, alpha: number) => [1 - alpha, 1] as const;
const inside = ([low, high]: readonly [number, number], y: number) => low <= y && y <= high;

/** Sets for one fresh row after calibrating on n, with a slightly overconfident classifier. */
function classCovered(
  fit: (p: Matrix, y: number[]) => { predict(p: Matrix, o?: { seed?: number }): number[][] },
  random: Random,
  n: number,
): boolean {
  const { probabilities, labels } = classRows(random, n + 1, 5, 0.7);
  const { data, columns } = probabilities;
  const fitted = fit({ data: data.slice(0, n * columns), rows: n, columns }, labels.slice(0, n));
  const fresh = { data: data.slice(n * columns), rows: 1, columns };
  return fitted.predict(fresh, { seed: random.uniform() })[0].includes(labels[n]);
}

/** Least squares through the origin without some rows. */
function slopes(x: number[], y: number[], folds: number[], K: number): Float64Array {
  const n = folds.length;
  const xy = new Float64Array(K);
  const xx = new Float64Array(K);
  let [allXy, allXx] = [0, 1e-9];
  for (let i = 0; i < n; i++) {
    xy[folds[i]] += x[i] * y[i];
    xx[folds[i]] += x[i] * x[i];
    allXy += x[i] * y[i];
    allXx += x[i] * x[i];
  }
  return xy.map((v, f) => (allXy - v) / (allXx - xx[f]));
}

function crossCovered(
  random: Random,
  n: number,
  K: number,
  interval: (residuals: number[], folds: number[], predictions: Float64Array) => [number, number],
): boolean {
  const x = Array.from({ length: n + 1 }, () => sampleNormal(random));
  const y = x.map((v) => v + sampleNormal(random) * (0.5 + Math.abs(v)));
  const folds = Array.from({ length: n }, (_, i) => i % K);
  const models = slopes(x, y, folds, K);
  const residuals = folds.map((f, i) => y[i] - models[f] * x[i]);
  return inside(
    interval(
      residuals,
      folds,
      models.map((b) => b * x[n]),
    ),
    y[n],
  );
}

export const PROMISES: readonly CoveragePromise[] = [
  {
    name: "split, continuous: k/(n+1)",
    bounds: exact,
    covered: (random, n, alpha) =>
      inside(splitConformal.fit(normals(random, n), { alpha }).predict(0), sampleNormal(random)),
  },
  {
    name: "split, ties: ≥ 1 − α",
    bounds: atLeast,
    covered: (random, n, alpha) => {
      const coarse = (z: number) => Math.round(z);
      return inside(
        splitConformal.fit(normals(random, n).map(coarse), { alpha }).predict(0),
        coarse(sampleNormal(random)),
      );
    },
  },
  {
    name: "split, constant scores: always",
    bounds: () => [1, 1],
    covered: (_random, n, alpha) =>
      inside(splitConformal.fit(new Float64Array(n).fill(1), { alpha }).predict(0), 1),
  },
  {
    name: "split, groups: ≥ 1 − α for a row of a new group",
    bounds: atLeast,
    covered: (random, n, alpha) => {
      const groups = Array.from({ length: 3 * n }, (_, i) => Math.floor(i / 3));
      const shared = normals(random, n + 1);
      const residuals = groups.map((g) => shared[g] + 0.3 * sampleNormal(random));
      const fresh = shared[n] + 0.3 * sampleNormal(random);
      return inside(splitConformal.fit(residuals, { alpha, groups }).predict(0), fresh);
    },
  },
  {
    name: "LAC, continuous: k/(n+1)",
    bounds: exact,
    covered: (random, n, alpha) => classCovered((p, y) => lac.fit(p, y, { alpha }), random, n),
  },
  {
    name: "margin, continuous: k/(n+1)",
    bounds: exact,
    covered: (random, n, alpha) => classCovered((p, y) => margin.fit(p, y, { alpha }), random, n),
  },
  {
    name: "symmetric CQR: k/(n+1)",
    bounds: exact,
    covered: (random, n, alpha) => {
      const flat = (value: number) => new Float64Array(n).fill(value);
      return inside(
        cqr.fit(flat(-1), flat(2), normals(random, n), { alpha }).predict(-1, 2),
        sampleNormal(random),
      );
    },
  },
  {
    name: "asymmetric CQR: in [1 − α, 1 − α + 2/(n+1)]",
    bounds: (n, alpha) => [1 - alpha, Math.min(1, 1 - alpha + 2 / (n + 1))],
    covered: (random, n, alpha) => {
      const flat = (value: number) => new Float64Array(n).fill(value);
      const fitted = cqr.fit(flat(-1), flat(2), normals(random, n), { alpha, margins: "asymmetric" });
      return inside(fitted.predict(-1, 2), sampleNormal(random));
    },
  },
  ...(
    [
      ["APS", aps],
      ["SAPS", saps],
    ] as const
  ).flatMap(([name, method]): CoveragePromise[] => [
    {
      name: `${name}, randomised: k/(n+1)`,
      bounds: exact,
      covered: (random, n, alpha) =>
        classCovered(
          (p, y) => method.fit(p, y, { alpha, randomised: true, seed: random.uniform() }),
          random,
          n,
        ),
    },
    {
      name: `${name}, unrandomised: ≥ 1 − α`,
      bounds: atLeast,
      covered: (random, n, alpha) => classCovered((p, y) => method.fit(p, y, { alpha }), random, n),
    },
  ]),
  {
    name: "RAPS, tuned on rows of its own: ≥ 1 − α",
    bounds: atLeast,
    covered: (random, n, alpha) =>
      classCovered((p, y) => raps.fit(p, y, { alpha, seed: random.uniform() }), random, n),
  },
  {
    name: "class-conditional: ≥ 1 − α within the rarest class",
    bounds: atLeast,
    covered: (random, n, alpha) => {
      for (;;) {
        const { probabilities, labels } = classRows(random, n + 1, 3, 0.5);
        if (labels[n] !== 2) continue;
        const fitted = lac.fit(
          { data: probabilities.data.slice(0, 3 * n), rows: n, columns: 3 },
          labels.slice(0, n),
          { alpha, conditional: "class" },
        );
        return fitted.predict({ data: probabilities.data.slice(3 * n), rows: 1, columns: 3 })[0].includes(2);
      }
    },
  },
  {
    name: "Mondrian: k/(m+1) within a category of m rows",
    bounds: (n, alpha) => exact(Math.floor(n / 2), alpha),
    covered: (random, n, alpha) => {
      const m = Math.floor(n / 2);
      const categories = Array.from({ length: n }, (_, i) => (i < m ? "wild" : "calm"));
      const residuals = normals(random, n).map((z, i) => (i < m ? 5 * z : z));
      return inside(
        mondrian.fit(residuals, categories, { alpha }).predict(0, "wild"),
        5 * sampleNormal(random),
      );
    },
  },
  {
    name: "smoothed p-values, ties: exactly 1 − α",
    bounds: (_n, alpha) => [1 - alpha, 1 - alpha],
    covered: (random, n, alpha) => {
      const draw = () => Math.floor(4 * random.uniform());
      const calibration = Array.from({ length: n }, draw);
      return conformalPValues(calibration, [draw()], { smoothed: true, seed: random.uniform() })[0] > alpha;
    },
  },
  {
    name: "weighted, known ratios: ≥ 1 − α",
    bounds: atLeast,
    covered: (random, n, alpha) => {
      const x = Array.from({ length: n }, () => random.uniform());
      const scores = x.map((v) => v * Math.abs(sampleNormal(random)));
      const fresh = Math.sqrt(random.uniform());
      const fitted = weightedConformal.fit(
        scores,
        x.map((v) => 2 * v),
        { alpha },
      );
      return fresh * Math.abs(sampleNormal(random)) <= fitted.threshold(2 * fresh).threshold;
    },
  },
  {
    name: "jackknife+: ≥ 1 − 2α",
    bounds: (_n, alpha) => [1 - 2 * alpha, 1],
    covered: (random, n, alpha) =>
      crossCovered(random, n, n, (residuals, _, predictions) =>
        jackknifePlus.fit(residuals, { alpha }).predict(predictions),
      ),
  },
  {
    name: "jackknife-minmax: ≥ 1 − α",
    bounds: atLeast,
    covered: (random, n, alpha) =>
      crossCovered(random, n, n, (residuals, _, predictions) =>
        jackknifeMinmax.fit(residuals, { alpha }).predict(predictions),
      ),
  },
  {
    name: "CV+: ≥ its bound",
    bounds: (n, alpha) => [
      Math.max(0, 1 - 2 * alpha - Math.min((2 * (1 - 1 / 5)) / (n / 5 + 1), (1 - 5 / n) / 6)),
      1,
    ],
    covered: (random, n, alpha) =>
      crossCovered(random, n, 5, (residuals, folds, predictions) =>
        cvPlus.fit(residuals, folds, { alpha }).predict(predictions),
      ),
  },
  {
    name: "cross-CQR: ≥ the bound of CV+",
    bounds: (n, alpha) => [
      Math.max(0, 1 - 2 * alpha - Math.min((2 * (1 - 1 / 5)) / (n / 5 + 1), (1 - 5 / n) / 6)),
      1,
    ],
    covered: (random, n, alpha) =>
      crossCovered(random, n, 5, (residuals, folds, predictions) => {
        const zeros = residuals.map(() => 0);
        const low = residuals.map((r) => -r - 0.5);
        const high = residuals.map((r) => -r + 0.5);
        // Shifted by the truth: lower − y = −residual − ½.
        return crossCqr.fit(low, high, zeros, folds, { alpha }).predict(
          predictions.map((p) => p - 0.5),
          predictions.map((p) => p + 0.5),
        );
      }),
  },
  {
    name: "exchangeable rows, every earlier one calibrating: ACI starts at k/(n+1)",
    bounds: exact,
    covered: (random, n, alpha) => {
      const stream = adaptiveConformal({ alpha, scores: normals(random, n), window: n });
      return stream.update(sampleNormal(random));
    },
  },
];

/** Counts covered rows over fresh repetitions and compares with the binomial quantiles at `tail` of both bounds. */
export function keepsPromise(
  promise: CoveragePromise,
  n: number,
  alpha: number,
  repeats: number,
  tail: number,
): void {
  const random = createRandom(n + alpha);
  let covered = 0;
  for (let repeat = 0; repeat < repeats; repeat++) if (promise.covered(random, n, alpha)) covered++;
  const [low, high] = promise.bounds(n, alpha);
  expect(covered).toBeGreaterThanOrEqual(low >= 1 ? repeats : binomialQuantile(tail, repeats, low));
  expect(covered).toBeLessThanOrEqual(high >= 1 ? repeats : binomialQuantile(1 - tail, repeats, high));
}

/** The long-run error of ACI is within its bound, for a stream that drifts, over the T that makes the bound 1 %. */
export function adaptiveKeepsPromise(alpha: number, gamma: number, bound: number): void {
  const T = Math.ceil((Math.max(alpha, 1 - alpha) + gamma) / (gamma * bound));
  const random = createRandom(alpha);
  const scores = Float64Array.from(
    { length: T },
    (_, t) => (1 + t / 500 + 3 * Math.sin(t / 100) ** 2) * Math.abs(sampleNormal(random)),
  );
  const { errorRate } = runOnline(adaptiveConformal({ alpha, gamma }), scores);
  expect(Math.abs(errorRate - alpha)).toBeLessThanOrEqual(bound);
}
