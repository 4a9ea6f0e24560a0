import { expect, test } from "vitest";
import { bandEigenvalues } from "./bandEigen.js";
import { sampleNormal } from "./distributions.js";
import { symmetricEigen } from "./eigen.js";
import { createRandom } from "./random.js";

test.each([
  [1, 1],
  [2, 1],
  [2, 3],
  [5, 2],
  [9, 8],
  [40, 1],
  [40, 7],
  [61, 16],
  [64, 16],
])("eigenvalues of a band are those of the dense matrix, n = %i, width %i", (n, width) => {
  const random = createRandom(n);
  const band = new Float64Array(n * (width + 1));
  const dense = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = Math.max(0, i - width); j <= i; j++) {
      const value = (i + j) % 5 ? sampleNormal(random) : 0;
      band[i * (width + 1) + width - i + j] = value;
      dense[i * n + j] = value;
    }
  const exact = symmetricEigen(dense, n, false).values;
  const largest = Math.max(...exact.map(Math.abs));
  bandEigenvalues(band, n, width).forEach((value, i) => {
    expect(Math.abs(value - exact[i])).toBeLessThan(1e-13 * n * largest + 1e-300);
  });
});
