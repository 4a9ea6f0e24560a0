import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf } from "./codeOf.test-support.js";
import type { CalibrationErrorOptions } from "./ece.js";
import { ece, expectedCalibrationError, maximumCalibrationError } from "./ece.js";
import { fixedSample, randomSample } from "./sample.test-support.js";

/** The definition, written out: each row asks every bin whether it belongs there. */
function slowError(p: ArrayLike<number>, y: ArrayLike<number>, options: CalibrationErrorOptions): number {
  const { bins = 15, closed = "right", norm = "l1" } = options;
  let total = 0;
  let largest = 0;
  for (let b = 0; b < bins; b++) {
    const low = b / bins;
    const high = (b + 1) / bins;
    const rows = Array.from(p, (_, i) => i).filter((i) =>
      closed === "right"
        ? (p[i] > low && p[i] <= high) || (b === 0 && p[i] === 0)
        : (p[i] >= low && p[i] < high) || (b === bins - 1 && p[i] === 1),
    );
    if (rows.length === 0) continue;
    const mean = (values: number[]) => values.reduce((a, c) => a + c, 0) / values.length;
    const gap = Math.abs(mean(rows.map((i) => y[i])) - mean(rows.map((i) => p[i])));
    total += (rows.length / p.length) * (norm === "l2" ? gap ** 2 : gap);
    largest = Math.max(largest, gap);
  }
  return norm === "max" ? largest : norm === "l2" ? Math.sqrt(total) : total;
}

