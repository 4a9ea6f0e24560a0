import { describe, expect, it } from "vitest";
import { sampleNormal } from "./distributions.js";
import { symmetricEigen } from "./eigen.js";
import { createRandom } from "./random.js";

function randomSymmetric(n: number, rank: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const x = Float64Array.from({ length: n * rank }, () => sampleNormal(random));
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < rank; k++) a[i * n + j] += x[i * rank + k] * x[j * rank + k] * (k % 2 ? -1 : 1);
  return a;
}

describe("symmetricEigen", () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [8, 8],
    [30, 30],
    [30, 4],
    [61, 61],
  ])("satisfies A v = λ v with orthonormal v, n = %i of rank %i", (n, rank) => {
    const a = randomSymmetric(n, rank, n);
    const { values, vectors } = symmetricEigen(a, n);
    const scale = Math.max(...values.map(Math.abs), 1);
    for (let i = 0; i < n; i++) {
      const v = vectors!.subarray(i * n, (i + 1) * n);
      for (let r = 0; r < n; r++) {
        let av = 0;
        for (let k = 0; k < n; k++) av += a[r * n + k] * v[k];
        expect(Math.abs(av - values[i] * v[r])).toBeLessThan(1e-12 * scale * n);
      }
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < n; k++) dot += v[k] * vectors![j * n + k];
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 11);
      }
      if (i > 0) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]);
    }
  });

  it("gives the same values without vectors", () => {
    const a = randomSymmetric(40, 40, 1);
    expect([...symmetricEigen(a, 40, false).values]).toEqual([...symmetricEigen(a, 40).values]);
  });

  it("knows the discrete Laplacian: 2 − 2 cos(kπ/(n+1))", () => {
    const n = 50;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
    }
    symmetricEigen(a, n).values.forEach((value, k) =>
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 12),
    );
  });

  it("handles diagonal, zero and equal matrices", () => {
    expect([...symmetricEigen([3, 0, 0, 0, 1, 0, 0, 0, 2], 3).values]).toEqual([1, 2, 3]);
    expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0]);
    symmetricEigen(new Float64Array(25).fill(1), 5).values.forEach((value, i) =>
      expect(value).toBeCloseTo(i === 4 ? 5 : 0, 12),
    );
  });
});
