import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleBeta, shuffle } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { bettingLowerBound, bettingUpperBound } from "./bettingBound.js";
import { mixtureLogCapital } from "./mixtureCapital.js";
import { clopperPearsonUpper } from "./proportion.js";
import { atMost } from "./simulation.test-support.js";

describe("bettingUpperBound", () => {
  it("with predictable bets in the given order is the bound written out", () => {
    // A direct NumPy transcription of the paper's capital process on a grid of 20 000 means.
    const sequence = (period: number[], times: number) => Array.from({ length: times }, () => period).flat();
    const first = sequence([0.1, 0, 0.4, 0.2, 0, 0.3, 0.05, 0.15, 0, 0.6], 12);
    const second = sequence([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], 20);
    expect(bettingUpperBound(first, { delta: 0.05, order: "given" })).toBeCloseTo(0.2237, 4);
    expect(bettingUpperBound(second, { delta: 0.1, order: "given" })).toBeCloseTo(0.2669, 4);
  });

  it("does not depend on the order of the rows", () => {
    const random = createRandom(1);
    const values = Float64Array.from({ length: 150 }, () => sampleBeta(random, 1, 9));
    const again = shuffle(random, values.slice());
    expect(bettingUpperBound(again)).toBe(bettingUpperBound(values));
    expect(bettingUpperBound(again, { bets: "mixture" })).toBeCloseTo(
      bettingUpperBound(values, { bets: "mixture" }),
      9,
    );
  });

  it("is near the exact bound for flawless rows, and always above the mean", () => {
    for (const n of [20, 59, 400])
      expect(bettingUpperBound(new Float64Array(n)) / clopperPearsonUpper(0, n, 0.05)).toBeLessThan(1.15);
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 40 }), (values) => {
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        for (const bets of ["predictable", "mixture"] as const) {
          expect(bettingUpperBound(values, { bets })).toBeGreaterThan(mean - 1e-9);
          expect(bettingLowerBound(values, { bets })).toBeLessThan(mean + 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("says 1 where nothing can be said, and mirrors into the lower bound", () => {
    expect(bettingUpperBound([0.5])).toBeCloseTo(1, 1);
    expect(bettingUpperBound([1, 1, 1])).toBe(1);
    expect(bettingLowerBound([0, 0, 0])).toBe(0);
    expect(bettingLowerBound([1, 0.5, 0.75, 1])).toBeCloseTo(1 - bettingUpperBound([0, 0.5, 0.25, 0]), 12);
  });

  it.each<[string, (u: ReturnType<typeof createRandom>) => number, number]>([
    ["rare errors", (r) => Number(r.uniform() < 0.03), 0.03],
    ["coin flips", (r) => Number(r.uniform() < 0.5), 0.5],
    ["rare large losses", (r) => (r.uniform() < 0.01 ? 1 : 0.02), 0.01 + 0.99 * 0.02],
    ["small spread", (r) => sampleBeta(r, 4, 96), 0.04],
    ["skewed", (r) => sampleBeta(r, 0.1, 1.9), 0.05],
  ])("fails no more often than δ: %s", (_, draw, mean) => {
    const random = createRandom(17);
    const runs = 600;
    for (const bets of ["predictable", "mixture"] as const) {
      let failures = 0;
      for (let run = 0; run < runs; run++) {
        const values = Float64Array.from({ length: 80 }, () => draw(random));
        if (bettingUpperBound(values, { delta: 0.1, bets, seed: run }) < mean) failures++;
      }
      expect(failures).toBeLessThanOrEqual(atMost(0.1, runs));
    }
  });

  it("the mixture holds for units that differ in distribution, about the average of their means", () => {
    const random = createRandom(18);
    const runs = 600;
    let failures = 0;
    for (let run = 0; run < runs; run++) {
      const values = Float64Array.from({ length: 100 }, (_, i) =>
        i < 90 ? 0 : Number(random.uniform() < 0.5),
      );
      if (bettingUpperBound(values, { delta: 0.1, bets: "mixture" }) < 0.05) failures++;
    }
    expect(failures).toBeLessThanOrEqual(atMost(0.1, runs));
  });

  it.each([
    [[], {}, "empty-input"],
    [[0.5, 1.2], {}, "out-of-range"],
    [[Number.NaN], {}, "out-of-range"],
    [[0.5], { delta: 0 }, "out-of-range"],
    [[0.5], { bets: "all" as "mixture" }, "unknown-option"],
    [[0.5], { order: "sorted" as "given" }, "unknown-option"],
  ])("refuses %o with %o", (values, options, code) => {
    for (const bound of [bettingUpperBound, bettingLowerBound])
      expect(() => bound(values, options)).toThrowError(expect.objectContaining({ code }));
  });
});

describe("mixtureLogCapital", () => {
  it("is the logarithm of the mean product, without overflow", () => {
    const gains = [0.3, -0.5, 0.1, 0.2];
    const product = (f: number) => gains.reduce((p, g) => p * (1 + f * g), 1);
    // n = 4, δ = 0.05: the least stake is √(2 ln 20/4)/2 = 0.61, so the rungs are 1 and ½, with 4 : 1 of the capital.
    expect(mixtureLogCapital(gains, (g) => g, 0.05)).toBeCloseTo(
      Math.log(0.8 * product(1) + 0.2 * product(0.5)),
      12,
    );
    const many = new Float64Array(100_000).fill(0.5);
    expect(mixtureLogCapital(many, (g) => g, 0.05)).toBeCloseTo(100_000 * Math.log(1.5), -1);
  });

  it("survives ruin on the boldest stake", () => {
    expect(mixtureLogCapital([-1, 1, 1, 1], (g) => g, 0.05)).toBeCloseTo(Math.log(0.2 * 0.5 * 1.5 ** 3), 12);
    expect(mixtureLogCapital([-1], (g) => g, 0.05)).toBe(-Infinity);
  });
});
