import { describe, expect, it } from "vitest";
import { symmetricEigen } from "../numeric/eigen.js";
import { createRandom } from "../numeric/random.js";
import { consistentRootTrace } from "./consistentRootTrace.js";
import { normals } from "./draw.test-support.js";
import { gaussianStatistics } from "./gaussianStatistics.js";
import { productEigenvalues } from "./productEigenvalues.js";

const roots = (values: Float64Array) => values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);

/** The definition: the contour integral's cuts with many nodes, the lowered eigenvalues by a full solver. */
function slow(values: Float64Array, first: number, second: number, nodes = 400): number {
  const d = values.length;
  let sum = 0;
  for (let k = 0; k < nodes; k++) {
    const f = (first + second + (first - second) * Math.cos(((k + 0.5) * Math.PI) / nodes)) / 2;
    const matrix = new Float64Array(d * d);
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++)
        matrix[i * d + j] = (i === j ? values[i] : 0) - Math.sqrt(values[i] * values[j]) / f;
    sum += (roots(values) - roots(symmetricEigen(matrix, d, false).values)) / nodes;
  }
  return 2 * Math.sqrt(first * second) * sum;
}

describe("consistentRootTrace", () => {
  const random = createRandom(4);
  const drawn = (n: number, scale: (u: number) => number) =>
    Float64Array.from({ length: n }, () => scale(random.uniform())).sort();

  it("equals its definition, for spread, tied and tiny eigenvalues", () => {
    const spectra = [
      drawn(12, (u) => 0.1 + u),
      drawn(12, (u) => Math.exp(20 * u - 10)),
      Float64Array.of(1, 1, 1, 2, 2, 5),
      Float64Array.of(0, 0, 1e-30, 0.5, 0.5000001, 3),
      Float64Array.of(7),
    ];
    for (const values of spectra)
      for (const [first, second] of [
        [40, 40],
        [30, 45],
        [500, 14],
      ]) {
        const wanted = slow(values, first, second);
        expect(Math.abs(consistentRootTrace(values, first, second) / wanted - 1)).toBeLessThan(1e-7);
      }
  });

  it("is the sum of the roots for many rows", () => {
    const values = drawn(10, (u) => u);
    expect(consistentRootTrace(values, 1e9, 2e9)).toBeCloseTo(roots(values), 6);
  });

  it("finds the truth where rows are few for the columns, and the plain trace does not", () => {
    const d = 60;
    const repetitions = 10;
    let [plain, consistent] = [0, 0];
    for (let r = 0; r < repetitions; r++) {
      const [a, b] = [
        gaussianStatistics(normals(random, 150, d)),
        gaussianStatistics(normals(random, 90, d, 0, 2)),
      ];
      const [values] = productEigenvalues(a, [b]);
      plain += roots(values) / repetitions;
      consistent += consistentRootTrace(values, 149, 89) / repetitions;
    }
    // C₁ = 1, C₂ = 4 · 1: the truth is 2 d.
    expect(plain / (2 * d)).toBeLessThan(0.9);
    expect(Math.abs(consistent / (2 * d) - 1)).toBeLessThan(0.01);
  });
});
