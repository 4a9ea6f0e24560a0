import { expect, test } from "vitest";
import { nonNegativeLeastSquares } from "./nonNegativeLeastSquares.js";
import { createRandom } from "./random.js";

test("satisfies the Kuhn–Tucker conditions on random problems, dependent columns included", () => {
  const random = createRandom(3);
  for (let trial = 0; trial < 200; trial++) {
    const rows = 2 + Math.floor(random.uniform() * 6);
    const columns = 1 + Math.floor(random.uniform() * 6);
    const a = Array.from({ length: rows * columns }, () => Math.round(4 * random.uniform() - 1.5));
    const b = Array.from({ length: rows }, () => 2 * random.uniform() - 0.7);
    const { x, residual } = nonNegativeLeastSquares(a, rows, columns, b);
    const left = b.map((value, i) => value - x.reduce((sum, xj, j) => sum + a[i * columns + j] * xj, 0));
    expect(residual).toBeCloseTo(Math.hypot(...left), 10);
    x.forEach((xj, j) => {
      const slope = left.reduce((sum, r, i) => sum + a[i * columns + j] * r, 0);
      expect(xj).toBeGreaterThanOrEqual(0);
      expect(slope).toBeLessThan(1e-8);
      if (xj > 0) expect(Math.abs(slope)).toBeLessThan(1e-8);
    });
  }
});
