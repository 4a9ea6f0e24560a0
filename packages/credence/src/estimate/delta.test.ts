import { describe, expect, it } from "vitest";
import { sampleExponential, sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { deltaEstimate, influenceVariance, meanEstimate } from "./delta.js";
import { atLeast } from "./simulation.test-support.js";

describe("meanEstimate", () => {
  it("is the t interval", () => {
    // scipy.stats.t.interval(0.95, 9, mean, sem), SciPy 1.17
    const { value, interval } = meanEstimate([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]);
    expect(value).toBe(3.9);
    expect(interval![0]).toBeCloseTo(2.1331987752405404, 12);
    expect(interval![1]).toBeCloseTo(5.6668012247594595, 12);
  });

  it("with groups of equal size is the t interval of the group means", () => {
    const x = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const grouped = meanEstimate(x, { groups: x.map((_, i) => Math.floor(i / 2)) });
    const means = meanEstimate([2, 2.5, 7, 4, 4]);
    expect(grouped.interval![0]).toBeCloseTo(means.interval![0], 12);
    expect(grouped).toMatchObject({ method: "cluster-delta", groups: 5, n: 10 });
  });

  it("is infinite with one unit, and can do without interval", () => {
    expect(meanEstimate([3]).interval).toEqual([-Infinity, Infinity]);
    expect(meanEstimate([3, 4], { groups: ["a", "a"] }).interval).toEqual([-Infinity, Infinity]);
    expect(meanEstimate([3, 4], { interval: false })).toMatchObject({ interval: null, method: "none" });
    expect(() => meanEstimate([3], { level: 0 })).toThrowError(
      expect.objectContaining({ code: "out-of-range" }),
    );
  });

  it("never passes a NaN on", () => {
    expect(meanEstimate([1, Infinity])).toMatchObject({ value: Infinity, interval: [-Infinity, Infinity] });
    expect(() => meanEstimate([])).toThrowError(expect.objectContaining({ code: "empty-input" }));
    expect(() => meanEstimate([1, Number.NaN])).toThrowError(/values\[1\] is NaN/);
  });

  it("covers, with unequal groups too", () => {
    const random = createRandom(1);
    const runs = 600;
    let plain = 0;
    let clustered = 0;
    for (let run = 0; run < runs; run++) {
      const x = Float64Array.from({ length: 40 }, () => sampleNormal(random));
      const covers = ([low, high]: readonly [number, number], truth: number) => low <= truth && truth <= high;
      if (covers(meanEstimate(x).interval!, 0)) plain++;
      const y: number[] = [];
      const groups: number[] = [];
      for (let g = 0; g < 50; g++) {
        const shared = sampleNormal(random);
        for (let i = 0; i <= g % 5; i++) {
          y.push(shared + sampleExponential(random));
          groups.push(g);
        }
      }
      if (covers(meanEstimate(y, { groups }).interval!, 1)) clustered++;
    }
    expect(plain).toBeGreaterThanOrEqual(atLeast(0.95, runs));
    expect(clustered).toBeGreaterThanOrEqual(atLeast(0.93, runs));
  });
});

describe("deltaEstimate", () => {
  it("centres the influence itself", () => {
    const influence = [1, 2, 3, 4];
    expect(deltaEstimate("f", 7, influence).interval).toEqual(
      deltaEstimate(
        "f",
        7,
        influence.map((x) => x - 2.5),
      ).interval,
    );
    expect(influenceVariance("f", influence, {})).toEqual({ standardError: Math.sqrt(5 / 12), units: 4 });
  });
});
