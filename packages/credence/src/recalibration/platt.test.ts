import { expect, test } from "vitest";
import { plattScaling } from "./platt.js";
import { overconfident, reference, simulate } from "./simulate.test-support.js";

test("equals the optimum of scikit-learn's sigmoid calibration (scipy 1.10.1, gtol 1e-10)", () => {
  const { slope, intercept } = plattScaling.fit(reference.scores, reference.outcomes).parameters;
  expect(slope).toBeCloseTo(4.77864238, 6);
  expect(intercept).toBeCloseTo(-2.7997286, 6);
});

test("the same with sample weights", () => {
  const { scores, outcomes, weights } = reference;
  const { slope, intercept } = plattScaling.fit(scores, outcomes, { weights }).parameters;
  expect(slope).toBeCloseTo(4.68994106, 6);
  expect(intercept).toBeCloseTo(-2.74944685, 6);
});

test("undoes a distortion of the log-odds", () => {
  const { scores, outcomes } = simulate(40_000, 1, overconfident(2, 0.6));
  const { slope, intercept } = plattScaling.fit(scores, outcomes, { input: "probabilities" }).parameters;
  expect(Math.abs(slope - 0.5)).toBeLessThan(0.03);
  expect(Math.abs(intercept + 0.3)).toBeLessThan(0.08);
});

test("says what it found", () => {
  expect(plattScaling.fit([1, 2, 3, 4], [0, 0, 1, 1]).status).toBe("ok");
  expect(plattScaling.fit([1, 2, 3, 4], [1, 1, 0, 0]).status).toBe("anti-informative");
  const flat = plattScaling.fit([2, 2, 2, 2], [1, 1, 0, 1]);
  expect(flat.status).toBe("constant-scores");
  expect(flat.parameters.slope).toBe(0);
  // Three successes at 4/5, one failure at 1/3.
  expect(flat.predict([5])[0]).toBeCloseTo((3 * (4 / 5) + 1 / 3) / 4, 10);
  const single = plattScaling.fit([1, 2, 3], [1, 1, 1]);
  expect(single.status).toBe("one-class");
  expect(single.predict([9])[0]).toBeCloseTo(4 / 5, 8);
});

test("does not care about the scale of the scores, even a huge one", () => {
  const { scores, outcomes } = reference;
  const small = plattScaling.fit(scores, outcomes).predict([0.4])[0];
  for (const scale of [1e-200, 1e6, 1e300]) {
    const large = plattScaling.fit(
      scores.map((s) => s * scale),
      outcomes,
    );
    expect(large.status).toBe("ok");
    expect(large.predict([0.4 * scale])[0]).toBeCloseTo(small, 8);
  }
});
