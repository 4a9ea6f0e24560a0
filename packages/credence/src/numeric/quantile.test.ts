import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mean, quantileSorted, variance } from "./quantile.js";

describe("quantileSorted", () => {
  it("is NumPy's default (1.24): linear between order statistics", () => {
    // np.quantile([1, 2, 4, 8], q)
    expect([0, 0.1, 0.25, 0.5, 0.9, 1].map((q) => quantileSorted([1, 2, 4, 8], q))).toEqual([
      1,
      1.3,
      1.75,
      3,
      expect.closeTo(6.8, 12),
      8,
    ]);
    expect(quantileSorted([5], 0.3)).toBe(5);
  });

  it("returns infinite order statistics, never NaN", () => {
    expect(quantileSorted([-Infinity, -Infinity, 0, 1], 0.1)).toBe(-Infinity);
    expect(quantileSorted([0, 1, Infinity, Infinity], 0.9)).toBe(Infinity);
    expect(quantileSorted([0, Infinity], 0.5)).toBe(Infinity);
    expect(quantileSorted([-Infinity, 0], 0.5)).toBe(-Infinity);
  });

  it("stays within the sample and rises with q", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });
    const q = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, q, q, (x, a, b) => {
        const sorted = x.slice().sort((s, t) => s - t);
        const [low, high] = [quantileSorted(sorted, Math.min(a, b)), quantileSorted(sorted, Math.max(a, b))];
        expect(low).toBeGreaterThanOrEqual(sorted[0]);
        expect(high).toBeLessThanOrEqual(sorted[sorted.length - 1] + 1e-9);
        expect(high).toBeGreaterThanOrEqual(low - 1e-9);
      }),
    );
  });
});

describe("mean and variance", () => {
  it("follow their definitions, far from zero too", () => {
    expect(mean([1, 2, 3, 6])).toBe(3);
    expect(variance([1, 2, 3, 6])).toBeCloseTo(14 / 3, 14);
    expect(variance([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBe(1);
  });
});
