import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { bootstrapCalibrationError } from "./bootstrapCalibrationError.js";
import {
  calibrated,
  coverageOf,
  gapInOneBin,
  overconfident,
  type Population,
  populationError,
  slope,
} from "./coverage.test-support.js";
import { ece } from "./ece.js";

const repetitions = 200;
// At a true rate of misses of 5 % or less, more than these are rarer than 1e-7.
const mostMisses = binomialQuantile(1 - 1e-7, repetitions, 0.05);

describe("the interval of the binned calibration error", () => {
  const truths = { calibrated, slope, gapInOneBin, overconfident };
  for (const [name, truth] of Object.entries(truths))
    for (const cluster of [undefined, { size: 20, correlation: 0.5 }])
      it(`covers: ${name}${cluster ? ", clustered" : ""}`, () => {
        const population: Population = { name, a: 1, truth, cluster };
        for (const norm of ["l1", "l2", "max"] as const) {
          const target = populationError(population, norm);
          const { coverage } = coverageOf(
            population,
            cluster ? 1000 : 500,
            target,
            norm === "l1" ? repetitions : 100,
            createRandom(11),
            ({ confidences, outcomes, groups }) =>
              ece(confidences, outcomes, { norm, groups }).interval as [number, number],
          );
          expect((1 - coverage) * repetitions).toBeLessThanOrEqual(mostMisses);
        }
      });

  it("neither over- nor undercovers where every bin has a clear gap", () => {
    const population: Population = { name: "overconfident", a: 1, truth: overconfident };
    for (const norm of ["l1", "l2"] as const) {
      const { coverage } = coverageOf(
        population,
        20_000,
        populationError(population, norm),
        repetitions,
        createRandom(5),
        ({ confidences, outcomes }) => ece(confidences, outcomes, { norm }).interval as [number, number],
      );
      const misses = (1 - coverage) * repetitions;
      expect(misses).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.08));
      expect(misses).toBeGreaterThanOrEqual(binomialQuantile(1e-7, repetitions, 0.02));
      expect(misses).toBeGreaterThan(0);
    }
  });

  it("is needed: the classic bootstrap fails on a calibrated model", () => {
    const population: Population = { name: "calibrated", a: 1, truth: calibrated };
    const of = (kind: "percentile" | "basic") =>
      coverageOf(population, 500, 0, 60, createRandom(2), ({ confidences, outcomes }) => {
        const estimate = bootstrapCalibrationError(confidences, outcomes, { kind, resamples: 400 });
        return estimate.interval as [number, number];
      }).coverage;
    expect(of("percentile")).toBeLessThan(0.1);
    expect(of("basic")).toBeLessThan(0.85);
  });

  it("treats every row in its own group as no groups, up to the divisor", () => {
    const random = createRandom(8);
    const p = Float64Array.from({ length: 800 }, () => random.uniform());
    const y = Uint8Array.from(p, (v) => +(random.uniform() < v * v));
    for (const norm of ["l1", "l2", "max"] as const) {
      const rows = ece(p, y, { norm }).interval as [number, number];
      const grouped = ece(p, y, { norm, groups: [...p.keys()] }).interval as [number, number];
      expect(grouped[0]).toBeCloseTo(rows[0], 2);
      // Off-diagonal covariances estimated from few groups cost some width, never gain any.
      expect(grouped[1]).toBeGreaterThan(rows[1] - 0.002);
      expect(grouped[1]).toBeLessThan(rows[1] + 0.06);
    }
  });

  it("widens when rows are copied within groups", () => {
    const random = createRandom(9);
    const single = Float64Array.from({ length: 200 }, () => random.uniform());
    const answers = Uint8Array.from(single, (v) => +(random.uniform() < v));
    const p = Float64Array.from({ length: 2000 }, (_, i) => single[Math.floor(i / 10)]);
    const y = Uint8Array.from({ length: 2000 }, (_, i) => answers[Math.floor(i / 10)]);
    const groups = Array.from(p, (_, i) => Math.floor(i / 10));
    const naive = ece(p, y).interval as [number, number];
    const honest = ece(p, y, { groups }).interval as [number, number];
    expect(naive[0]).toBeGreaterThan(0); // calibrated data, copied, look miscalibrated
    expect(honest[0]).toBe(0);
    expect(honest[1]).toBeGreaterThan(1.3 * naive[1]);
  });
});
