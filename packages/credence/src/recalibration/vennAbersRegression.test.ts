import { expect, test } from "vitest";
import { poolAdjacentViolators } from "../numeric/pava.js";
import { createRandom } from "../numeric/random.js";
import { vennAbersRegression } from "./vennAbersRegression.js";

const random = createRandom(6);
const range: [number, number] = [-2, 8];
const predictions = Array.from({ length: 60 }, () => Math.round(20 * random.uniform()) / 2);
const outcomes = predictions.map((x) => Math.min(8, Math.max(-2, x - 1 + 4 * (random.uniform() - 0.5))));

/** Isotonic regression with the new row at the given outcome, read at the new row. */
function brute(query: number, outcome: number): number {
  const rows = [...predictions.map((s, i) => ({ s, y: outcomes[i] })), { s: query, y: outcome }];
  const levels = [...new Set(rows.map(({ s }) => s))].sort((a, b) => a - b);
  const groups = levels.map((level) => rows.filter(({ s }) => s === level).map(({ y }) => y));
  const means = Float64Array.from(groups, (ys) => ys.reduce((a, b) => a + b) / ys.length);
  poolAdjacentViolators(
    means,
    groups.map((ys) => ys.length),
  );
  return means[levels.indexOf(query)];
}

test("the bounds are the isotonic fits at the lowest and highest outcome, to 1e-12", () => {
  const queries = [-1, 0, 0.25, 3, 3.3, 7, 10, 12];
  const { lower, upper, values } = vennAbersRegression.fit(predictions, outcomes, { range }).predict(queries);
  queries.forEach((q, i) => {
    expect(lower[i]).toBeCloseTo(brute(q, -2), 11);
    expect(upper[i]).toBeCloseTo(brute(q, 8), 11);
    expect(values[i]).toBeGreaterThanOrEqual(lower[i]);
    expect(values[i]).toBeLessThanOrEqual(upper[i]);
    // Whatever the new outcome is, the fit that knows it lies between.
    expect(brute(q, 3.7)).toBeGreaterThanOrEqual(lower[i] - 1e-12);
    expect(brute(q, 3.7)).toBeLessThanOrEqual(upper[i] + 1e-12);
  });
});

test("survives JSON exactly and refuses outcomes outside the range", () => {
  const calibrator = vennAbersRegression.fit(predictions, outcomes, { range });
  const back = vennAbersRegression.fromJSON(JSON.stringify(calibrator));
  expect(back.predict([3])).toEqual(calibrator.predict([3]));
  const fit = (range: [number, number]) => () => vennAbersRegression.fit([1, 2], [0, 5], { range });
  expect(fit([0, 4])).toThrow("outcomes[1] is 5: lies outside the range [0, 4]");
  expect(fit([4, 0])).toThrow("low < high");
  expect(() => vennAbersRegression.fit([], [], { range })).toThrow("empty");
});
