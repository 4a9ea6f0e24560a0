import { describe, expect, it } from "vitest";
import { sampleInteger } from "../numeric/distributions.js";
import { quantileSorted } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { bootstrapCalibrationError } from "./bootstrapCalibrationError.js";
import { ece } from "./ece.js";
import { randomSample } from "./sample.test-support.js";

describe("bootstrapCalibrationError", () => {
  const { confidences, outcomes } = randomSample(2000, 1, (p) => p * p);

  it("agrees with resampling the rows themselves", () => {
    const random = createRandom(5);
    const errors = Float64Array.from({ length: 2000 }, () => {
      const rows = Array.from(confidences, () => sampleInteger(random, confidences.length));
      const options = { interval: false };
      return ece(
        rows.map((i) => confidences[i]),
        rows.map((i) => outcomes[i]),
        options,
      ).value;
    }).sort();
    const { interval, method } = bootstrapCalibrationError(confidences, outcomes, { resamples: 4000 });
    const width = (interval as [number, number])[1] - (interval as [number, number])[0];
    expect(method).toBe("bootstrap-percentile");
    expect(Math.abs((interval as [number, number])[0] - quantileSorted(errors, 0.025))).toBeLessThan(
      0.06 * width,
    );
    expect(Math.abs((interval as [number, number])[1] - quantileSorted(errors, 0.975))).toBeLessThan(
      0.06 * width,
    );
  });

  it("resamples whole groups where there are some", () => {
    const groups = Array.from(confidences, (_, i) => i % 40);
    const estimate = bootstrapCalibrationError(confidences, outcomes, { groups, kind: "basic", norm: "l2" });
    expect(estimate).toMatchObject({ method: "cluster-bootstrap-basic", groups: 40, n: 2000 });
    expect(estimate.value).toBe(ece(confidences, outcomes, { norm: "l2" }).value);
    expect(bootstrapCalibrationError([0.5, 0.5], [1, 0], { groups: [1, 1] }).interval).toEqual([
      -Infinity,
      Infinity,
    ]);
  });

  it("draws the same from the same seed", () => {
    const at = (seed: number) => bootstrapCalibrationError(confidences, outcomes, { seed }).interval;
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
    expect(bootstrapCalibrationError(confidences, outcomes, { interval: false }).interval).toBeNull();
  });

  it("refuses what it does not know", () => {
    const options = { kind: "bca" as "basic" };
    expect(() => bootstrapCalibrationError(confidences, outcomes, options)).toThrow(/kind is "bca"/);
  });
});
