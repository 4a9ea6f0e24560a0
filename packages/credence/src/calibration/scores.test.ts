import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brierScore } from "./brierScore.js";
import { codeOf } from "./codeOf.test-support.js";
import { ece } from "./ece.js";
import { logLoss } from "./logLoss.js";
import { fixedSample, randomSample } from "./sample.test-support.js";
import { sphericalScore } from "./sphericalScore.js";

const { confidences, outcomes } = fixedSample();
const twoClasses = {
  data: Float64Array.from({ length: 800 }, (_, k) => (k % 2 ? confidences[k >> 1] : 1 - confidences[k >> 1])),
  rows: 400,
  columns: 2,
};

describe("brierScore", () => {
  it("equals scikit-learn 1.2.1", () => {
    expect(brierScore(confidences, outcomes).value).toBeCloseTo(0.178462109375, 13);
    expect(brierScore(confidences, outcomes, { interval: false }).value).toBeCloseTo(0.178462109375, 13);
  });

  it("sums over classes for a matrix", () => {
    const { value, interval } = brierScore(twoClasses, Array.from(outcomes));
    const binary = brierScore(confidences, outcomes);
    expect(value).toBeCloseTo(2 * binary.value, 12);
    expect(interval?.[1]).toBeCloseTo(2 * (binary.interval?.[1] as number), 12);
  });

  it("has the t interval of a mean, and the cluster-robust one with groups", () => {
    const { value, interval, method } = brierScore([0.5, 0.9, 0.2], [1, 1, 1]);
    const squares = [0.25, 0.01, 0.64];
    const mean = 0.3;
    const deviation = Math.sqrt(squares.reduce((s, x) => s + (x - mean) ** 2, 0) / 2);
    expect(value).toBeCloseTo(mean, 14);
    expect(method).toBe("delta");
    // 4.302652729911275 is the 97.5 % quantile of Student's t with 2 degrees of freedom.
    const half = (4.302652729911275 * deviation) / Math.sqrt(3);
    const atHalf = brierScore([0.5, 0.9, 0.2], [1, 1, 1], { level: 0.5 }).interval as [number, number];
    // 0.816496580927726 is its 75 % quantile; at 95 % the interval reaches both ends of the scale.
    expect(atHalf[1]).toBeCloseTo(mean + (0.816496580927726 * half) / 4.302652729911275, 10);
    expect(atHalf[0]).toBeCloseTo(mean - (0.816496580927726 * half) / 4.302652729911275, 10);
    expect(half).toBeGreaterThan(0.7);
    expect(interval).toEqual([0, 1]);
    expect(
      brierScore(confidences, outcomes, { groups: [...confidences.keys()].map((i) => i >> 3) }),
    ).toMatchObject({ method: "cluster-delta", groups: 50 });
    expect(brierScore([0.3], [0]).interval).toEqual([-Infinity, Infinity]);
  });

  it("refuses bad input", () => {
    expect(codeOf(() => brierScore([], []))).toBe("empty-input");
    expect(codeOf(() => brierScore([0.1, 2], [0, 1]))).toBe("not-a-probability");
    expect(codeOf(() => brierScore(Float64Array.of(Number.NaN), [1]))).toBe("not-finite");
    expect(codeOf(() => brierScore([0.1], Uint8Array.of(3)))).toBe("not-binary");
    expect(codeOf(() => brierScore({ data: [0.5, 0.4], rows: 1, columns: 2 }, [0]))).toBe("not-normalised");
    expect(codeOf(() => brierScore({ data: [0.5, 0.5], rows: 1, columns: 2 }, [2]))).toBe("unknown-class");
    expect(codeOf(() => brierScore({ data: [0.5, 0.5], rows: 1, columns: 2 }, [0, 1]))).toBe(
      "length-mismatch",
    );
  });
});

