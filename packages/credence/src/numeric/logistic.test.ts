import { expect, test } from "vitest";
import { logisticRegression, logit, sigmoid, softplus } from "./logistic.js";
import { createRandom } from "./random.js";

test("sigmoid, logit and softplus hold at both ends", () => {
  expect(sigmoid(-800)).toBe(0);
  expect(sigmoid(800)).toBe(1);
  expect(sigmoid(-700)).toBeGreaterThan(0);
  expect(logit(sigmoid(1.3), 1e-12)).toBeCloseTo(1.3, 12);
  expect(logit(0, 2 ** -52)).toBeCloseTo(-36.04, 2);
  expect(logit(1, 2 ** -52)).toBeCloseTo(36.04, 2);
  expect(softplus(800)).toBe(800);
  expect(softplus(-800)).toBe(0);
});

test("the gradient of the log loss vanishes at the fit, with weights and ridge", () => {
  const random = createRandom(2);
  const n = 200;
  const columns = [0, 1, 2].map(() => Array.from({ length: n }, () => random.uniform() - 0.5));
  const targets = Array.from({ length: n }, () => Number(random.uniform() < 0.4));
  const weights = Array.from({ length: n }, () => random.uniform());
  const ridge = 0.05;
  const { x, converged } = logisticRegression(columns, targets, weights, ridge);
  expect(converged).toBe(true);
  const total = weights.reduce((a, b) => a + b);
  const residuals = targets.map((t, i) => {
    const eta = columns.reduce((sum, column, j) => sum + x[j] * column[i], x[3]);
    return (weights[i] / total) * (sigmoid(eta) - t);
  });
  columns.forEach((column, j) => {
    expect(residuals.reduce((sum, r, i) => sum + r * column[i], ridge * x[j])).toBeCloseTo(0, 10);
  });
  expect(residuals.reduce((a, b) => a + b)).toBeCloseTo(0, 10);
});
