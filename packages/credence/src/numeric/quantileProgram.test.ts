import { describe, expect, test } from "vitest";
import { sampleNormal } from "./distributions.js";
import { solveQuantileProgram } from "./quantileProgram.js";
import { createRandom } from "./random.js";

/** The value at β. */
function objective(
  features: Float64Array,
  d: number,
  targets: Float64Array,
  linear: number[],
  beta: ArrayLike<number>,
) {
  let value = 0;
  for (let j = 0; j < d; j++) value += linear[j] * beta[j];
  targets.forEach((s, i) => {
    let fit = 0;
    for (let j = 0; j < d; j++) fit += features[i * d + j] * beta[j];
    value += Math.max(0, s - fit);
  });
  return value;
}

describe("solveQuantileProgram", () => {
  test("an optimum lies on d points: no vertex is better", () => {
    const random = createRandom(1);
    for (let repeat = 0; repeat < 30; repeat++) {
      const [n, d] = [14, 2];
      const features = Float64Array.from({ length: n * d }, (_, k) =>
        k % d === 0 ? 1 : sampleNormal(random),
      );
      const targets = Float64Array.from({ length: n }, () => sampleNormal(random));
      const alpha = 0.05 + 0.4 * random.uniform();
      const linear = [0, 1].map((j) => targets.reduce((sum, _, i) => sum + alpha * features[i * d + j], 0));
      const beta = solveQuantileProgram(features, d, targets, linear)!;
      let best = Infinity;
      for (let a = 0; a < n; a++)
        for (let b = 0; b < a; b++) {
          const slope = (targets[a] - targets[b]) / (features[a * d + 1] - features[b * d + 1]);
          const vertex = [targets[a] - slope * features[a * d + 1], slope];
          best = Math.min(best, objective(features, d, targets, linear, vertex));
        }
      expect(objective(features, d, targets, linear, beta)).toBeCloseTo(best, 8);
    }
  });

  test("unbounded programs and dependent columns are null", () => {
    const ones = new Float64Array(5).fill(1);
    const targets = Float64Array.of(1, 2, 3, 4, 5);
    expect(solveQuantileProgram(ones, 1, targets, [-0.1])).toBeNull();
    expect(solveQuantileProgram(ones, 1, targets, [5.1])).toBeNull();
    expect(solveQuantileProgram(ones, 1, targets, [2.5])![0]).toBe(3);
    // Tied targets, and constant ones.
    expect(solveQuantileProgram(ones, 1, Float64Array.of(1, 2, 2, 2, 5), [2.5])![0]).toBe(2);
    expect(solveQuantileProgram(ones, 1, new Float64Array(5), [2.5])![0]).toBe(0);
    expect(solveQuantileProgram(new Float64Array(10).fill(1), 2, targets, [2.5, 2.5])).toBeNull();
  });
});
