import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { codeOf } from "./codeOf.test-support.js";
import { corpDecomposition } from "./corpDecomposition.js";
import { calibrated, draw, overconfident } from "./coverage.test-support.js";
import { isotonicCurve } from "./isotonicCurve.js";
import { murphyDecomposition } from "./murphyDecomposition.js";
import { fixedSample, randomSample } from "./sample.test-support.js";

const { confidences, outcomes } = fixedSample();

describe("murphyDecomposition", () => {
  it("adds up to the Brier score", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20 }), (n, bins) => {
        const { confidences, outcomes } = randomSample(n, n * 31 + bins);
        const m = murphyDecomposition(confidences, outcomes, { bins, interval: false });
        const sum = m.reliability.value - m.resolution.value + m.uncertainty.value + m.withinBin.value;
        expect(sum).toBeCloseTo(m.brier.value, 12);
        expect(m.reliability.value + m.refinement.value + m.withinBin.value).toBeCloseTo(m.brier.value, 12);
      }),
      { numRuns: 50 },
    );
  });

  it("is Murphy's own where a bin holds one value, with nothing left within bins", () => {
    const p = [0.1, 0.1, 0.1, 0.7, 0.7, 0.7, 0.7];
    const y = [0, 0, 1, 1, 1, 0, 1];
    const m = murphyDecomposition(p, y);
    expect(m.withinBin.value).toBeCloseTo(0, 14);
    expect(m.reliability.value).toBeCloseTo((3 * (1 / 3 - 0.1) ** 2 + 4 * (0.75 - 0.7) ** 2) / 7, 14);
    expect(m.resolution.value).toBeCloseTo((3 * (1 / 3 - 4 / 7) ** 2 + 4 * (0.75 - 4 / 7) ** 2) / 7, 14);
    expect(m.uncertainty.value).toBeCloseTo((4 / 7) * (3 / 7), 14);
  });

  it("covers the population values, with groups too", () => {
    const repetitions = 100;
    const most = binomialQuantile(1 - 1e-7, repetitions, 0.06);
    for (const cluster of [undefined, { size: 10, correlation: 0.4 }]) {
      const population = { name: "", a: 1, truth: calibrated, cluster };
      const random = createRandom(3);
      // With p uniform and q = p: variance of the bin means of q is 1/12 − 1/12/15².
      const truth = { reliability: 0, resolution: (1 - 1 / 225) / 12, uncertainty: 0.25, brier: 1 / 6 };
      const missed = { reliability: 0, resolution: 0, uncertainty: 0, brier: 0 };
      for (let k = 0; k < repetitions; k++) {
        const sample = draw(population, 800, random);
        const m = murphyDecomposition(sample.confidences, sample.outcomes, { groups: sample.groups });
        for (const name of Object.keys(truth) as (keyof typeof truth)[]) {
          const [low, high] = m[name].interval as [number, number];
          if (low > truth[name] || high < truth[name]) missed[name]++;
        }
      }
      for (const count of Object.values(missed)) expect(count).toBeLessThanOrEqual(most);
    }
  });

  it("survives one row and equal outcomes", () => {
    expect(murphyDecomposition([0.4], [1]).reliability.interval).toEqual([0, Infinity]);
    const same = murphyDecomposition([0.2, 0.3, 0.9], [1, 1, 1]);
    expect(same.uncertainty.value).toBe(0);
    expect(same.resolution.value).toBeCloseTo(0, 15);
    expect(codeOf(() => murphyDecomposition([0.4], []))).toBe("length-mismatch");
  });
});

/** Isotonic least squares by its min–max formula. */
function slowIsotonic(p: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const values = [...new Set(Array.from(p))].sort((a, b) => a - b);
  const mean = (low: number, high: number) => {
    let sum = 0;
    let rows = 0;
    for (let i = 0; i < p.length; i++)
      if (p[i] >= low && p[i] <= high) {
        sum += y[i];
        rows++;
      }
    return sum / rows;
  };
  const fit = (v: number) =>
    Math.max(
      ...values
        .filter((low) => low <= v)
        .map((low) => Math.min(...values.filter((high) => high >= v).map((high) => mean(low, high)))),
    );
  return Array.from(p, fit);
}

