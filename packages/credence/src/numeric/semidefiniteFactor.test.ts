import { expect, it } from "vitest";
import { sampleNormal } from "./distributions.js";
import { gram } from "./gram.js";
import { createRandom } from "./random.js";
import { semidefiniteFactor } from "./semidefiniteFactor.js";

const random = createRandom(1);

it.each([
  ["one block", 20, 30],
  ["several blocks", 150, 200],
  ["singular: fewer factors than rows", 140, 60],
])("L is lower triangular and L Lᵀ the matrix: %s", (_, d, columns) => {
  const { data } = gram({
    data: Float64Array.from({ length: d * columns }, () => sampleNormal(random)),
    rows: d,
    columns,
  });
  const lower = semidefiniteFactor(data as Float64Array, d);
  for (let i = 0; i < d; i++)
    for (let j = i + 1; j < d; j++) if (lower[i * d + j] !== 0) throw new Error("not lower");
  const back = gram({ data: lower, rows: d, columns: d }).data as Float64Array;
  const worst = back.reduce((most, x, i) => Math.max(most, Math.abs(x - data[i])), 0);
  expect(worst).toBeLessThan(1e-5 * columns);
});

it("passes over a constant column", () => {
  expect(Array.from(semidefiniteFactor(Float64Array.of(4, 0, 2, 0, 0, 0, 2, 0, 5), 3))).toEqual([
    2, 0, 0, 0, 0, 0, 1, 0, 2,
  ]);
});
