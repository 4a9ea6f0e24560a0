import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { codeOf } from "./codeOf.test-support.js";
import { calibrated, draw } from "./coverage.test-support.js";
import { reliabilityCurve } from "./reliabilityCurve.js";
import { fixedSample, randomSample } from "./sample.test-support.js";

describe("reliabilityCurve", () => {
  const { confidences, outcomes } = fixedSample();

  it("equals the definition, bin by bin", () => {
    const { points, n, histogram } = reliabilityCurve(confidences, outcomes, { bins: 10, histogramBins: 20 });
    expect(n).toBe(400);
    for (const point of points) {
      const rows = [...confidences.keys()].filter(
        (i) =>
          confidences[i] <= point.upper &&
          (confidences[i] > point.lower || (point.lower === 0 && confidences[i] === 0)),
      );
      expect(point.n).toBe(rows.length);
      expect(point.meanConfidence).toBeCloseTo(
        rows.reduce((s, i) => s + confidences[i], 0) / rows.length,
        12,
      );
      expect(point.frequency).toBeCloseTo(rows.reduce((s, i) => s + outcomes[i], 0) / rows.length, 12);
      const [low, high] = point.pointwise as [number, number];
      const [lower, higher] = point.simultaneous as [number, number];
      expect(lower).toBeLessThanOrEqual(low);
      expect(higher).toBeGreaterThanOrEqual(high);
      expect(low).toBeLessThanOrEqual(point.meanConfidence);
      expect(high).toBeGreaterThanOrEqual(point.meanConfidence);
    }
    expect(histogram.edges).toHaveLength(21);
    expect(histogram.counts.reduce((s, v) => s + v, 0)).toBe(400);
    expect(histogram.positives.reduce((s, v) => s + v, 0)).toBe(165);
  });

  it("leaves empty bins out", () => {
    const { points } = reliabilityCurve([0.05, 0.95], [0, 1], { bins: 10 });
    expect(points.map((point) => point.lower)).toEqual([0, 0.9]);
  });

  it("has bands as consistency resampling gives them", () => {
    const { confidences } = randomSample(300, 2);
    const random = createRandom(1);
    const { points } = reliabilityCurve(confidences, new Uint8Array(300), { bins: 5 });
    for (const { lower, upper, n, pointwise } of points) {
      const rows = confidences.filter((p) => p > lower && p <= upper);
      const draws = Float64Array.from({ length: 4000 }, () => {
        let sum = 0;
        for (const p of rows) sum += +(random.uniform() < p);
        return sum / n;
      }).sort();
      expect(Math.abs((pointwise as [number, number])[0] - draws[100])).toBeLessThanOrEqual(1.01 / n);
      expect(Math.abs((pointwise as [number, number])[1] - draws[3899])).toBeLessThanOrEqual(1.01 / n);
    }
  });

  it("keeps the promise of its bands, with groups too", () => {
    const repetitions = 200;
    for (const cluster of [undefined, { size: 10, correlation: 0.5 }]) {
      const random = createRandom(6);
      let outside = 0;
      let missed = 0;
      for (let k = 0; k < repetitions; k++) {
        const sample = draw({ name: "", a: 1, truth: calibrated, cluster }, 1000, random);
        const { points } = reliabilityCurve(sample.confidences, sample.outcomes, {
          bins: 10,
          groups: sample.groups,
          isotonic: false,
        });
        if (
          points.some(
            ({ frequency, simultaneous }) =>
              frequency < (simultaneous as [number, number])[0] ||
              frequency > (simultaneous as [number, number])[1],
          )
        )
          outside++;
        const middle = points[5];
        const [low, high] = middle.interval as [number, number];
        if (low > 0.55 || high < 0.55) missed++;
      }
      expect(outside).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.06));
      expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.06));
    }
  });

  it("turns work off where asked, and says what it does not know", () => {
    const bare = reliabilityCurve(confidences, outcomes, { interval: false, isotonic: false });
    expect(bare).toMatchObject({ method: "none", isotonic: [] });
    expect(bare.points[0]).toMatchObject({ interval: null, pointwise: null, simultaneous: null });
    const one = reliabilityCurve([0.5, 0.5], [1, 0], { groups: [1, 1] });
    expect(one).toMatchObject({ method: "cluster-consistency", groups: 1 });
    expect(one.points[0]).toMatchObject({ interval: [0, 1], pointwise: [0, 1] });
    expect(codeOf(() => reliabilityCurve([0.5], [1], { histogramBins: 0 }))).toBe("out-of-range");
    expect(codeOf(() => reliabilityCurve([0.5], [3]))).toBe("not-binary");
    // Exact 0 and 1, right and wrong.
    const extreme = reliabilityCurve([0, 0, 1, 1], [0, 1, 1, 1]);
    expect(extreme.points[0].pointwise).toEqual([0, 0]);
    expect(extreme.points[1].pointwise).toEqual([1, 1]);
  });
});
