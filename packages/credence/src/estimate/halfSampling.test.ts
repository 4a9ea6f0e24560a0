import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { variance } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { halfSampleReplicates, halfSampling } from "./halfSampling.js";
import { atLeast } from "./simulation.test-support.js";

const random = createRandom(1);
const x = Float64Array.from({ length: 101 }, () => sampleNormal(random));
const meanOf = (rows: Int32Array) => rows.reduce((sum, row) => sum + x[row], 0) / rows.length;

describe("halfSampling", () => {
  it("hands over half of the rows, ascending, none twice", () => {
    let broken = 0;
    halfSampleReplicates(
      101,
      (rows) => {
        if (rows.length !== 50) broken++;
        for (let i = 1; i < rows.length; i++) if (rows[i] <= rows[i - 1]) broken++;
        return 0;
      },
      { resamples: 100 },
    );
    expect(broken).toBe(0);
  });

  it("hands over whole groups, half of them", () => {
    const groups = Array.from(x, (_, i) => i % 6);
    halfSampleReplicates(
      101,
      (rows) => {
        const seen = new Set(Array.from(rows, (row) => row % 6));
        expect(seen.size).toBe(3);
        expect(rows.length).toBe([...seen].reduce((sum, g) => sum + (g < 5 ? 17 : 16), 0));
        return 0;
      },
      { resamples: 30, groups },
    );
  });

  it("every row is in half of the samples, every pair in a quarter (finite population)", () => {
    const single = new Float64Array(8);
    let pair = 0;
    halfSampleReplicates(
      8,
      (rows) => {
        for (const row of rows) single[row]++;
        if (rows.includes(2) && rows.includes(5)) pair++;
        return 0;
      },
      { resamples: 20_000 },
    );
    for (const count of single) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(Math.abs(pair - (20_000 * 4 * 3) / (8 * 7))).toBeLessThan(400);
  });

  it.each([100, 101])("spreads like the mean of all n = %d rows, with no rescaling for even n", (n) => {
    const replicates = halfSampleReplicates(n, meanOf, { resamples: 20_000 });
    const half = n >> 1;
    const spread = Math.sqrt(variance(replicates) * (half / (n - half)));
    expect(spread).toBeCloseTo(Math.sqrt(variance(x.subarray(0, n)) / n), 2);
  });

  it("is centred on the full estimate even where halves are biased", () => {
    const biased = (rows: Int32Array) => meanOf(rows) + 10 / rows.length;
    const { value, interval } = halfSampling(101, biased);
    expect((interval![0] + interval![1]) / 2).toBeCloseTo(value, 1);
  });

  it("is infinite with one unit or undefined halves; seeded; can do without interval", () => {
    expect(halfSampling(1, () => 2).interval).toEqual([-Infinity, Infinity]);
    const undefinedHalves = (rows: Int32Array) => (rows.length < 101 ? Number.NaN : 1);
    expect(halfSampling(101, undefinedHalves).interval).toEqual([-Infinity, Infinity]);
    expect(halfSampling(101, meanOf, { seed: 4 })).toEqual(halfSampling(101, meanOf, { seed: 4 }));
    expect(halfSampling(101, meanOf, { interval: false }).method).toBe("none");
    expect(halfSampling(101, meanOf, { groups: Array.from(x, (_, i) => i % 9) })).toMatchObject({
      method: "cluster-half-sampling",
      groups: 9,
    });
    expect(() => halfSampling(0, meanOf)).toThrowError(expect.objectContaining({ code: "out-of-range" }));
  });

  it("covers a mean", () => {
    const draw = createRandom(2);
    const runs = 300;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const y = Float64Array.from({ length: 60 }, () => sampleNormal(draw));
      const statistic = (rows: Int32Array) => {
        let sum = 0;
        for (const row of rows) sum += y[row];
        return sum / rows.length;
      };
      const [low, high] = halfSampling(60, statistic, { resamples: 400, seed: run }).interval!;
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.925, runs));
  });
});
