import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { cholesky, choleskySolve } from "../numeric/linear.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { detectionMetrics } from "./detectionMetrics.js";
import { odinInput, reactActivations, reactThreshold } from "./hooks.js";
import { energy, maxLogit, maxSoftmax, negativeEntropy } from "./logitScores.js";
import { mahalanobis, relativeMahalanobis } from "./mahalanobis.js";
import { nearestNeighbour } from "./nearestNeighbour.js";
import { noveltyTest } from "./noveltyTest.js";
import { vim } from "./vim.js";

const code = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof CredenceError) return error.code;
    throw error;
  }
  return "accepted";
};

const random = createRandom(1);
const normalMatrix = (rows: number, columns: number): Matrix & { data: Float64Array } => ({
  data: Float64Array.from({ length: rows * columns }, () => sampleNormal(random)),
  rows,
  columns,
});
const rowOf = ({ data, columns }: Matrix, i: number) =>
  Array.from({ length: columns }, (_, j) => data[i * columns + j]);

describe("scores of logits", () => {
  test("equal their definitions, and survive large logits", () => {
    const logits = normalMatrix(20, 5);
    for (const temperature of [1, 7]) {
      const softmax = Array.from({ length: 20 }, (_, i) => {
        const e = rowOf(logits, i).map((x) => Math.exp(x / temperature));
        return e.map((x) => x / e.reduce((a, b) => a + b));
      });
      softmax.forEach((p, i) => {
        expect(maxSoftmax(logits, { temperature })[i]).toBeCloseTo(Math.max(...p), 12);
        expect(negativeEntropy(logits, { temperature })[i]).toBeCloseTo(
          p.reduce((s, x) => s + x * Math.log(x), 0),
          12,
        );
        const sum = rowOf(logits, i).reduce((s, x) => s + Math.exp(x / temperature), 0);
        expect(energy(logits, { temperature })[i]).toBeCloseTo(temperature * Math.log(sum), 12);
        expect(maxLogit(logits)[i]).toBe(Math.max(...rowOf(logits, i)));
      });
    }
    const large = { data: [1000, 999], rows: 1, columns: 2 };
    expect(energy(large)[0]).toBeCloseTo(1000 + Math.log1p(Math.exp(-1)), 9);
    expect(maxSoftmax(large)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(code(() => maxSoftmax({ data: [Number.NaN], rows: 1, columns: 1 }))).toBe("not-finite");
    expect(code(() => energy(large, { temperature: 0 }))).toBe("out-of-range");
  });
});

describe("scores of features", () => {
  const features = normalMatrix(60, 3);
  const labels = Array.from({ length: 60 }, (_, i) => i % 2);
  for (let i = 0; i < 60; i++) features.data[i * 3] += 4 * labels[i];
  const fresh = normalMatrix(15, 3);

  /** Squared distance by solving with the covariance, written out. */
  function slowDistances(codes: number[], shrinkage: number) {
    const classes = [...new Set(codes)];
    const means = classes.map((c) => {
      const rows = codes.flatMap((k, i) => (k === c ? [rowOf(features, i)] : []));
      return [0, 1, 2].map((j) => rows.reduce((s, r) => s + r[j], 0) / rows.length);
    });
    const covariance = new Float64Array(9);
    codes.forEach((k, i) => {
      const gap = rowOf(features, i).map((x, j) => x - means[classes.indexOf(k)][j]);
      gap.forEach((a, j) => {
        gap.forEach((b, l) => {
          covariance[j * 3 + l] += (a * b) / 60;
        });
      });
    });
    const average = (covariance[0] + covariance[4] + covariance[8]) / 3;
    for (let k = 0; k < 9; k++)
      covariance[k] = (1 - shrinkage) * covariance[k] + (k % 4 === 0 ? shrinkage * average : 0);
    const factor = cholesky(covariance, 3)!;
    return (x: number[]) =>
      Math.min(
        ...means.map((mean) => {
          const gap = x.map((v, j) => v - mean[j]);
          const solved = choleskySolve(factor, 3, gap);
          return gap.reduce((s, g, j) => s + g * solved[j], 0);
        }),
      );
  }

  test("Mahalanobis and relative Mahalanobis", () => {
    for (const shrinkage of [0, 0.3]) {
      const byClass = slowDistances(labels, shrinkage);
      const pooled = slowDistances(
        labels.map(() => 0),
        shrinkage,
      );
      const plain = mahalanobis.fit(features, labels, { shrinkage }).predict(fresh);
      const relative = relativeMahalanobis.fit(features, labels, { shrinkage }).predict(fresh);
      for (let i = 0; i < 15; i++) {
        const x = rowOf(fresh, i);
        expect(plain[i]).toBeCloseTo(-byClass(x), 9);
        expect(relative[i]).toBeCloseTo(pooled(x) - byClass(x), 9);
      }
    }
  });

  test("singular covariances ask for shrinkage; shapes are checked", () => {
    const flat = { data: [1, 1, 2, 2, 3, 3], rows: 3, columns: 2 };
    expect(code(() => mahalanobis.fit(flat, [0, 0, 0]))).toBe("too-few");
    expect(mahalanobis.fit(flat, [0, 0, 0], { shrinkage: 0.1 }).predict(flat)).toHaveLength(3);
    expect(code(() => mahalanobis.fit(flat, [0, 0]))).toBe("length-mismatch");
    expect(code(() => mahalanobis.fit(flat, [0, 0, 0], { shrinkage: 2 }))).toBe("out-of-range");
    expect(code(() => mahalanobis.fit(features, labels).predict(flat))).toBe("length-mismatch");
  });

  test("k-th neighbour by brute force, normalised and raw", () => {
    for (const normalise of [true, false])
      for (const k of [1, 7, 60]) {
        const found = nearestNeighbour.fit(features, { k, normalise }).predict(fresh);
        const unit = (x: number[]) => (normalise ? x.map((v) => v / Math.hypot(...x)) : x);
        for (let i = 0; i < 15; i++) {
          const distances = Array.from({ length: 60 }, (_, t) => {
            const [a, b] = [unit(rowOf(fresh, i)), unit(rowOf(features, t))];
            return Math.hypot(...a.map((v, j) => v - b[j]));
          }).sort((a, b) => a - b);
          expect(found[i]).toBeCloseTo(-distances[k - 1], 9);
        }
      }
    expect(code(() => nearestNeighbour.fit(features, { k: 61 }))).toBe("too-few");
    expect(code(() => nearestNeighbour.fit({ data: [0, 0], rows: 1, columns: 2 }, { k: 1 }))).toBe(
      "out-of-range",
    );
    expect(code(() => nearestNeighbour.fit(features).predict({ data: [1], rows: 1, columns: 1 }))).toBe(
      "length-mismatch",
    );
  });

  test("ViM: residual outside a known subspace, origin from the head", () => {
    // Features x = (a, b, small) with logits from (a, b); the head's origin solves W x + bias = 0.
    const weights = { data: [1, 0, 0, 0, 1, 0], rows: 2, columns: 3 };
    const bias = [-3, 2];
    const rows = 200;
    const data = new Float64Array(rows * 3);
    const logits = new Float64Array(rows * 2);
    for (let i = 0; i < rows; i++) {
      data[i * 3] = 3 + 5 * sampleNormal(random);
      data[i * 3 + 1] = -2 + 5 * sampleNormal(random);
      data[i * 3 + 2] = 0.1 * sampleNormal(random);
      logits[i * 2] = data[i * 3] - 3;
      logits[i * 2 + 1] = data[i * 3 + 1] + 2;
    }
    const train = { data, rows, columns: 3 };
    const fitted = vim.fit(
      train,
      { data: logits, rows, columns: 2 },
      { head: { weights, bias }, dimension: 2 },
    );
    // The origin (3, −2, 0) is the exact solution, so the residual is nearly the third coordinate.
    const lengths = Array.from({ length: rows }, (_, i) => Math.abs(data[i * 3 + 2]));
    const tops = Array.from({ length: rows }, (_, i) => Math.max(logits[i * 2], logits[i * 2 + 1]));
    const ratio = tops.reduce((a, b) => a + b) / lengths.reduce((a, b) => a + b);
    expect(Math.abs(fitted.scale / ratio - 1)).toBeLessThan(0.05);
    const two = { data: [0, 0, 0, 0], rows: 2, columns: 2 };
    const [near, far] = fitted.predict({ data: [3, -2, 0, 3, -2, 5], rows: 2, columns: 3 }, two);
    expect(near).toBeCloseTo(Math.log(2), 6);
    expect((near - far) / (5 * fitted.scale)).toBeCloseTo(1, 2);
    const origin = [3, -2, 0];
    const same = vim.fit(train, { data: logits, rows, columns: 2 }, { origin, dimension: 2 });
    expect(same.scale).toBeCloseTo(fitted.scale, 6);
    expect(code(() => vim.fit(train, { data: logits, rows, columns: 2 }, { dimension: 3 }))).toBe(
      "out-of-range",
    );
    expect(code(() => vim.fit(train, two, { dimension: 1 }))).toBe("length-mismatch");
    expect(
      code(() => vim.fit(train, { data: logits, rows, columns: 2 }, { head: { weights, bias: [1] } })),
    ).toBe("length-mismatch");
  });

  test("ODIN and ReAct", () => {
    expect([...odinInput([1, 2, 3], [-1, 0, 4], 0.5)]).toEqual([0.5, 2, 3.5]);
    expect(code(() => odinInput([1], [1], -1))).toBe("out-of-range");
    expect(reactThreshold([1, 2, 3, 4, 5], 0.5)).toBe(3);
    expect([...reactActivations([1, 9], 3)]).toEqual([1, 3]);
    expect(code(() => reactThreshold([], 0.5))).toBe("empty-input");
    expect(code(() => reactThreshold([1], 2))).toBe("out-of-range");
  });
});

describe("detectionMetrics", () => {
  test("AUROC by counting pairs; AUPR and FPR by walking all thresholds", () => {
    for (let repeat = 0; repeat < 40; repeat++) {
      const known = Array.from({ length: 17 }, () => Math.round(3 * sampleNormal(random)) + 2);
      const novel = Array.from({ length: 23 }, () => Math.round(3 * sampleNormal(random)));
      let pairs = 0;
      for (const a of known) for (const b of novel) pairs += a > b ? 1 : a === b ? 0.5 : 0;
      for (const positive of ["known", "novel"] as const) {
        const [yes, no] =
          positive === "known" ? [known, novel] : [novel.map((s) => -s), known.map((s) => -s)];
        const thresholds = [...new Set([...yes, ...no])].sort((a, b) => b - a);
        const points = thresholds.map((t) => {
          const tp = yes.filter((s) => s >= t).length;
          const fp = no.filter((s) => s >= t).length;
          return { recall: tp / yes.length, precision: tp / (tp + fp), fpr: fp / no.length };
        });
        let trapezoid = 0;
        let steps = 0;
        let before = { recall: 0, precision: 1 };
        for (const point of points) {
          trapezoid += ((point.recall - before.recall) * (point.precision + before.precision)) / 2;
          steps += (point.recall - before.recall) * point.precision;
          before = point;
        }
        const found = detectionMetrics(known, novel, { positive, interval: false });
        expect(found.auroc.value).toBeCloseTo(pairs / (17 * 23), 12);
        expect(found.aupr.value).toBeCloseTo(trapezoid, 12);
        expect(found.fpr.value).toBeCloseTo(points.find((p) => p.recall >= 0.95)!.fpr, 12);
        const ap = detectionMetrics(known, novel, {
          positive,
          interval: false,
          precisionRecall: "average-precision",
        });
        expect(ap.aupr.value).toBeCloseTo(steps, 12);
      }
    }
  });

  test("scikit-learn 1.2.1 on a small case: roc_auc_score, auc of the curve, average_precision_score", () => {
    const known = [0.9, 0.8, 0.8, 0.4, 0.35];
    const novel = [0.7, 0.4, 0.3, 0.1];
    const found = detectionMetrics(known, novel, { interval: false });
    expect(found.auroc.value).toBeCloseTo(0.825, 12);
    expect(found.aupr.value).toBeCloseTo(0.8797619047619047, 12);
    expect(found.fpr.value).toBeCloseTo(0.5, 12);
    const steps = detectionMetrics(known, novel, { interval: false, precisionRecall: "average-precision" });
    expect(steps.aupr.value).toBeCloseTo(0.8761904761904762, 12);
  });

  test("intervals cover the true AUROC, and groups are honoured", () => {
    let missed = 0;
    const repeats = 300;
    // P(N(1,1) > N(0,1)) = Φ(1/√2).
    const truth = 0.7602499389065233;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const known = Array.from({ length: 60 }, () => 1 + sampleNormal(random));
      const novel = Array.from({ length: 60 }, () => sampleNormal(random));
      const { interval } = detectionMetrics(known, novel, { resamples: 2 }).auroc;
      if (truth < interval![0] || truth > interval![1]) missed++;
    }
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.07));
    const groups = Array.from({ length: 20 }, (_, i) => i % 5);
    const known = Array.from({ length: 10 }, (_, i) => i);
    const found = detectionMetrics(known, known, { groups, resamples: 50 });
    expect(found.auroc).toMatchObject({ value: 0.5, groups: 5 });
    expect(found.aupr.groups).toBe(5);
    expect(code(() => detectionMetrics([], [1]))).toBe("empty-input");
    expect(code(() => detectionMetrics([1], [Number.NaN]))).toBe("not-finite");
    expect(code(() => detectionMetrics([1], [1], { positive: "in" as "known" }))).toBe("unknown-option");
  });
});

test("noveltyTest keeps the false discovery rate", () => {
  const repeats = 400;
  let share = 0;
  let found = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const known = Array.from({ length: 200 }, () => sampleNormal(random));
    const scores = Array.from({ length: 60 }, (_, i) => sampleNormal(random) - (i < 20 ? 4 : 0));
    const { novel } = noveltyTest(known, scores, { rate: 0.2 });
    share += novel.length ? novel.filter((i) => i >= 20).length / novel.length : 0;
    found += novel.filter((i) => i < 20).length / 20;
  }
  // The bound is rate × share of known inputs = 0.133; the standard error of the mean is about .006.
  expect(share / repeats).toBeLessThan(0.133 + 5 * 0.006);
  expect(found / repeats).toBeGreaterThan(0.8);
});
