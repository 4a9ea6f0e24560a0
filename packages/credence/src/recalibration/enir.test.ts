import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { enir } from "./enir.js";
import { isotonicRegression } from "./isotonic.js";
import { nearIsotonicPath } from "./nearIsotonicPath.js";
import { excessLogLoss, simulate } from "./simulate.test-support.js";

const objective = (y: number[], w: number[], fit: ArrayLike<number>, lambda: number) => {
  let value = 0;
  for (let i = 0; i < y.length; i++) {
    value += (w[i] / 2) * (y[i] - fit[i]) ** 2;
    if (i > 0) value += lambda * Math.max(fit[i - 1] - fit[i], 0);
  }
  return value;
};

test("every fit on the path minimises the penalised objective for some λ, and λ grows", () => {
  const random = createRandom(6);
  for (let trial = 0; trial < 20; trial++) {
    const y = Array.from({ length: 12 }, () => Math.round(random.uniform() * 6) / 6);
    const w = y.map(() => 0.5 + random.uniform());
    let before = 0;
    let last: number[] = [];
    nearIsotonicPath(y, w, (path) => {
      const fit = [...path];
      last = fit;
      // Where β falls from i to i + 1, the residuals up to i sum to λ (stationarity).
      const falls = fit.findIndex((b, i) => b > fit[i + 1]);
      if (falls < 0) return;
      let lambda = 0;
      for (let i = 0; i <= falls; i++) lambda += w[i] * (y[i] - fit[i]);
      expect(lambda).toBeGreaterThanOrEqual(before - 1e-12);
      before = lambda;
      const value = objective(y, w, fit, lambda);
      for (let probe = 0; probe < 50; probe++) {
        const moved = fit.map((b) => b + 0.05 * (random.uniform() - 0.5));
        expect(objective(y, w, moved, lambda)).toBeGreaterThanOrEqual(value - 1e-12);
      }
      for (let i = 0; i < fit.length; i++)
        for (const delta of [-1e-4, 1e-4]) {
          const moved = fit.map((b, j) => (b === fit[i] && Math.abs(j - i) < 12 ? b + delta : b));
          expect(objective(y, w, moved, lambda)).toBeGreaterThanOrEqual(value - 1e-12);
        }
    });
    // The path ends at the isotonic fit.
    const weights = w;
    const isotonic = isotonicFit(y, weights);
    last.forEach((b, i) => {
      expect(b).toBeCloseTo(isotonic[i], 10);
    });
  }
});

function isotonicFit(y: number[], w: number[]): number[] {
  const mean = (from: number, to: number) => {
    let sum = 0;
    let total = 0;
    for (let i = from; i <= to; i++) {
      sum += w[i] * y[i];
      total += w[i];
    }
    return sum / total;
  };
  return y.map((_, k) =>
    Math.max(
      ...y.slice(0, k + 1).map((_, from) => Math.min(...y.slice(k).map((_, to) => mean(from, k + to)))),
    ),
  );
}

test("does about as well as isotonic regression or better on monotone truth", () => {
  let [ours, isotonic] = [0, 0];
  for (let seed = 0; seed < 5; seed++) {
    const { scores, outcomes } = simulate(1500, seed, (p) => p ** 2);
    const fresh = simulate(2000, seed + 100, (p) => p ** 2);
    ours += excessLogLoss(enir.fit(scores, outcomes, { levels: 300 }).predict(fresh.scores), fresh.truth);
    isotonic += excessLogLoss(isotonicRegression.fit(scores, outcomes).predict(fresh.scores), fresh.truth);
  }
  expect(ours).toBeLessThan(1.5 * isotonic);
});
