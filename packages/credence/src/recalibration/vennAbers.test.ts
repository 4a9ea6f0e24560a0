import fc from "fast-check";
import { expect, test } from "vitest";
import { poolAdjacentViolators } from "../numeric/pava.js";
import { binomialQuantile } from "../numeric/special.js";
import { simulate } from "./simulate.test-support.js";
import { vennAbers } from "./vennAbers.js";

/** The definition: isotonic regression with the new row added under the label, read at the new row. */
function brute(
  scores: number[],
  outcomes: number[],
  weights: number[],
  query: number,
  label: number,
): number {
  const rows = [
    ...scores.map((s, i) => ({ s, y: outcomes[i], w: weights[i] })),
    { s: query, y: label, w: 1 },
  ];
  const levels = [...new Set(rows.map(({ s }) => s))].sort((a, b) => a - b);
  const totals = levels.map((level) =>
    rows.filter(({ s }) => s === level).reduce((sum, { w }) => sum + w, 0),
  );
  const means = Float64Array.from(
    levels,
    (level, k) => rows.filter(({ s }) => s === level).reduce((sum, { y, w }) => sum + w * y, 0) / totals[k],
  );
  poolAdjacentViolators(means, totals);
  return means[levels.indexOf(query)];
}

test("equals the brute-force definition to 1e-12, ties and weights included", () => {
  const row = fc.record({
    s: fc.integer({ min: 0, max: 8 }),
    y: fc.integer({ min: 0, max: 1 }),
    w: fc.constantFrom(1, 1, 1, 0.3, 2.5),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
      const scores = rows.map(({ s }) => s);
      const outcomes = rows.map(({ y }) => y);
      const weights = rows.map(({ w }) => w);
      const queries = [-1, 0, 0.5, 1, 3, 3.5, 7, 7.5, 8, 9];
      const { probabilities, lower, upper } = vennAbers.fit(scores, outcomes, { weights }).predict(queries);
      queries.forEach((q, i) => {
        const p0 = brute(scores, outcomes, weights, q, 0);
        const p1 = brute(scores, outcomes, weights, q, 1);
        expect(Math.abs(lower[i] - p0)).toBeLessThan(1e-12);
        expect(Math.abs(upper[i] - p1)).toBeLessThan(1e-12);
        expect(Math.abs(probabilities[i] - p1 / (1 - p0 + p1))).toBeLessThan(1e-12);
      });
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("one of the two probabilities is calibrated: rows where upper ≤ t succeed at a rate of at most t", () => {
  const { scores, outcomes } = simulate(2000, 9, (p) => p ** 3);
  const fresh = simulate(4000, 10, (p) => p ** 3);
  const { lower, upper } = vennAbers.fit(scores, outcomes).predict(fresh.scores);
  const sure = [...fresh.scores.keys()].filter((i) => upper[i] <= 0.4);
  const hits = sure.filter((i) => fresh.outcomes[i]).length;
  expect(hits).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, sure.length, 0.4));
  expect([...lower.keys()].every((i) => lower[i] <= upper[i])).toBe(true);
});

test("survives JSON exactly", () => {
  const { scores, outcomes } = simulate(300, 11);
  const calibrator = vennAbers.fit(scores, outcomes);
  const back = vennAbers.fromJSON(JSON.stringify(calibrator));
  expect(JSON.stringify(back)).toBe(JSON.stringify(calibrator));
  expect(back.predict([0, 0.3, 1])).toEqual(calibrator.predict([0, 0.3, 1]));
  const { parameters } = calibrator;
  const broken = { ...calibrator.toJSON(), parameters: { ...parameters, upper: parameters.upper.slice(1) } };
  expect(() => vennAbers.fromJSON(broken)).toThrow("parameters.upper");
});
