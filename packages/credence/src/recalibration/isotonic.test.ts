import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { isotonicRegression } from "./isotonic.js";
import { reference } from "./simulate.test-support.js";

const queries = [-0.5, 0, 0.013, 0.2, 0.333, 0.5, 0.705, 0.9, 0.999, 1, 2];

test("equals scikit-learn 1.2.1 IsotonicRegression(out_of_bounds='clip')", () => {
  const { parameters, predict } = isotonicRegression.fit(reference.scores, reference.outcomes);
  expect(parameters.thresholds).toEqual([
    0, 0.09, 0.1, 0.29, 0.3, 0.5, 0.51, 0.56, 0.57, 0.76, 0.77, 0.96, 0.97, 1,
  ]);
  const expected = [0, 0, 0, 1 / 6, 0.21875, 0.21875, 0.6, 0.8275862068965517, 1, 1, 1];
  predict(queries).forEach((p, i) => {
    expect(p).toBeCloseTo(expected[i], 12);
  });
});

test("equals scikit-learn 1.2.1 with sample_weight", () => {
  const { weights } = reference;
  const { parameters, predict } = isotonicRegression.fit(reference.scores, reference.outcomes, { weights });
  expect(parameters.thresholds.length).toBe(20);
  const expected = [0, 0, 0, 0.17142857142857143, 2 / 9, 2 / 9, 0.6, 0.8135593220338984, 1, 1, 1];
  predict(queries).forEach((p, i) => {
    expect(p).toBeCloseTo(expected[i], 12);
  });
});

/** max over starts of min over ends of the weighted mean: the definition of isotonic least squares. */
function maxMin(
  levels: readonly number[],
  scores: number[],
  outcomes: number[],
  weights: number[],
): number[] {
  const mean = (from: number, to: number) => {
    let sum = 0;
    let total = 0;
    scores.forEach((s, i) => {
      if (s < levels[from] || s > levels[to]) return;
      sum += weights[i] * outcomes[i];
      total += weights[i];
    });
    return sum / total;
  };
  return levels.map((_, k) => {
    let best = -Infinity;
    for (let from = 0; from <= k; from++) {
      let least = Infinity;
      for (let to = k; to < levels.length; to++) least = Math.min(least, mean(from, to));
      best = Math.max(best, least);
    }
    return best;
  });
}

test("equals the max–min definition on random ties and weights", () => {
  const random = createRandom(2);
  for (let trial = 0; trial < 100; trial++) {
    const n = 1 + Math.floor(random.uniform() * 30);
    const scores = Array.from({ length: n }, () => Math.floor(random.uniform() * 12) / 12);
    const outcomes = scores.map(() => Number(random.uniform() < 0.5));
    const weights = scores.map(() => 0.1 + random.uniform());
    const levels = [...new Set(scores)].sort((a, b) => a - b);
    const fitted = isotonicRegression.fit(scores, outcomes, { weights }).predict(levels);
    maxMin(levels, scores, outcomes, weights).forEach((expected, i) => {
      expect(fitted[i]).toBeCloseTo(expected, 12);
    });
  }
});

test("scores nearer than 1e-15 are one score, as in scikit-learn", () => {
  const { thresholds } = isotonicRegression.fit([0.5, 0.5 + 2 ** -52, 0.7], [1, 0, 1]).parameters;
  expect(thresholds).toEqual([0.5, 0.7]);
});

test("huge scores do not overflow between knots", () => {
  const [p] = isotonicRegression.fit([-1.7e308, 1.7e308], [0, 1]).predict([0]);
  expect(p).toBe(0.5);
});
