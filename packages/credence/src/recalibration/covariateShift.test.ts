import { expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { covariateShiftWeights, effectiveSampleSize } from "./covariateShift.js";

const random = createRandom(2);
const normal = (rows: number, center: number) => ({
  data: Float64Array.from({ length: rows * 2 }, (_, i) => sampleNormal(random) + (i % 2 ? 0 : center)),
  rows,
  columns: 2,
});

test("finds the density ratio of two shifted normals", () => {
  const source = normal(8000, 0);
  const { weights, effectiveSampleSize: worth, notes } = covariateShiftWeights(source, normal(8000, 1));
  // N(1,1)/N(0,1) = exp(x − ½).
  let error = 0;
  weights.forEach((w, i) => {
    error += Math.abs(w - Math.exp(source.data[2 * i] - 0.5)) / 8000;
  });
  expect(error).toBeLessThan(0.12);
  expect(weights.reduce((a, b) => a + b) / 8000).toBeCloseTo(1, 9);
  // E[w]²/E[w²] = 1/e.
  expect(worth / 8000).toBeGreaterThan(0.25);
  expect(worth / 8000).toBeLessThan(0.5);
  expect(notes).toEqual([]);
  // The weighted mean of the feature is the target's.
  const mean = weights.reduce((sum, w, i) => sum + w * source.data[2 * i], 0) / 8000;
  expect(Math.abs(mean - 1)).toBeLessThan(0.12);
});

test("populations that barely overlap are named", () => {
  const { notes } = covariateShiftWeights(normal(500, 0), normal(500, 5));
  expect(notes[0]).toContain("barely overlap");
});

test("constant features change nothing", () => {
  const flat = { data: [1, 1, 1], rows: 3, columns: 1 };
  expect([...covariateShiftWeights(flat, flat).weights]).toEqual([1, 1, 1]);
});

test("effective sample size", () => {
  expect(effectiveSampleSize([1, 1, 1])).toBe(3);
  expect(effectiveSampleSize([0, 5, 0])).toBe(1);
  expect(effectiveSampleSize([1e300, 1e300])).toBe(2);
  expect(() => effectiveSampleSize([0, 0])).toThrow("no positive weight");
});

test("refuses other features and NaN", () => {
  const one = { data: [1, 2], rows: 2, columns: 1 };
  expect(() => covariateShiftWeights(one, { data: [1, 2], rows: 1, columns: 2 })).toThrow("2 features");
  expect(() => covariateShiftWeights(one, { data: [Number.NaN], rows: 1, columns: 1 })).toThrow("target[0]");
});
