import { expect, test } from "vitest";
import { betaCalibration } from "./beta.js";
import { reference, simulate } from "./simulate.test-support.js";

test("equals unpenalised logistic regression on ln p, −ln(1−p) (scikit-learn 1.2.1)", () => {
  const { a, b, c } = betaCalibration.fit(reference.scores, reference.outcomes).parameters;
  expect(a).toBeCloseTo(1.06484832, 5);
  expect(b).toBeCloseTo(0.76518573, 5);
  expect(c).toBeCloseTo(-0.15726836, 5);
});

test("recovers the map p^a/(p^a + e^−c (1−p)^b)", () => {
  // truth = sigmoid(a ln s − b ln(1−s) + c) is inverted numerically to draw the scores.
  const [a, b, c] = [0.6, 1.4, 0.3];
  const distort = (truth: number) => {
    let low = 0;
    let high = 1;
    for (let i = 0; i < 60; i++) {
      const s = (low + high) / 2;
      const odds = a * Math.log(s) - b * Math.log(1 - s) + c;
      if (odds < Math.log(truth / (1 - truth))) low = s;
      else high = s;
    }
    return (low + high) / 2;
  };
  const { scores, outcomes } = simulate(40_000, 4, distort);
  const { parameters } = betaCalibration.fit(scores, outcomes);
  expect(Math.abs(parameters.a - a)).toBeLessThan(0.06);
  expect(Math.abs(parameters.b - b)).toBeLessThan(0.12);
  expect(Math.abs(parameters.c - c)).toBeLessThan(0.12);
});

test("drops a negative coefficient and refits", () => {
  // Rising and falling again: one coefficient turns negative.
  const scores = [0.05, 0.05, 0.05, 0.4, 0.4, 0.4, 0.95, 0.95, 0.95];
  const { parameters, predict } = betaCalibration.fit(scores, [0, 0, 0, 1, 1, 1, 0, 1, 1]);
  expect(Math.min(parameters.a, parameters.b)).toBe(0);
  expect(Math.max(parameters.a, parameters.b)).toBeGreaterThan(0);
  const [low, middle, high] = predict([0.05, 0.4, 0.95]);
  expect(low).toBeLessThan(middle);
  expect(middle).toBeLessThan(high);
});

test("says what it found", () => {
  const fit = betaCalibration.fit;
  expect(fit([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).status).toBe("separable");
  expect(fit([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0])).toMatchObject({
    status: "anti-informative",
    parameters: { a: 0, b: 0 },
  });
  expect(fit([0.3, 0.3, 0.3], [1, 0, 1])).toMatchObject({ status: "constant-scores" });
  expect(fit([0.3, 0.3, 0.3], [1, 0, 1]).predict([0.9])[0]).toBeCloseTo(2 / 3, 9);
  expect(fit([0.3, 0.4], [1, 1]).status).toBe("one-class");
});
