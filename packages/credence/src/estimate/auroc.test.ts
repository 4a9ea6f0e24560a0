import { describe, expect, it } from "vitest";
import { detectionMetrics } from "../novelty/detectionMetrics.js";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile, normalCdf } from "../numeric/special.js";
import { errorDetectionAuroc } from "../selective/errorDetectionAuroc.js";
import { aurocEstimate } from "./auroc.js";
import { clopperPearson } from "./proportion.js";

describe("the one AUROC", () => {
  it("is the share of pairs won, with DeLong's variance from the two-sample definition", () => {
    const random = createRandom(3);
    for (let k = 0; k < 20; k++) {
      const y = Array.from({ length: 30 }, (_, i) => Number(i % 3 === 0));
      const s = y.map((v) => Math.round(4 * (v + sampleNormal(random))) / 4); // with ties
      const of = (kind: number) => s.filter((_, i) => y[i] === kind);
      const [negative, positive] = [of(0), of(1)];
      const win = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
      const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;
      const v10 = positive.map((a) => mean(negative.map((b) => win(a, b))));
      const v01 = negative.map((b) => mean(positive.map((a) => win(a, b))));
      const found = aurocEstimate("test", s, y);
      expect(found.value).toBeCloseTo(mean(v10), 12);
      // DeLong's divisors are m − 1 and n − 1; here it is one influence per row, divisor n(n − 1).
      const spread = (x: readonly number[]) => x.reduce((a, b) => a + (b - mean(x)) ** 2, 0) / x.length ** 2;
      const half = (found.interval![1] - found.interval![0]) / 2;
      const t = 2.045229642132703; // 97.5 % of Student's t on 29 degrees of freedom
      expect(half).toBeCloseTo(t * Math.sqrt((spread(v10) + spread(v01)) * (30 / 29)), 9);
    }
  });

  it("is the same for novelty and for errors", () => {
    const known = [0.9, 0.7, 0.8, 0.6];
    const novel = [0.3, 0.65, 0.1];
    const scores = [...known, ...novel];
    const outcomes = scores.map((_, i) => Number(i < known.length));
    expect(detectionMetrics(known, novel).auroc).toEqual(errorDetectionAuroc(scores, outcomes));
  });

  it("does not take a perfect ranking for certain", () => {
    const perfect = detectionMetrics([4, 5, 6], [1, 2, 3]).auroc;
    expect(perfect.value).toBe(1);
    expect(perfect.interval).toEqual(clopperPearson(3, 3));
    expect(perfect.method).toBe("disjoint-pairs");
    const reversed = detectionMetrics([1, 2, 3], [4, 5, 6]).auroc;
    expect(reversed.interval).toEqual(clopperPearson(0, 3));
  });

  it("covers, also where perfect rankings are common", () => {
    const random = createRandom(8);
    const repetitions = 400;
    for (const shift of [0, 2.5, 4]) {
      const truth = normalCdf(shift / Math.SQRT2);
      let missed = 0;
      for (let k = 0; k < repetitions; k++) {
        const draw = (mean: number) => Array.from({ length: 12 }, () => mean + sampleNormal(random));
        const [low, high] = detectionMetrics(draw(shift), draw(0), { resamples: 2 }).auroc.interval!;
        if (truth < low || truth > high) missed++;
      }
      // DeLong's interval is known to miss somewhat more often near 1 in samples this small.
      expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repetitions, shift > 0 ? 0.12 : 0.06));
    }
  });
});
