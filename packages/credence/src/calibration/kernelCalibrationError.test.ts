import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { codeOf } from "./codeOf.test-support.js";
import { calibrated, coverageOf, overconfident } from "./coverage.test-support.js";
import {
  kernelCalibrationError,
  kernelCalibrationTest,
  maximumMeanCalibrationError,
} from "./kernelCalibrationError.js";
import { fixedSample } from "./sample.test-support.js";

const sample = fixedSample();
const p = sample.confidences.slice(0, 80);
const y = sample.outcomes.slice(0, 80);
p[3] = p[4]; // a tie

function slow(kernel: (a: number, b: number) => number, biased: boolean): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++)
    for (let j = 0; j < p.length; j++)
      if (biased || i !== j) sum += (y[i] - p[i]) * (y[j] - p[j]) * kernel(p[i], p[j]);
  return sum / (biased ? p.length ** 2 : p.length * (p.length - 1));
}

const laplacian = (a: number, b: number) => Math.exp(-Math.abs(a - b) / 0.4);
const gaussian = (a: number, b: number) => Math.exp(-((a - b) ** 2) / (2 * 0.3 ** 2));

describe("kernelCalibrationError", () => {
  it("equals the sum over pairs", () => {
    expect(kernelCalibrationError(p, y).value).toBeCloseTo(slow(laplacian, false), 13);
    expect(kernelCalibrationError(p, y, { estimator: "biased" }).value).toBeCloseTo(
      slow(laplacian, true),
      13,
    );
    expect(maximumMeanCalibrationError(p, y).value).toBeCloseTo(Math.sqrt(slow(laplacian, true)), 13);
    const options = { kernel: "gaussian", bandwidth: 0.3, interval: false } as const;
    expect(kernelCalibrationError(p, y, options).value).toBeCloseTo(slow(gaussian, false), 13);
    expect(maximumMeanCalibrationError(p, y, options).interval).toBeNull();
  });

  it("counts residuals of both classes on a matrix of two", () => {
    const matrix = {
      data: Float64Array.from({ length: 160 }, (_, k) => (k % 2 ? p[k >> 1] : 1 - p[k >> 1])),
      rows: 80,
      columns: 2,
    };
    for (const groups of [undefined, Array.from(p, (_, i) => i % 9)]) {
      const two = kernelCalibrationError(matrix, Array.from(y), { groups });
      const one = kernelCalibrationError(p, y, { groups });
      expect(two.value).toBeCloseTo(2 * one.value, 12);
      expect(two.interval?.[0]).toBeCloseTo(2 * (one.interval?.[0] as number), 12);
      expect(two.interval?.[1]).toBeCloseTo(2 * (one.interval?.[1] as number), 12);
      expect(kernelCalibrationTest(matrix, Array.from(y), { groups }).pValue).toBeCloseTo(
        kernelCalibrationTest(p, y, { groups }).pValue,
        10,
      );
    }
  });

  it("covers the population value, at zero too, and with groups", () => {
    let far = 0;
    const steps = 400;
    const at = (i: number) => (i + 0.5) / steps;
    for (let i = 0; i < steps; i++)
      for (let j = 0; j < steps; j++)
        far += ((at(i) ** 2 - at(i)) * (at(j) ** 2 - at(j)) * laplacian(at(i), at(j))) / steps ** 2;
    const repetitions = 200;
    for (const cluster of [undefined, { size: 10, correlation: 0.5 }])
      for (const [truth, value] of [
        [calibrated, 0],
        [overconfident, far],
      ] as const) {
        const { coverage } = coverageOf(
          { name: "", a: 1, truth, cluster },
          300,
          value,
          repetitions,
          createRandom(5),
          ({ confidences, outcomes, groups }) =>
            kernelCalibrationError(confidences, outcomes, { groups }).interval as [number, number],
        );
        expect((1 - coverage) * repetitions).toBeLessThanOrEqual(
          binomialQuantile(1 - 1e-7, repetitions, 0.05),
        );
      }
  });

  it("says what it does not know, and refuses bad input", () => {
    expect(codeOf(() => kernelCalibrationError([0.4], [1]))).toBe("too-few");
    expect(kernelCalibrationError([0.4], [1], { estimator: "biased" }).interval).toEqual([0, Infinity]);
    expect(kernelCalibrationError(p, y, { groups: new Array(80).fill(1) }).interval?.[1]).toBe(Infinity);
    expect(codeOf(() => kernelCalibrationError(p, y, { bandwidth: 0 }))).toBe("out-of-range");
    expect(codeOf(() => kernelCalibrationError(p, y, { kernel: "x" as "gaussian" }))).toBe("unknown-option");
    expect(codeOf(() => kernelCalibrationError(p, y, { estimator: "x" as "biased" }))).toBe("unknown-option");
    expect(codeOf(() => kernelCalibrationError({ data: [0.5, 0.6], rows: 1, columns: 2 }, [0]))).toBe(
      "not-normalised",
    );
    expect(kernelCalibrationError([0, 1], [0, 1]).value).toBe(0);
  });
});
