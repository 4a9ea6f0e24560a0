import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { betaCdf, gammaCdf, logGamma, normalCdf, studentCdf } from "../numeric/special.js";
import { crpsEnsemble } from "./crpsEnsemble.js";
import { crpsGaussian } from "./crpsGaussian.js";
import { crpsMixture } from "./crpsMixture.js";
import { crpsQuantiles } from "./crpsQuantiles.js";
import { refusal } from "./forecast.test-support.js";
import * as families from "./index.js";

/** ∫ (F(x) − 1{x ≥ y})² dx by Simpson's rule on both sides of y. */
function integral(cdf: (x: number) => number, y: number, low: number, high: number): number {
  const piece = (a: number, b: number, f: (x: number) => number) => {
    if (!(b > a)) return 0;
    const n = 40_000;
    const h = (b - a) / n;
    let sum = f(a) + f(b);
    for (let i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * f(a + i * h);
    return (sum * h) / 3;
  };
  const from = Math.min(low, y);
  const to = Math.max(high, y);
  return piece(from, y, (x) => cdf(x) ** 2) + piece(y, to, (x) => (1 - cdf(x)) ** 2);
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const laplace = (x: number) => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2);

describe("closed forms equal the integral of the definition", () => {
  test.each([
    ["gaussian", (y: number) => crpsGaussian(1, 2, y), (x: number) => normalCdf((x - 1) / 2), -30, 30],
    [
      "logistic",
      (y: number) => families.crpsLogistic(1, 2, y),
      (x: number) => logistic((x - 1) / 2),
      -80,
      80,
    ],
    ["laplace", (y: number) => families.crpsLaplace(1, 2, y), (x: number) => laplace((x - 1) / 2), -80, 80],
    [
      "student",
      (y: number) => families.crpsStudent(9, 1, 2, y),
      (x: number) => studentCdf((x - 1) / 2, 9),
      -150,
      150,
    ],
    [
      "lognormal",
      (y: number) => families.crpsLognormal(0.2, 0.5, y),
      (x: number) => (x > 0 ? normalCdf((Math.log(x) - 0.2) / 0.5) : 0),
      0,
      60,
    ],
    ["gamma", (y: number) => families.crpsGamma(2.5, 1.5, y), (x: number) => gammaCdf(1.5 * x, 2.5), 0, 40],
    ["beta", (y: number) => families.crpsBeta(2, 3.5, y), (x: number) => betaCdf(x, 2, 3.5), 0, 1],
    [
      "exponential",
      (y: number) => families.crpsExponential(0.7, y),
      (x: number) => (x > 0 ? 1 - Math.exp(-0.7 * x) : 0),
      0,
      60,
    ],
    [
      "uniform",
      (y: number) => families.crpsUniform(-1, 3, y),
      (x: number) => Math.min(Math.max((x + 1) / 4, 0), 1),
      -1,
      3,
    ],
    [
      "mixture",
      (y: number) => crpsMixture([0, 3], [1, 0.5], y, [0.3, 0.7]),
      (x: number) => 0.3 * normalCdf(x) + 0.7 * normalCdf((x - 3) / 0.5),
      -15,
      15,
    ],
  ] as const)("%s", (_, score, cdf, low, high) => {
    for (const y of [-1.7, 0, 0.4, 0.9, 2.2, 6])
      expect(Math.abs(score(y) - integral(cdf, y, low, high))).toBeLessThan(2e-4);
  });

  test("counts: Poisson and negative binomial by summation", () => {
    const sum = (mass: (k: number) => number, y: number) => {
      let below = 0;
      let score = 0;
      for (let k = 0; k < 2000; k++) {
        below += mass(k);
        score += (below - (k >= y ? 1 : 0)) ** 2;
      }
      return score;
    };
    for (const y of [0, 3, 12, 60]) {
      for (const mean of [0.3, 5, 40])
        expect(families.crpsPoisson(mean, y)).toBeCloseTo(
          sum((k) => Math.exp(k * Math.log(mean) - mean - logGamma(k + 1)), y),
          9,
        );
      const negative = (k: number) =>
        Math.exp(logGamma(k + 2) - logGamma(2) - logGamma(k + 1) + 2 * Math.log(2 / 7) + k * Math.log(5 / 7));
      expect(families.crpsNegativeBinomial(5, 2, y)).toBeCloseTo(sum(negative, y), 9);
    }
    expect(families.crpsPoisson(5, -2)).toBeCloseTo(families.crpsPoisson(5, 0) + 2, 9);
    expect(() => families.crpsNegativeBinomial(3, 1e-10, 1)).toThrowError("more than 10000000 counts");
    expect(() => families.crpsPoisson(1e20, 1)).toThrowError("more than 10000000 counts");
    expect(families.crpsPoisson(1e5, 1e6)).toBeCloseTo(9e5 - Math.sqrt(1e5 / Math.PI), 0);
  });

  test("lists give the mean with an interval; groups widen it", () => {
    const found = crpsGaussian([0, 1, 2, 3], 1, [0.5, 0.5, 2, 5]);
    const each = [0.5, -0.5, 0, 2].map((z) => crpsGaussian(0, 1, z));
    expect(found.value).toBeCloseTo(each.reduce((a, b) => a + b) / 4, 12);
    expect(found.interval?.[0]).toBeLessThan(found.value);
    expect(crpsGaussian([0, 1], [1, 1], [0, 0], { interval: false }).interval).toBeNull();
    expect(crpsGaussian([0, 1, 2, 3], 1, [0.5, 0.5, 2, 5], { groups: ["a", "a", "b", "b"] }).groups).toBe(2);
  });

  test("refuses what is no forecast", () => {
    expect(refusal(() => crpsGaussian(0, 0, 1)).code).toBe("out-of-range");
    expect(refusal(() => crpsGaussian(0, 1, Number.NaN)).code).toBe("not-finite");
    expect(refusal(() => crpsGaussian([0], [1, 2], [1])).code).toBe("length-mismatch");
    expect(refusal(() => crpsGaussian([0, 1], [1, Infinity], 1)).place.index).toBe(1);
    expect(refusal(() => crpsGaussian([], [], [])).code).toBe("empty-input");
    expect(refusal(() => families.crpsStudent(1, 0, 1, 0)).code).toBe("out-of-range");
    expect(refusal(() => families.crpsUniform(1, 1, 0)).code).toBe("out-of-range");
    expect(refusal(() => crpsMixture([0], [1], 0, [0.5])).code).toBe("not-normalised");
  });
});

describe("crpsEnsemble", () => {
  const random = createRandom(1);

  test("equals the double sum, plug-in and fair", () => {
    for (let repeat = 0; repeat < 100; repeat++) {
      const m = 2 + (repeat % 9);
      const x = Array.from({ length: m }, () => Math.round(3 * sampleNormal(random)));
      const y = sampleNormal(random);
      let near = 0;
      let pairs = 0;
      for (const a of x) {
        near += Math.abs(a - y) / m;
        for (const b of x) pairs += Math.abs(a - b);
      }
      expect(crpsEnsemble(x, y)).toBeCloseTo(near - pairs / (2 * m * m), 12);
      expect(crpsEnsemble(x, y, { estimator: "fair" })).toBeCloseTo(near - pairs / (2 * m * (m - 1)), 12);
    }
    expect(crpsEnsemble([3], 5)).toBe(2);
    const offset = 1e9;
    expect(crpsEnsemble([offset + 1, offset + 2, offset + 4], offset + 2)).toBeCloseTo(1 / 3, 6);
  });

  test("the fair score of small samples is unbiased for the CRPS of their law", () => {
    const scores = Array.from({ length: 20_000 }, () =>
      crpsEnsemble([sampleNormal(random), sampleNormal(random), sampleNormal(random)], 0.5, {
        estimator: "fair",
      }),
    );
    const mean = scores.reduce((a, b) => a + b) / scores.length;
    expect(Math.abs(mean - crpsGaussian(0, 1, 0.5))).toBeLessThan(0.02);
  });

  test("matrices give an Estimate; bad input is refused", () => {
    const matrix = { data: [1, 2, 4, 0, 0, 3], rows: 2, columns: 3 };
    const expected = (crpsEnsemble([1, 2, 4], 2) + crpsEnsemble([0, 0, 3], 1)) / 2;
    expect(crpsEnsemble(matrix, [2, 1]).value).toBeCloseTo(expected, 12);
    expect(refusal(() => crpsEnsemble(matrix, [2])).code).toBe("length-mismatch");
    expect(refusal(() => crpsEnsemble([1, Number.NaN], 2)).code).toBe("not-finite");
    expect(refusal(() => crpsEnsemble([], 2)).code).toBe("empty-input");
    expect(refusal(() => crpsEnsemble([1], 2, { estimator: "fair" })).code).toBe("too-few");
    expect(refusal(() => crpsEnsemble([1], 2, { estimator: "best" as "fair" })).code).toBe("unknown-option");
  });
});

test("crpsQuantiles approaches the CRPS as the levels fill the unit interval", () => {
  const k = 2000;
  const levels = Array.from({ length: k }, (_, j) => (j + 0.5) / k);
  // Quantiles of the uniform law on [0, 1] are the levels.
  const found = crpsQuantiles({ data: levels, rows: 1, columns: k }, levels, [0.3]).value;
  expect(found).toBeCloseTo(families.crpsUniform(0, 1, 0.3), 5);
  expect(refusal(() => crpsQuantiles({ data: [1], rows: 1, columns: 1 }, [1], [1])).code).toBe(
    "out-of-range",
  );
});
