import { describe, expect, it } from "vitest";
import { mean, variance } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { bootstrapReplicates } from "./bootstrap.js";
import { cellBootstrap } from "./cellBootstrap.js";

describe("cellBootstrap", () => {
  const random = createRandom(1);
  const n = 300;
  const cell = Uint8Array.from({ length: n }, () => Math.floor(4 * random.uniform() ** 2));
  const quantity = Float64Array.from({ length: n }, (_, i) => cell[i] + random.uniform());
  const counts = [0, 0, 0, 0];
  const sums = [0, 0, 0, 0];
  const squares = [0, 0, 0, 0];
  cell.forEach((c, i) => {
    counts[c]++;
    sums[c] += quantity[i];
    squares[c] += quantity[i] ** 2;
  });
  const means = sums.map((s, c) => s / counts[c]);
  const deviations = squares.map((s, c) => Math.sqrt(s / counts[c] - means[c] ** 2));

  it("agrees with resampling rows in the mean and spread of a statistic of counts and sums", () => {
    const byRows = bootstrapReplicates(
      n,
      (rows) => {
        let first = 0;
        let total = 0;
        for (const row of rows) {
          if (cell[row] === 0) first++;
          total += quantity[row];
        }
        return total / n + first / n;
      },
      { resamples: 4000 },
    );
    const byCells = cellBootstrap(
      { counts, means, deviations },
      (k, s) => (s[0] + s[1] + s[2] + s[3]) / n + k[0] / n,
      { resamples: 4000, seed: 3 },
    );
    const se = Math.sqrt(variance(byRows) / 4000);
    expect(Math.abs(mean(byCells) - mean(byRows))).toBeLessThan(7 * se);
    expect(Math.abs(Math.log(variance(byCells) / variance(byRows)))).toBeLessThan(0.2);
  });

  it("draws counts that sum to n, sums of constants exactly, empty cells empty", () => {
    const totals = cellBootstrap(
      { counts: [5, 0, 5], means: [1, 9, 2], deviations: [0, 3, 0] },
      (k, s) => (s[0] === k[0] && s[1] === 0 && s[2] === 2 * k[2] ? k[0] + k[1] + k[2] : -1),
      { resamples: 200 },
    );
    expect(new Set(totals)).toEqual(new Set([10]));
  });

  it("is seeded, reports progress, refuses bad input", () => {
    const first = (seed: number) => cellBootstrap({ counts: [3, 4] }, ([k]) => k, { resamples: 20, seed });
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    let done = 0;
    cellBootstrap({ counts: [1] }, () => 0, { resamples: 10, onProgress: (d) => (done = d) });
    expect(done).toBe(10);
    const code = (c: string) => expect.objectContaining({ code: c });
    expect(() => cellBootstrap({ counts: [] }, () => 0)).toThrowError(code("out-of-range"));
    expect(() => cellBootstrap({ counts: [1.5] }, () => 0)).toThrowError(code("out-of-range"));
    expect(() => cellBootstrap({ counts: [1, 2], means: [1] }, () => 0)).toThrowError(
      code("length-mismatch"),
    );
  });
});
