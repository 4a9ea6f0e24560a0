import { describe, expect, it } from "vitest";
import { gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { normals, row } from "./draw.test-support.js";
import { kernelDistance, kernelDistanceFromGrams } from "./kernelDistance.js";
import { takeRows } from "./samples.js";

const random = createRandom(9);
const kernel = (a: number[], b: number[]) => (a.reduce((sum, x, j) => sum + x * b[j], 0) / a.length + 1) ** 3;

/** The U-statistic, pair by pair; pairs of one group are left out. */
function brute(real: Matrix, generated: Matrix, realIds?: number[], generatedIds?: number[]): number {
  const within = (m: Matrix, ids?: number[]) => {
    let sum = 0;
    let pairs = 0;
    for (let i = 0; i < m.rows; i++)
      for (let j = 0; j < m.rows; j++) {
        if (ids ? ids[i] === ids[j] : i === j) continue;
        sum += kernel(row(m, i), row(m, j));
        pairs++;
      }
    return sum / pairs;
  };
  let cross = 0;
  for (let i = 0; i < real.rows; i++)
    for (let j = 0; j < generated.rows; j++) cross += kernel(row(real, i), row(generated, j));
  return within(real, realIds) + within(generated, generatedIds) - (2 * cross) / (real.rows * generated.rows);
}

describe("kernelDistance", () => {
  const real = normals(random, 35, 7);
  const generated = normals(random, 28, 7, 1);

  it("equals the U-statistic, from rows and from Gram matrices", () => {
    const wanted = brute(real, generated);
    const grams = { real: gram(real), generated: gram(generated), cross: gram(real, generated) };
    expect(kernelDistance(real, generated, { interval: false }).value).toBeCloseTo(wanted, 10);
    expect(kernelDistanceFromGrams(grams, 7, { interval: false }).value).toBeCloseTo(wanted, 10);
    expect(kernelDistanceFromGrams(grams, 7).interval).toEqual(kernelDistance(real, generated).interval);
  });

  it("has the interval of the jackknife that leaves rows out one by one", () => {
    const without = (m: Matrix, left: number) =>
      takeRows(
        m,
        Array.from({ length: m.rows }, (_, i) => i).filter((i) => i !== left),
      );
    const squares = (values: number[]) => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return (values.reduce((sum, x) => sum + (x - mean) ** 2, 0) * (values.length - 1)) / values.length;
    };
    const parts = [
      squares(Array.from({ length: 35 }, (_, i) => brute(without(real, i), generated))),
      squares(Array.from({ length: 28 }, (_, j) => brute(real, without(generated, j)))),
    ];
    const { value, interval } = kernelDistance(real, generated, { level: 0.6827 });
    const half = interval![1] - value;
    expect(half / Math.sqrt(parts[0] + parts[1])).toBeCloseTo(1.01, 1);
  });

  it("leaves out pairs of one group", () => {
    const realIds = Array.from({ length: 35 }, (_, i) => i % 9);
    const generatedIds = Array.from({ length: 28 }, (_, i) => i >> 1);
    const estimate = kernelDistance(real, generated, { groups: { real: realIds, generated: generatedIds } });
    expect(estimate.value).toBeCloseTo(brute(real, generated, realIds, generatedIds), 10);
    expect(estimate.groups).toBe(9 + 14);
    expect(estimate.method).toBe("cluster-jackknife");
  });

  it("averages subsets as published; one subset of everything is all pairs", () => {
    const square = normals(random, 28, 7, 1);
    const all = kernelDistance(generated, square, { interval: false }).value;
    const one = kernelDistance(generated, square, { interval: false, subsets: { count: 1, size: 28 } }).value;
    expect(one).toBeCloseTo(all, 10);
    const many = kernelDistance(generated, square, { subsets: { count: 300, size: 10 } });
    const [low, high] = many.interval!;
    expect(low).toBeLessThan(all);
    expect(high).toBeGreaterThan(all);
  });

  it("is unbiased: negative about half the time at equality", () => {
    let negative = 0;
    for (let i = 0; i < 60; i++)
      if (kernelDistance(normals(random, 20, 3), normals(random, 20, 3), { interval: false }).value < 0)
        negative++;
    expect(negative).toBeGreaterThan(15);
    expect(negative).toBeLessThan(55);
  });

  it("refuses what cannot be paired", () => {
    expect(() => kernelDistance(normals(random, 1, 2), normals(random, 5, 2))).toThrow(
      /two independent rows/,
    );
    expect(() => kernelDistance(real, generated, { subsets: { count: 2, size: 30 } })).toThrow(
      /larger than a sample/,
    );
    expect(() => kernelDistance(real, normals(random, 5, 6))).toThrow(/6 columns but real has 7/);
    expect(kernelDistance(normals(random, 2, 2), normals(random, 2, 2)).interval).toEqual([
      -Infinity,
      Infinity,
    ]);
  });
});
