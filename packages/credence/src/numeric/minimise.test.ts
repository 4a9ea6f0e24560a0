import { describe, expect, test } from "vitest";
import { lbfgsMinimum, newtonMinimum } from "./minimise.js";
import { createRandom } from "./random.js";

test("Newton finds the minimum of a convex function of two variables and reports its gradient", () => {
  // e^(x+2y) + e^(x−2y) + e^−x: minimum at y = 0, 2e^x = e^−x.
  const found = newtonMinimum(
    ([x, y], gradient, hessian) => {
      const [a, b, c] = [Math.exp(x + 2 * y), Math.exp(x - 2 * y), Math.exp(-x)];
      gradient.set([a + b - c, 2 * a - 2 * b]);
      hessian.set([a + b + c, 2 * a - 2 * b, 2 * a - 2 * b, 4 * a + 4 * b]);
      return a + b + c;
    },
    [3, -2],
    { tolerance: 1e-12 },
  );
  expect(found.converged).toBe(true);
  expect(found.x[0]).toBeCloseTo(-Math.log(2) / 2, 12);
  expect(found.x[1]).toBeCloseTo(0, 12);
  expect(found.gradientNorm).toBeLessThanOrEqual(1e-12);
});

test("Newton copes with a flat direction", () => {
  const found = newtonMinimum(
    ([x, y], gradient, hessian) => {
      const r = x + y - 1;
      gradient.set([r, r]);
      hessian.set([1, 1, 1, 1]);
      return (r * r) / 2;
    },
    [5, 5],
  );
  expect(found.converged).toBe(true);
  expect(found.x[0] + found.x[1]).toBeCloseTo(1, 8);
});

test("L-BFGS minimises the Rosenbrock function", () => {
  const found = lbfgsMinimum(
    ([x, y], gradient) => {
      gradient.set([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]);
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    },
    [-1.2, 1],
    { tolerance: 1e-9 },
  );
  expect(found.converged).toBe(true);
  expect(found.x[0]).toBeCloseTo(1, 7);
  expect(found.x[1]).toBeCloseTo(1, 7);
});

describe("L-BFGS on log-sum-exp of 50 variables", () => {
  const random = createRandom(4);
  const rows = Array.from({ length: 120 }, () => Array.from({ length: 50 }, () => random.uniform() - 0.5));
  const objective = (x: Float64Array, gradient: Float64Array) => {
    const e = rows.map((row) => Math.exp(row.reduce((sum, a, j) => sum + a * x[j], 0)));
    const total = e.reduce((a, b) => a + b);
    let ridge = 0;
    gradient.fill(0);
    rows.forEach((row, i) => {
      row.forEach((a, j) => {
        gradient[j] += (e[i] / total) * a;
      });
    });
    x.forEach((xi, j) => {
      gradient[j] += 0.01 * xi;
      ridge += 0.005 * xi * xi;
    });
    return Math.log(total) + ridge;
  };

  test("reaches the gradient tolerance", () => {
    const found = lbfgsMinimum(objective, new Float64Array(50).fill(3), { tolerance: 1e-8 });
    expect(found.converged).toBe(true);
    const gradient = new Float64Array(50);
    objective(found.x, gradient);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThanOrEqual(1e-8);
  });

  test("says so when it stops short", () => {
    const found = lbfgsMinimum(objective, new Float64Array(50).fill(3), {
      tolerance: 1e-8,
      maxIterations: 2,
    });
    expect(found.converged).toBe(false);
    expect(found.iterations).toBe(2);
    expect(found.gradientNorm).toBeGreaterThan(1e-8);
  });
});