describe("expectedCalibrationError", () => {
  const { confidences, outcomes } = fixedSample();

  it("equals scikit-learn 1.2.1's calibration_curve summed up, and NumPy 1.24 for the rest", () => {
    const value = (options: CalibrationErrorOptions) =>
      ece(confidences, outcomes, { interval: false, ...options }).value;
    expect(value({})).toBeCloseTo(0.18370625, 13);
    expect(value({ norm: "l2" })).toBeCloseTo(0.22505408943473187, 13);
    expect(value({ norm: "max" })).toBeCloseTo(0.38888888888888884, 13);
    expect(value({ bins: 10 })).toBeCloseTo(0.18509375, 13);
    expect(value({ bins: 10, norm: "l2" })).toBeCloseTo(0.21335886072394908, 13);
    // Left-closed bins, as netcal and torchmetrics have them.
    expect(value({ closed: "left" })).toBeCloseTo(0.18270625, 13);
    expect(value({ bins: 10, closed: "left" })).toBeCloseTo(0.18709375, 13);
    // Kumar et al. 2019; L1 against the mean of 400 000 resamples, whose standard error is 2.7e-5.
    expect(value({ norm: "l2", debias: true })).toBeCloseTo(0.2139175990485409, 12);
    expect(Math.abs(value({ debias: true }) - 0.1754197)).toBeLessThan(1.5e-4);
    expect(Math.abs(value({ bins: 10, debias: true }) - 0.1821909)).toBeLessThan(1.5e-4);
  });

  it("equals the written-out definition on any data, edges and their neighbours included", () => {
    const bins = fc.integer({ min: 1, max: 40 });
    const row = fc.record({
      at: fc.integer({ min: 0, max: 40 }),
      nudge: fc.constantFrom(0, 0, -1, 1),
      anywhere: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      y: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(
        bins,
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.constantFrom("left" as const, "right" as const),
        fc.constantFrom("l1" as const, "l2" as const, "max" as const),
        (k, rows, closed, norm) => {
          const p = rows.map(({ at, nudge, anywhere }) => {
            const edge = Math.min(at, k) / k;
            return anywhere ?? Math.min(1, Math.max(0, edge * (1 + nudge * Number.EPSILON)));
          });
          const y = rows.map((r) => r.y);
          const options = { bins: k, closed, norm, interval: false };
          expect(ece(p, y, options).value).toBeCloseTo(slowError(p, y, options), 12);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("does not depend on the kind of array, nor on booleans", () => {
    const reference = ece(confidences, outcomes);
    expect(ece(Array.from(confidences), Array.from(outcomes))).toEqual(reference);
    expect(
      ece(
        confidences,
        Array.from(outcomes, (y) => y === 1),
      ),
    ).toEqual(reference);
    expect(ece(confidences, Int32Array.from(outcomes))).toEqual(reference);
    const float = Float32Array.from(confidences);
    expect(ece(float, outcomes).value).toBe(ece(Float64Array.from(float), outcomes).value);
  });

  it("keeps ties together in equal-mass bins", () => {
    const p = [0.3, 0.3, 0.3, 0.3, 0.3, 0.9];
    const y = [0, 0, 0, 1, 1, 1];
    expect(ece(p, y, { binning: "mass", bins: 3, interval: false }).value).toBeCloseTo(
      (5 * 0.1 + 0.1) / 6,
      14,
    );
    const tied = ece(new Array(50).fill(0.7), new Array(50).fill(1), { binning: "mass" });
    expect(tied.value).toBeCloseTo(0.3, 13);
  });

  it("gives equal-mass bins equal counts", () => {
    const p = Float64Array.from({ length: 60 }, (_, i) => ((i * 7) % 60) / 60);
    const y = Uint8Array.from(p, (v) => +(v > 0.4));
    const order = [...p.keys()].sort((a, b) => p[a] - p[b]);
    let expected = 0;
    for (let b = 0; b < 6; b++) {
      const rows = order.slice(10 * b, 10 * b + 10);
      expected += Math.abs(rows.reduce((sum, i) => sum + y[i] - p[i], 0)) / 60;
    }
    for (const closed of ["left", "right"] as const)
      expect(ece(p, y, { binning: "mass", bins: 6, closed }).value).toBeCloseTo(expected, 13);
  });

  it("leaves the value where it is when intervals, levels, groups or seeds change", () => {
    const groups = Array.from(confidences, (_, i) => `page ${i % 20}`);
    const whole = ece(confidences, outcomes, { groups, level: 0.9, seed: 4 });
    expect(whole.value).toBe(ece(confidences, outcomes, { interval: false }).value);
    expect(whole).toMatchObject({ n: 400, groups: 20, level: 0.9 });
    expect(ece(confidences, outcomes, { interval: false })).toMatchObject({ interval: null, method: "none" });
  });

  it("has an interval around its value that grows with the level", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom("l1" as const, "l2" as const, "max" as const),
        fc.boolean(),
        (n, seed, norm, clustered) => {
          const { confidences, outcomes } = randomSample(n, seed, (p) => p ** (1 + (seed % 3)));
          const groups = clustered ? Array.from(confidences, (_, i) => i >> 2) : undefined;
          const at = (level: number, debias = false) =>
            ece(confidences, outcomes, { norm, groups, level, debias }).interval as [number, number];
          const value = ece(confidences, outcomes, { norm }).value;
          const [low, high] = at(0.95);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          const [lower, higher] = at(0.99);
          expect(lower).toBeLessThanOrEqual(low);
          expect(higher).toBeGreaterThanOrEqual(high);
          if (norm !== "max") expect(at(0.95, true)[1]).toBe(high);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("says what it does not know: one row, one group, all the same", () => {
    expect(ece([0.3], [1]).interval).toEqual([0, Infinity]);
    expect(ece([0.3, 0.4], [1, 0], { groups: ["a", "a"] }).interval).toEqual([0, Infinity]);
    // 50 right answers out of 50 at 0.99: Clopper–Pearson leaves room for 7 % errors, so a gap of 6 %.
    const sure = ece(new Array(50).fill(0.99), new Array(50).fill(1));
    expect(sure.interval?.[0]).toBe(0);
    expect(sure.interval?.[1]).toBeGreaterThan(0.06);
    const none = ece(new Array(100).fill(1), new Array(100).fill(1), { norm: "l2" });
    expect(none.value).toBe(0);
    expect(none.interval?.[0]).toBe(0);
    expect(none.interval?.[1]).toBeGreaterThan(0.02);
    expect(none.interval?.[1]).toBeLessThan(0.1);
  });

  it("debiases a calibrated sample towards 0 and keeps the value inside the interval", () => {
    const { confidences, outcomes } = randomSample(500, 3);
    for (const norm of ["l1", "l2"] as const) {
      const plain = ece(confidences, outcomes, { norm });
      const debiased = ece(confidences, outcomes, { norm, debias: true });
      expect(debiased.value).toBeLessThan(0.7 * plain.value);
      expect(debiased.interval?.[0]).toBeLessThanOrEqual(debiased.value);
    }
    // A bin with one row says nothing about noise.
    expect(ece([0.4], [1], { norm: "l2", debias: true, interval: false }).value).toBe(0);
  });

  it("refuses bad input with a code that says which", () => {
    expect(codeOf(() => ece([], []))).toBe("empty-input");
    expect(codeOf(() => ece([0.5], [1, 0]))).toBe("length-mismatch");
    expect(codeOf(() => ece([1.2], [1]))).toBe("not-a-probability");
    expect(codeOf(() => ece(Float64Array.of(0.1, -0.1), [1, 1]))).toBe("not-a-probability");
    expect(codeOf(() => ece([Number.NaN], [1]))).toBe("not-finite");
    expect(codeOf(() => ece([null as unknown as number], [1]))).toBe("not-finite");
    expect(codeOf(() => ece([0.5], [2]))).toBe("not-binary");
    expect(codeOf(() => ece([0.5], Uint8Array.of(2)))).toBe("not-binary");
    expect(codeOf(() => ece([0.5], [1], { bins: 0 }))).toBe("out-of-range");
    expect(codeOf(() => ece([0.5], [1], { level: 1 }))).toBe("out-of-range");
    expect(codeOf(() => ece([0.5], [1], { norm: "l3" as "l1" }))).toBe("unknown-option");
    expect(codeOf(() => ece([0.5], [1], { binning: "x" as "mass" }))).toBe("unknown-option");
    expect(codeOf(() => ece([0.5], [1], { closed: "x" as "left" }))).toBe("unknown-option");
    expect(codeOf(() => ece([0.5], [1], { norm: "max", debias: true }))).toBe("unknown-option");
    expect(codeOf(() => ece([0.5], [1], { groups: [] }))).toBe("length-mismatch");
    expect(() => ece([0.1, 0.5, 7], [0, 1, 1])).toThrow(/confidences\[2\] is 7/);
  });

  it("goes by its full name too, and the maximum is the norm of that name", () => {
    expect(ece).toBe(expectedCalibrationError);
    expect(maximumCalibrationError(confidences, outcomes)).toEqual(
      ece(confidences, outcomes, { norm: "max" }),
    );
    expect(() => maximumCalibrationError([2], [1])).toThrow(/^maximumCalibrationError: /);
  });
});

it("makes intervals for up to a thousand bins, and says so beyond", () => {
  const p = Float64Array.from({ length: 50 }, (_, i) => i / 50);
  const y = p.map((value) => Number(value > 0.5));
  expect(expectedCalibrationError(p, y, { bins: 1000 }).interval).not.toBeNull();
  expect(() => expectedCalibrationError(p, y, { bins: 1001 })).toThrow(/at most 1000 bins/);
  expect(expectedCalibrationError(p, y, { bins: 100_000, interval: false }).value).toBeGreaterThan(0);
});
