import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolAdjacentViolators } from "./pava.js";

/** The min–max formula: x̂ᵢ = max over a ≤ i of min over b ≥ i of the weighted mean of values a … b. */
function slowIsotonic(values: readonly number[], weights: readonly number[]): number[] {
  const meanOf = (a: number, b: number) => {
    let sum = 0;
    let total = 0;
    for (let k = a; k <= b; k++) {
      sum += weights[k] * values[k];
      total += weights[k];
    }
    return sum / total;
  };
  return values.map((_, i) => {
    let best = -Infinity;
    for (let a = 0; a <= i; a++) {
      let least = Infinity;
      for (let b = i; b < values.length; b++) least = Math.min(least, meanOf(a, b));
      best = Math.max(best, least);
    }
    return best;
  });
}

const fit = (values: readonly number[], weights: readonly number[]) => {
  const result = Float64Array.from(values);
  poolAdjacentViolators(result, weights);
  return [...result];
};

describe("poolAdjacentViolators", () => {
  it("equals the min–max formula", () => {
    const row = fc.record({
      value: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -10, max: 10, noNaN: true })),
      weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const values = rows.map((r) => r.value);
        const weights = rows.map((r) => r.weight);
        const slow = slowIsotonic(values, weights);
        fit(values, weights).forEach((x, i) => {
          expect(x).toBeCloseTo(slow[i], 9);
        });
      }),
    );
  });

  it("is non-decreasing and exactly constant within a block", () => {
    const fitted = fit([3, 1, 2, 0, 5, 4], [1, 1, 1, 1, 1, 1]);
    expect(fitted).toEqual([1.5, 1.5, 1.5, 1.5, 4.5, 4.5]);
  });

  it("leaves sorted values, a single value and nothing as they are", () => {
    expect(fit([1, 2, 2, 3], [1, 5, 1, 1])).toEqual([1, 2, 2, 3]);
    expect(fit([7], [2])).toEqual([7]);
    expect(fit([], [])).toEqual([]);
  });

  it("is linear: half a million descending values are one block", () => {
    const n = 500_000;
    const values = Float64Array.from({ length: n }, (_, i) => n - i);
    poolAdjacentViolators(values, new Float64Array(n).fill(1));
    expect(values[0]).toBe(values[n - 1]);
    expect(values[0]).toBeCloseTo((n + 1) / 2, 6);
  });
});