describe("logLoss", () => {
  it("equals scikit-learn 1.2.1 with eps 2^-52, confidences of 0 and 1 among them", () => {
    expect(logLoss(confidences, outcomes).value).toBeCloseTo(0.554709281856972, 12);
    expect(logLoss([1, 0, 0, 0.3], [1, 0, 1, 0]).value).toBeCloseTo(9.100082083263972, 12);
    expect(logLoss(twoClasses, Array.from(outcomes)).value).toBeCloseTo(0.554709281856972, 12);
  });

  it("counts what epsilon touches", () => {
    const found = logLoss([1, 0, 0, 1e-20, 0.3], [1, 0, 1, 1, 0]);
    expect(found).toMatchObject({ exactZeros: 2, exactOnes: 1, floored: 2, epsilon: 2 ** -52 });
    const infinite = logLoss([0, 0.5], [1, 1], { epsilon: 0 });
    expect(infinite.value).toBe(Infinity);
    expect(infinite.interval).toEqual([0, Infinity]);
    expect(logLoss([1, 0.5], [1, 1], { epsilon: 0 }).value).toBeCloseTo(Math.LN2 / 2, 15);
    expect(logLoss([0.5], [0], { interval: false }).interval).toBeNull();
  });

  it("takes its base", () => {
    expect(logLoss([0.25, 0.25], [1, 1], { base: 2 }).value).toBeCloseTo(2, 14);
  });

  it("does not claim certainty after fifty right answers", () => {
    const p = new Array(50).fill(0.99);
    const right = new Array(50).fill(1);
    const both = { data: p.flatMap((v) => [1 - v, v]), rows: 50, columns: 2 };
    const half = (estimate: { value: number; interval: readonly [number, number] | null }) =>
      (estimate.interval as [number, number])[1] - estimate.value;
    // Standard deviations of one score if 0.99 is right, and the t quantile with 49 degrees of freedom.
    const expected = (gap: number) => (2.0095752371292397 * Math.sqrt(0.0099) * gap) / Math.sqrt(50);
    expect(half(brierScore(p, right))).toBeCloseTo(expected(0.98), 10);
    expect(half(brierScore(both, right))).toBeCloseTo(2 * expected(0.98), 10);
    expect(half(logLoss(p, right))).toBeCloseTo(expected(Math.log(99)), 10);
    expect(half(logLoss(both, right))).toBeCloseTo(expected(Math.log(99)), 10);
    // Nothing could have varied here.
    expect(half(brierScore([1, 1, 0], [1, 1, 0]))).toBe(0);
  });

  it("loses nothing near 1", () => {
    expect(logLoss([1 - 1e-12], [1]).value).toBeCloseTo(1e-12, 16);
  });

  it("refuses bad input", () => {
    expect(codeOf(() => logLoss([0.5], [1], { epsilon: 0.5 }))).toBe("out-of-range");
    expect(codeOf(() => logLoss([0.5], [1], { base: 1 }))).toBe("out-of-range");
    expect(codeOf(() => logLoss([-0.5], [1]))).toBe("not-a-probability");
    expect(codeOf(() => logLoss([0.5], ["x" as unknown as number]))).toBe("not-binary");
    expect(codeOf(() => logLoss([0.5], Uint8Array.of(7)))).toBe("not-binary");
  });
});

describe("sphericalScore", () => {
  it("is the probability of what happened over the length of the vector", () => {
    expect(sphericalScore([0.8], [0]).value).toBeCloseTo(0.2 / Math.sqrt(0.68), 14);
    expect(sphericalScore(twoClasses, Array.from(outcomes)).value).toBeCloseTo(
      sphericalScore(confidences, outcomes).value,
      12,
    );
  });
});

describe("proper scores", () => {
  it("are best, on average, at the true probability", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (q, p) => {
          const mean = (f: (p: number[], y: number[]) => { value: number }, at: number) =>
            q * f([at], [1]).value + (1 - q) * f([at], [0]).value;
          expect(mean(brierScore, p)).toBeGreaterThanOrEqual(mean(brierScore, q) - 1e-12);
          expect(mean(logLoss, p)).toBeGreaterThanOrEqual(mean(logLoss, q) - 1e-12);
          expect(mean(sphericalScore, p)).toBeLessThanOrEqual(mean(sphericalScore, q) + 1e-12);
        },
      ),
    );
  });

  it("cover their expectation", () => {
    let missed = 0;
    for (let seed = 0; seed < 200; seed++) {
      const sample = randomSample(300, seed);
      const [low, high] = brierScore(sample.confidences, sample.outcomes).interval as [number, number];
      if (low > 1 / 6 || high < 1 / 6) missed++;
    }
    expect(missed).toBeLessThanOrEqual(30); // binomial(200, .05) exceeds it with probability 1e-7
    expect(missed).toBeGreaterThan(0);
  });
});

it("intervals of few rows stay where scores and errors can be", () => {
  const [p, y] = [
    [0.9, 0.9, 0.9],
    [1, 1, 1],
  ];
  expect(brierScore(p, y).interval).toEqual([0, expect.closeTo(0.606, 3)]);
  expect(brierScore([0.6, 0.4], [0, 1]).interval?.[1]).toBe(1);
  expect(logLoss(p, y).interval?.[0]).toBe(0);
  for (const norm of ["l1", "l2", "max"] as const) {
    const [low, high] = ece(p, y, { norm }).interval as [number, number];
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0.5);
    expect(high).toBeLessThanOrEqual(1);
  }
});
