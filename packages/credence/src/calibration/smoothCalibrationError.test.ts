import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { calibrated, coverageOf, overconfident } from "./coverage.test-support.js";
import { fixedSample, randomSample } from "./sample.test-support.js";
import { smoothCalibrationError } from "./smoothCalibrationError.js";

/** ∫|r_σ| written out: a sum over rows and mirror images, the trapezoid rule over t. */
function slowSmooth(p: ArrayLike<number>, y: ArrayLike<number>, sigma: number, steps = 2000): number {
  let integral = 0;
  for (let j = 0; j <= steps; j++) {
    const t = j / steps;
    let density = 0;
    for (let i = 0; i < p.length; i++)
      for (let image = -4; image <= 4; image++)
        for (const at of [2 * image + p[i], 2 * image - p[i]])
          density += (y[i] - p[i]) * Math.exp(-((t - at) ** 2) / (2 * sigma * sigma));
    density /= p.length * sigma * Math.sqrt(2 * Math.PI);
    integral += (Math.abs(density) * (j === 0 || j === steps ? 0.5 : 1)) / steps;
  }
  return integral;
}

describe("smoothCalibrationError", () => {
  const { confidences, outcomes } = fixedSample();

  it("equals its definition at a given bandwidth", () => {
    const some = { p: confidences.slice(0, 40), y: outcomes.slice(0, 40) };
    for (const bandwidth of [0.02, 0.1, 0.4, 1])
      expect(smoothCalibrationError(some.p, some.y, { bandwidth }).value).toBeCloseTo(
        slowSmooth(some.p, some.y, bandwidth),
        5,
      );
  });

  it("is the fixed point of that definition", () => {
    const p = confidences.slice(0, 60);
    const y = outcomes.slice(0, 60);
    let low = 0.001;
    let high = 1;
    for (let i = 0; i < 14; i++) {
      const middle = (low + high) / 2;
      if (slowSmooth(p, y, middle, 500) > middle) low = middle;
      else high = middle;
    }
    const found = smoothCalibrationError(p, y);
    expect(Math.abs(found.value - low)).toBeLessThan(2e-4);
    expect(found.bandwidth).toBe(found.value);
  });

  it("knows the simplest cases", () => {
    const value = (p: number[], y: number[]) => smoothCalibrationError(p, y, { interval: false }).value;
    expect(value([0.9, 0.9, 0.9, 0.9], [1, 0, 1, 0])).toBeCloseTo(0.4, 8);
    expect(value([0, 1], [0, 1])).toBe(0);
    expect(value([0, 0], [1, 1])).toBeCloseTo(1, 8);
    // Errors far below the first grid are still resolved.
    expect(value([0.0001, 0.9999, 0.9999], [0, 1, 1])).toBeCloseTo(0.0001, 8);
  });

  it("hardly moves when a confidence crosses an edge", () => {
    const moved = confidences.map((v) => Math.min(1, v + 1e-7));
    const before = smoothCalibrationError(confidences, outcomes).value;
    expect(Math.abs(smoothCalibrationError(moved, outcomes).value - before)).toBeLessThan(1e-6);
  });

  it("covers the population value, at zero too, and with groups", () => {
    const repetitions = 30;
    const most = binomialQuantile(1 - 1e-7, repetitions, 0.05);
    const large = randomSample(500_000, 4, overconfident);
    const target = smoothCalibrationError(large.confidences, large.outcomes, { interval: false }).value;
    for (const cluster of [undefined, { size: 10, correlation: 0.5 }])
      for (const [truth, value] of [
        [calibrated, 0],
        [overconfident, target],
      ] as const) {
        const population = { name: "", a: 1, truth, cluster };
        const { coverage } = coverageOf(population, 600, value, repetitions, createRandom(1), (sample) => {
          const found = smoothCalibrationError(sample.confidences, sample.outcomes, {
            groups: sample.groups,
          });
          expect(found.interval?.[0]).toBeLessThanOrEqual(found.value);
          expect(found.interval?.[1]).toBeGreaterThanOrEqual(found.value);
          return found.interval as [number, number];
        });
        expect((1 - coverage) * repetitions).toBeLessThanOrEqual(most);
      }
  });

  it("says what it does not know, and refuses bad input", () => {
    expect(smoothCalibrationError([0.5], [1]).interval).toEqual([0, Infinity]);
    expect(() => smoothCalibrationError([0.5], [1], { bandwidth: 0 })).toThrow(/bandwidth is 0/);
    expect(() => smoothCalibrationError([1.5], [1])).toThrow(/confidences\[0\] is 1.5/);
    expect(() => smoothCalibrationError([], [])).toThrow(/is empty/);
  });
});
