import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { normals, refusal } from "./conformal.test-support.js";
import { conformalQuantile, conformalRank, conformalThreshold, leastCalibrationSize } from "./quantile.js";

/** ⌈(n+1)(1 − numerator/denominator)⌉ in whole numbers. */
const bigRank = (n: number, numerator: number, denominator: number) => {
  const product = BigInt(n + 1) * BigInt(denominator - numerator);
  return Number((product + BigInt(denominator) - 1n) / BigInt(denominator));
};

describe("conformalRank", () => {
  test("equals rational arithmetic for every n ≤ 1160 and α = .01 … .99", () => {
    const wrong: string[] = [];
    for (let percent = 1; percent <= 99; percent++)
      for (let n = 1; n <= 1160; n++)
        if (conformalRank(n, percent / 100) !== bigRank(n, percent, 100)) wrong.push(`${n}, ${percent} %`);
    expect(wrong).toEqual([]);
  });

  test("equals rational arithmetic for α computed as 1 − level, and in thousandths", () => {
    const wrong: string[] = [];
    for (let n = 1; n <= 1160; n++) {
      for (let percent = 50; percent <= 99; percent++)
        if (conformalRank(n, 1 - percent / 100) !== bigRank(n, 100 - percent, 100))
          wrong.push(`${n}, 1 − ${percent} %`);
      for (let thousandth = 1; thousandth < 500; thousandth += 7)
        if (conformalRank(n, thousandth / 1000) !== bigRank(n, thousandth, 1000))
          wrong.push(`${n}, ${thousandth} ‰`);
    }
    expect(wrong).toEqual([]);
  });

  test("large n", () => {
    for (const n of [1e6, 1e7 - 1, 123_456_789]) expect(conformalRank(n, 0.1)).toBe(bigRank(n, 1, 10));
    expect(conformalRank(19, 0.7)).toBe(6);
  });
});

describe("conformalQuantile", () => {
  test("is the k-th smallest score, or +∞", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 99 }),
        (scores, percent) => {
          const k = bigRank(scores.length, percent, 100);
          const sorted = [...scores].sort((a, b) => a - b);
          const expected = k > scores.length ? Infinity : sorted[k - 1];
          expect(conformalQuantile(scores, percent / 100) + 0).toBe(expected + 0);
        },
      ),
    );
  });

  test("too few rows: +∞ with the number still needed", () => {
    const { threshold, reason, n } = conformalThreshold([1, 2, 3], 0.05);
    expect(threshold).toBe(Infinity);
    expect(n).toBe(3);
    expect(reason).toBe("3 calibration rows cannot promise 95 %: at least 19 are needed, 16 more.");
    for (const alpha of [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1 - 0.9]) {
      const least = leastCalibrationSize(alpha);
      const scores = normals(createRandom(1), least);
      expect(conformalQuantile(scores, alpha)).toBeLessThan(Infinity);
      if (least > 1) expect(conformalQuantile(scores.subarray(1), alpha)).toBe(Infinity);
    }
  });

  test("groups of one are rows; equal groups of many rows count as groups", () => {
    const random = createRandom(2);
    const scores = normals(random, 99);
    const single = Array.from(scores, (_, i) => `id ${i}`);
    expect(conformalQuantile(scores, 0.1, { groups: single })).toBe(conformalQuantile(scores, 0.1));
    const nine = Array.from({ length: 99 }, (_, i) => i % 8);
    const grouped = conformalThreshold(scores, 0.1, { groups: nine });
    expect(grouped.threshold).toBe(Infinity);
    expect(grouped.groups).toBe(8);
    expect(grouped.reason).toContain("8 calibration groups");
  });

  test("the weighted definition for groups", () => {
    const random = createRandom(3);
    for (let repeat = 0; repeat < 200; repeat++) {
      const n = 20 + Math.floor(random.uniform() * 60);
      const scores = normals(random, n);
      const groups = Array.from({ length: n }, () => Math.floor(random.uniform() * 15));
      const ids = [...new Set(groups)];
      const weight = groups.map((g) => 1 / groups.filter((h) => h === g).length / (ids.length + 1));
      const found = [...scores]
        .sort((a, b) => a - b)
        .find((value) => {
          let mass = 0;
          for (let i = 0; i < n; i++) if (scores[i] <= value) mass += weight[i];
          return mass >= 0.8 - 1e-9;
        });
      expect(conformalQuantile(scores, 0.2, { groups })).toBe(found ?? Infinity);
    }
  });

  test("refuses what it cannot answer", () => {
    expect(refusal(() => conformalQuantile([], 0.1)).code).toBe("empty-input");
    expect(refusal(() => conformalQuantile([1, Number.NaN], 0.1)).place.index).toBe(1);
    for (const alpha of [0, 1, -0.1, 1.1, Number.NaN])
      expect(refusal(() => conformalQuantile([1], alpha)).code).toBe("out-of-range");
    expect(refusal(() => conformalQuantile([1, 2], 0.1, { groups: [1] })).code).toBe("length-mismatch");
    expect(refusal(() => leastCalibrationSize(0)).code).toBe("out-of-range");
    expect(conformalQuantile([1, Infinity, 2, 3], 0.2)).toBe(Infinity);
    expect(conformalThreshold([1, Infinity, 2, 3], 0.2).reason).toContain("infinite");
  });
});