describe("isotonicCurve", () => {
  it("equals the min–max formula, ties pooled, in any row order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.constantFrom(0, 1)), {
          minLength: 1,
          maxLength: 25,
        }),
        (rows) => {
          const p = Float64Array.from(rows, ([v]) => v / 8);
          const y = Uint8Array.from(rows, ([, v]) => v);
          const blocks = isotonicCurve(p, y);
          const expected = slowIsotonic(p, y);
          p.forEach((v, i) => {
            const block = blocks.find((b) => v >= b.from && v <= b.to);
            expect(block?.frequency).toBeCloseTo(expected[i], 12);
          });
          expect(blocks.reduce((sum, b) => sum + b.n, 0)).toBe(p.length);
          for (let k = 1; k < blocks.length; k++)
            expect(blocks[k].frequency).toBeGreaterThan(blocks[k - 1].frequency);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("corpDecomposition", () => {
  it("adds up, by its definition", () => {
    const n = 60;
    const p = confidences.slice(0, n);
    const y = outcomes.slice(0, n);
    const fitted = slowIsotonic(p, y);
    const mean = (f: (i: number) => number) => [...p.keys()].reduce((sum, i) => sum + f(i), 0) / n;
    const rate = mean((i) => y[i]);
    const brier = mean((i) => (p[i] - y[i]) ** 2);
    const best = mean((i) => (fitted[i] - y[i]) ** 2);
    const found = corpDecomposition(p, y);
    expect(found.score.value).toBeCloseTo(brier, 12);
    expect(found.miscalibration.value).toBeCloseTo(brier - best, 12);
    expect(found.discrimination.value).toBeCloseTo(rate * (1 - rate) - best, 12);
    expect(found.uncertainty.value).toBeCloseTo(rate * (1 - rate), 12);
    expect(found.refinement.value).toBeCloseTo(best, 12);
  });

  it("takes the log score, and says where that is infinite", () => {
    const p = [0.2, 0.4, 0.6, 0.8];
    const found = corpDecomposition(p, [0, 1, 0, 1], { score: "log" });
    const best = (0 + 2 * Math.LN2 + 0) / 4;
    expect(found.refinement.value).toBeCloseTo(best, 12);
    expect(found.uncertainty.value).toBeCloseTo(Math.LN2, 12);
    const infinite = corpDecomposition([1, 1, 0.5, 0.2], [1, 0, 1, 0], { score: "log" });
    expect(infinite.score.value).toBe(Infinity);
    expect(infinite.score.interval).toEqual([-Infinity, Infinity]);
    expect(infinite.miscalibration.interval?.[1]).toBe(Infinity);
  });

  it("covers the population values", () => {
    const repetitions = 60;
    const most = binomialQuantile(1 - 1e-7, repetitions, 0.07);
    const cases = [
      { truth: calibrated, miscalibration: 0, discrimination: 1 / 12, refinement: 1 / 6 },
      // q = p²: E(p − p²)² = 1/30, Var p² = 4/45, E q(1 − q) = 2/15.
      { truth: overconfident, miscalibration: 1 / 30, discrimination: 4 / 45, refinement: 2 / 15 },
    ];
    for (const { truth, ...values } of cases)
      for (const cluster of [undefined, { size: 10, correlation: 0.4 }]) {
        const random = createRandom(4);
        const missed: Record<string, number> = {};
        for (let k = 0; k < repetitions; k++) {
          const sample = draw({ name: "", a: 1, truth, cluster }, 600, random);
          const found = corpDecomposition(sample.confidences, sample.outcomes, { groups: sample.groups });
          for (const name of Object.keys(values) as (keyof typeof values)[]) {
            const [low, high] = found[name].interval as [number, number];
            expect(found[name].value).toBeGreaterThanOrEqual(low);
            expect(found[name].value).toBeLessThanOrEqual(high);
            if (low > values[name] || high < values[name]) missed[name] = (missed[name] ?? 0) + 1;
          }
        }
        for (const count of Object.values(missed)) expect(count).toBeLessThanOrEqual(most);
      }
  });

  it("survives few rows and refuses bad input", () => {
    expect(corpDecomposition([0.5], [1]).miscalibration.interval).toEqual([0, Infinity]);
    expect(corpDecomposition([0.5], [1], { interval: false }).score.interval).toBeNull();
    const tied = corpDecomposition(new Array(30).fill(0.5), new Array(30).fill(1));
    expect(tied.curve).toHaveLength(1);
    expect(tied.discrimination.value).toBe(0);
    expect(codeOf(() => corpDecomposition([0.5], [1], { score: "x" as "log" }))).toBe("unknown-option");
  });
});
