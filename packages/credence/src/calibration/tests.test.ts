import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { calibrationIntercept, calibrationSlope, coxTest } from "./calibrationSlope.js";
import { codeOf } from "./codeOf.test-support.js";
import { consistencyResamplingTest } from "./consistencyResamplingTest.js";
import { calibrated, draw, overconfident } from "./coverage.test-support.js";
import { kolmogorovSmirnovTest, kuiperTest } from "./cumulativeTests.js";
import { kernelCalibrationTest } from "./kernelCalibrationError.js";
import { fixedSample, randomSample } from "./sample.test-support.js";
import { spiegelhalterTest } from "./spiegelhalterTest.js";

const { confidences, outcomes } = fixedSample();
const few = { resamples: 99 };
const tests = {
  spiegelhalterTest,
  kolmogorovSmirnovTest,
  kuiperTest,
  coxTest,
  consistencyResamplingTest,
  kernelCalibrationTest,
};

describe("tests of calibration", () => {
  it("equal NumPy 1.24 and SciPy 1.10 on a fixed sample", () => {
    const z = spiegelhalterTest(confidences, outcomes);
    expect(z.statistic).toBeCloseTo(1.3105136994545845, 11);
    expect(z.pValue).toBeCloseTo(0.19002211286, 8);
    const ks = kolmogorovSmirnovTest(confidences, outcomes);
    expect(ks.difference).toBeCloseTo(0.1076, 12);
    expect(ks.statistic).toBeCloseTo(5.2736364393131705, 11);
    expect(kuiperTest(confidences, outcomes).difference).toBeCloseTo(0.13738125, 12);
    expect(coxTest(confidences, outcomes).statistic).toBeCloseTo(21.41151768620381, 8);
    const slope = calibrationSlope(confidences, outcomes);
    expect(slope.value).toBeCloseTo(0.81701191, 7);
    expect((slope.interval as [number, number])[1] - slope.value).toBeCloseTo(
      1.959963984540054 * 0.09487134,
      5,
    );
    expect(calibrationIntercept(confidences, outcomes).value).toBeCloseTo(-0.52376394, 7);
  });

  for (const [name, test] of Object.entries(tests))
    it(`${name}: rejects calibrated models as often as it says, and overconfident ones more`, () => {
      for (const cluster of [undefined, { size: 5, correlation: 0.4 }]) {
        const repetitions = 120;
        const random = createRandom(12);
        const rejections = (truth: (p: number) => number) => {
          let count = 0;
          for (let k = 0; k < repetitions; k++) {
            const sample = draw({ name: "", a: 1, truth, cluster }, 300, random);
            const { pValue } = test(sample.confidences, sample.outcomes, { groups: sample.groups, ...few });
            expect(pValue).toBeGreaterThanOrEqual(0);
            expect(pValue).toBeLessThanOrEqual(1);
            if (pValue <= 0.05) count++;
          }
          return count;
        };
        expect(rejections(calibrated)).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.07));
        // Spiegelhalter's test looks for a Brier score that is off; q = p² leaves it as it would be.
        if (name !== "spiegelhalterTest")
          expect(rejections(overconfident)).toBeGreaterThan(repetitions * 0.6);
      }
    });

  it("spiegelhalterTest sees over- and underconfidence by its sign", () => {
    const shrunk = (power: number) => (p: number) => p ** power / (p ** power + (1 - p) ** power);
    const over = randomSample(2000, 1, shrunk(0.5));
    const under = randomSample(2000, 1, shrunk(2));
    expect(spiegelhalterTest(over.confidences, over.outcomes).statistic).toBeGreaterThan(5);
    expect(spiegelhalterTest(under.confidences, under.outcomes).statistic).toBeLessThan(-5);
  });

  it("cumulative tests do not depend on the order of tied rows", () => {
    const p = [0.5, 0.5, 0.5, 0.5, 0.9, 0.9];
    for (const test of [kolmogorovSmirnovTest, kuiperTest])
      expect(test(p, [1, 1, 0, 0, 1, 1])).toEqual(test(p, [0, 1, 0, 1, 1, 1]));
    expect(kolmogorovSmirnovTest([0.5, 0.5], [1, 0]).pValue).toBe(1);
  });

  it("the limit laws have the right quantiles", () => {
    // One row of p = ½ and n/4 = variance: statistic = |difference| √n / ½. The 95 % points are 2.2414 for the largest
    // |W| and 2.4977 for the range (Feller 1951).
    const at = (test: typeof kuiperTest, statistic: number) => {
      const n = 1_000_000;
      const ones = Math.round(n / 2 + (statistic * Math.sqrt(n)) / 2);
      const y = Uint8Array.from({ length: n }, (_, i) => +(i < ones));
      return test(new Float64Array(n).fill(0.5), y).pValue;
    };
    expect(at(kolmogorovSmirnovTest, 2.2414)).toBeCloseTo(0.05, 3);
    expect(at(kuiperTest, 2.4977)).toBeCloseTo(0.05, 3);
    // Both expansions of the first meet at 1.
    expect(at(kolmogorovSmirnovTest, 0.9999)).toBeCloseTo(at(kolmogorovSmirnovTest, 1.0001), 3);
  });

  it("cluster-robust slopes cover, where plain ones do not", () => {
    const random = createRandom(2);
    const missed = { plain: 0, robust: 0 };
    for (let k = 0; k < 150; k++) {
      const population = { name: "", a: 1, truth: calibrated, cluster: { size: 10, correlation: 0.8 } };
      const sample = draw(population, 500, random);
      const misses = ([low, high]: readonly [number, number]) => low > 0 || high < 0;
      const of = (groups?: Int32Array) =>
        misses(
          calibrationIntercept(sample.confidences, sample.outcomes, { groups }).interval as [number, number],
        );
      if (of()) missed.plain++;
      if (of(sample.groups)) missed.robust++;
    }
    expect(missed.robust).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, 150, 0.07));
    expect(missed.plain).toBeGreaterThan(30);
  });

  it("say where there is nothing to test", () => {
    expect(codeOf(() => spiegelhalterTest([0.5, 0.5, 1, 0], [1, 0, 1, 0]))).toBe("too-few");
    expect(codeOf(() => spiegelhalterTest([0.5, 0.4], [1, 0], { groups: [1, 1] }))).toBe("too-few");
    expect(codeOf(() => spiegelhalterTest([0.5, 0.5], [1, 0], { groups: [1, 2] }))).toBe("too-few");
    expect(codeOf(() => kolmogorovSmirnovTest([0, 1], [0, 1]))).toBe("too-few");
    expect(codeOf(() => kuiperTest([0.3, 0.6], [0, 1], { groups: ["a", "a"] }))).toBe("too-few");
    expect(codeOf(() => kuiperTest([0.3, 0.6], [0, 1], { groups: ["a", "b"], resamples: 0 }))).toBe(
      "out-of-range",
    );
    expect(codeOf(() => consistencyResamplingTest([0.3, 0.6], [0, 1], { groups: [1, 1] }))).toBe("too-few");
    expect(codeOf(() => consistencyResamplingTest([0.3], [0], { resamples: 0 }))).toBe("out-of-range");
    expect(codeOf(() => kernelCalibrationTest([0, 1], [0, 1]))).toBe("too-few");
    for (const fit of [calibrationSlope, calibrationIntercept, coxTest])
      expect(codeOf(() => fit([0.3, 0.6], [1, 1]))).toBe("too-few");
    expect(codeOf(() => calibrationSlope([0.3, 0.3, 0.3], [1, 0, 1]))).toBe("too-few"); // constant scores
    expect(codeOf(() => calibrationSlope([0.1, 0.2, 0.8], [0, 0, 1]))).toBe("too-few"); // separable
    expect(codeOf(() => calibrationSlope([0.1, 0.2, 0.8], [1, 1, 0]))).toBe("too-few"); // anti-informative
    expect(codeOf(() => calibrationSlope([0.1], [0], { epsilon: 0 }))).toBe("out-of-range");
    expect(codeOf(() => coxTest([0.3, 0.6, 0.4, 0.5], [1, 0, 0, 1], { groups: [1, 1, 2, 2] }))).toBe(
      "too-few",
    );
    expect(calibrationSlope([0.3, 0.6, 0.4, 0.5], [1, 0, 0, 1], { interval: false }).interval).toBeNull();
    expect(
      calibrationIntercept([0.3, 0.6, 0.4, 0.5], [1, 0, 0, 1], { groups: [1, 1, 1, 1] }).interval,
    ).toEqual([-Infinity, Infinity]);
    // A perfect fit leaves nothing to reject.
    expect(consistencyResamplingTest([0, 1], [0, 1]).pValue).toBe(1);
  });
});
