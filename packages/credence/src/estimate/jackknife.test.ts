import { describe, expect, it } from "vitest";
import { sampleExponential } from "../numeric/distributions.js";
import { variance } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { meanEstimate } from "./delta.js";
import { jackknife, jackknifeReplicates } from "./jackknife.js";
import { atLeast } from "./simulation.test-support.js";

const x = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
const meanOf = (rows: Int32Array) => rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
/** Variance with divisor n, biased by −variance/n. */
const plainVariance = (rows: Int32Array) => {
  const m = meanOf(rows);
  return rows.reduce((sum, row) => sum + (x[row] - m) ** 2, 0) / rows.length;
};

describe("jackknife", () => {
  it("of a mean is the t interval", () => {
    const found = jackknife(12, meanOf).interval!;
    const t = meanEstimate(x).interval!;
    expect(found[0]).toBeCloseTo(t[0], 12);
    expect(found[1]).toBeCloseTo(t[1], 12);
  });

  it("by groups of equal size is the cluster-robust t interval", () => {
    const groups = x.map((_, i) => i % 4);
    const found = jackknife(12, meanOf, { groups });
    const t = meanEstimate(x, { groups });
    expect(found.interval![0]).toBeCloseTo(t.interval![0], 12);
    expect(found).toMatchObject({ method: "cluster-jackknife", groups: 4, n: 12 });
  });

  it("leaves one unit out at a time", () => {
    const left: string[] = [];
    jackknifeReplicates(3, (rows) => left.push([...rows].join("")));
    expect(left).toEqual(["12", "02", "01"]);
    left.length = 0;
    jackknifeReplicates(4, (rows) => left.push([...rows].join("")), { groups: ["a", "b", "a", "b"] });
    expect(left).toEqual(["13", "02"]);
  });

  it("leaves out blocks of nearly equal size that cover all units", () => {
    const missing = new Float64Array(12);
    const sizes: number[] = [];
    jackknifeReplicates(
      12,
      (rows) => {
        sizes.push(12 - rows.length);
        for (let i = 0; i < 12; i++) if (!rows.includes(i)) missing[i]++;
        return 0;
      },
      { blocks: 5 },
    );
    expect([...missing]).toEqual(new Array(12).fill(1));
    expect(sizes.sort()).toEqual([2, 2, 2, 3, 3]);
  });

  it("takes the 1/n bias out of a variance exactly", () => {
    expect(jackknife(12, plainVariance, { correctBias: true }).value).toBeCloseTo(variance(x), 12);
    expect(jackknife(12, plainVariance, { correctBias: true, interval: false }).value).toBeCloseTo(
      variance(x),
      12,
    );
    expect(jackknife(12, plainVariance).value).toBeCloseTo((variance(x) * 11) / 12, 12);
  });

  it("is infinite with one unit, or where a leave-out has no value", () => {
    expect(jackknife(1, () => 2).interval).toEqual([-Infinity, Infinity]);
    const partial = (rows: Int32Array) => (rows.length < 12 && !rows.includes(0) ? Number.NaN : 1);
    expect(jackknife(12, partial).interval).toEqual([-Infinity, Infinity]);
    expect(() => jackknife(3, () => Number.NaN)).toThrowError(
      expect.objectContaining({ code: "not-finite" }),
    );
  });

  it("covers a smooth function of means at n = 80", () => {
    const random = createRandom(3);
    const runs = 400;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const sample = Float64Array.from({ length: 80 }, () => sampleExponential(random));
      const statistic = (rows: Int32Array) => Math.log(rows.reduce((s, r) => s + sample[r], 0) / rows.length);
      const [low, high] = jackknife(80, statistic).interval!;
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.925, runs));
  });
});
