import { describe, expect, it } from "vitest";
import { sampleBeta } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";
import { binomialCdf } from "../numeric/special.js";
import {
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
  proportionEstimate,
  wilson,
} from "./proportion.js";
import { atLeast } from "./simulation.test-support.js";

// scipy.stats.binomtest(k, n).proportion_ci(level, "exact" | "wilson"), SciPy 1.17: k, n, level, exact, Wilson.
const REFERENCE = [
  [0, 10, 0.95, 0, 0.30849710781876294, 0, 0.27753279986288926],
  [3, 10, 0.95, 0.06673951117773447, 0.652452850060008, 0.10779126740630102, 0.6032218525388546],
  [10, 10, 0.95, 0.6915028921812371, 1, 0.7224672001371109, 1],
  [45, 1000, 0.99, 0.02981484640450519, 0.06467318876308088, 0.03090368263818368, 0.06509427742391655],
  [1, 59, 0.9, 0.0008690000715271673, 0.07789792151881825, 0.0037903509958621753, 0.07246768338310747],
];

describe("clopperPearson and wilson", () => {
  it.each(REFERENCE)("%d of %d at %d agree with SciPy", (k, n, level, low, high, wilsonLow, wilsonHigh) => {
    const exact = clopperPearson(k, n, level);
    expect(exact[0]).toBeCloseTo(low, 12);
    expect(exact[1]).toBeCloseTo(high, 12);
    const score = wilson(k, n, level);
    expect(score[0]).toBeCloseTo(wilsonLow, 12);
    expect(score[1]).toBeCloseTo(wilsonHigh, 12);
  });

  it("59 flawless rows are what a risk of 5 % at 5 % takes", () => {
    expect(clopperPearsonUpper(0, 58, 0.05)).toBeGreaterThan(0.05);
    expect(clopperPearsonUpper(0, 59, 0.05)).toBeLessThan(0.05);
    expect(clopperPearsonLower(59, 59, 0.05)).toBeCloseTo(1 - clopperPearsonUpper(0, 59, 0.05), 14);
  });

  it("Clopper–Pearson covers at least its level, for every probability: the exact sum, no simulation", () => {
    for (const n of [1, 5, 17, 40])
      for (const level of [0.8, 0.95]) {
        const intervals = Array.from({ length: n + 1 }, (_, k) => clopperPearson(k, n, level));
        for (let p = 0.005; p < 1; p += 0.0137) {
          let covered = 0;
          intervals.forEach(([low, high], k) => {
            if (low <= p && p <= high) covered += binomialCdf(k, n, p) - binomialCdf(k - 1, n, p);
          });
          expect(covered).toBeGreaterThanOrEqual(level - 1e-12);
        }
      }
  });

  it("refuses a count that is a text", () => {
    expect(() => clopperPearson("3" as never, 10)).toThrowError(CredenceError);
    expect(() => wilson(3, "10" as never)).toThrowError(CredenceError);
  });

  it("takes effective sizes that are not whole", () => {
    const [low, high] = clopperPearson(2.5, 12.3);
    expect(low).toBeGreaterThan(clopperPearson(2, 12.3)[0]);
    expect(high).toBeLessThan(clopperPearson(3, 12.3)[1]);
  });

  it.each([
    [-1, 5, 0.95],
    [6, 5, 0.95],
    [Number.NaN, 5, 0.95],
    [0, 0, 0.95],
    [1, Infinity, 0.95],
    [1, 5, 0],
    [1, 5, 1],
  ])("refuses %d of %d at %d", (k, n, level) => {
    for (const method of [clopperPearson, wilson])
      expect(() => method(k, n, level)).toThrowError(expect.objectContaining({ code: "out-of-range" }));
  });
});

describe("proportionEstimate", () => {
  it("takes numbers and booleans", () => {
    expect(proportionEstimate([true, false, 1, 0])).toEqual(proportionEstimate([1, 0, 1, 0]));
    expect(proportionEstimate([1, 1, 0, 1], { method: "wilson" }).interval).toEqual(wilson(3, 4));
    expect(proportionEstimate([1, 0], { interval: false }).interval).toBeNull();
  });

  it("with groups of one is nearly the interval without, and with identical rows it is that of the groups", () => {
    const y = Array.from({ length: 400 }, (_, i) => Number(i % 5 === 0));
    const alone = proportionEstimate(y).interval!;
    const single = proportionEstimate(y, { groups: y.map((_, i) => i) }).interval!;
    expect(single[0]).toBeCloseTo(alone[0], 3);
    const copied = y.flatMap((v) => [v, v, v]);
    const groups = copied.map((_, i) => Math.floor(i / 3));
    const clustered = proportionEstimate(copied, { groups });
    expect(clustered.interval![0]).toBeCloseTo(alone[0], 3);
    expect(clustered.interval![1]).toBeCloseTo(alone[1], 3);
    expect(clustered).toMatchObject({ method: "cluster-clopper-pearson", n: 1200, groups: 400 });
  });

  it("assumes the worst where all outcomes are alike: one piece of information per group", () => {
    const flawless = new Array(1000).fill(1);
    const groups = flawless.map((_, i) => i % 10);
    const [low, high] = proportionEstimate(flawless, { groups }).interval!;
    expect(high).toBe(1);
    expect(low).toBeLessThanOrEqual(clopperPearson(10, 10)[0]);
    expect(low).toBeGreaterThan(0.4);
    expect(proportionEstimate(flawless, { groups: flawless.map(() => "all") }).interval).toEqual([0, 1]);
  });

  it("covers under correlation within groups of unequal sizes, rare events included", () => {
    const random = createRandom(4);
    const runs = 500;
    for (const [a, b, groupCount, least] of [
      [2, 6, 40, 0.93],
      [0.3, 5.7, 60, 0.9],
      [8, 0.5, 25, 0.9],
    ]) {
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        const outcomes: number[] = [];
        const groups: number[] = [];
        for (let g = 0; g < groupCount; g++) {
          const p = sampleBeta(random, a, b);
          for (let i = 0; i < 5 + (g % 4) * 10; i++) {
            outcomes.push(Number(random.uniform() < p));
            groups.push(g);
          }
        }
        const [low, high] = proportionEstimate(outcomes, { groups }).interval!;
        if (low <= a / (a + b) && a / (a + b) <= high) covered++;
      }
      expect(covered).toBeGreaterThanOrEqual(atLeast(least, runs));
    }
  });

  it.each([
    [[], {}, "empty-input"],
    [[2], {}, "not-binary"],
    [[1, 0], { groups: ["a"] }, "length-mismatch"],
    [[1, 0], { method: "wald" as "wilson" }, "unknown-option"],
    [[1, 0], { level: 95 }, "out-of-range"],
  ])("refuses %o with %o", (outcomes, options, code) => {
    expect(() => proportionEstimate(outcomes, options)).toThrowError(expect.objectContaining({ code }));
  });
});
