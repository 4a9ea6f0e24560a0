import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { halfSampleStrata } from "./halfSampleStrata.js";
import { jackknifeInterval, jackknifeStrata } from "./jackknifeStrata.js";

const random = createRandom(3);
const mean = (x: ArrayLike<number>, rows: Int32Array) =>
  rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
const draw = (n: number, sd: number) => Float64Array.from({ length: n }, () => sd * sampleNormal(random));

describe("halfSampleStrata", () => {
  it("covers a difference of means of unequal, odd samples at its level", () => {
    const repetitions = 300;
    let missed = 0;
    for (let b = 0; b < repetitions; b++) {
      const [x, y] = [draw(61, 1), draw(25, 3)];
      const [gap] = halfSampleStrata([{ rows: 61 }, { rows: 25 }], ([i, j]) => [mean(y, j) - mean(x, i)], {
        level: 0.9,
        resamples: 200,
        seed: b,
      });
      if (gap.interval![0] > 0 || gap.interval![1] < 0) missed++;
    }
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.115)); // plain quantiles at 25 rows
    expect(missed).toBeGreaterThan(8);
  });

  it("keeps groups whole, and says nothing with one of them", () => {
    const groups = Array.from({ length: 12 }, (_, i) => i % 4);
    halfSampleStrata(
      [{ rows: 12, groups }, { rows: 5 }],
      ([rows]) => {
        const seen = new Map<number, number>();
        for (const row of rows) seen.set(groups[row], (seen.get(groups[row]) ?? 0) + 1);
        expect([...seen.values()].every((size) => size === 3)).toBe(true);
        return [0];
      },
      { resamples: 20 },
    );
    const [alone] = halfSampleStrata([{ rows: 3, groups: [7, 7, 7] }, { rows: 5 }], () => [1]);
    expect(alone.interval).toEqual([-Infinity, Infinity]);
    expect(alone.groups).toBe(6);
  });
});

describe("jackknifeStrata", () => {
  it("is exact for means, and removes the bias of a squared one", () => {
    const [x, y] = [draw(40, 1), draw(30, 2)];
    const [gap, square] = jackknifeStrata(
      [{ rows: 40 }, { rows: 30 }],
      ([i, j]) => [mean(y, j) - mean(x, i), (mean(y, j) - mean(x, i)) ** 2],
      { blocks: 1000 },
    );
    const spread = (v: Float64Array) => {
      const m = mean(v, Int32Array.from(v.keys()));
      return v.reduce((sum, t) => sum + (t - m) ** 2, 0) / (v.length * (v.length - 1));
    };
    expect(gap.corrected).toBeCloseTo(gap.value, 12);
    expect(gap.standardError).toBeCloseTo(Math.sqrt(spread(x) + spread(y)), 10);
    // E (mean difference)² = truth² + its variance.
    expect(square.value - square.corrected).toBeCloseTo(spread(x) + spread(y), 10);
  });

  it("gives Welch's interval for two means, which covers with five and three rows of unequal spread", () => {
    const gapOf = (x: Float64Array, y: Float64Array) =>
      jackknifeStrata([{ rows: x.length }, { rows: y.length }], ([i, j]) => [mean(y, j) - mean(x, i)])[0];
    const repetitions = 2000;
    let missed = 0;
    for (let b = 0; b < repetitions; b++) {
      const [low, high] = jackknifeInterval(gapOf(draw(5, 3), draw(3, 1)), 0.9);
      if (low > 0 || high < 0) missed++;
    }
    // Satterthwaite's degrees of freedom are an approximation: it missed 0.094 of 60 000 others.
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repetitions, 0.1));
    expect(missed).toBeGreaterThanOrEqual(binomialQuantile(1e-6, repetitions, 0.088));
  });

  it("knows nothing of the spread of a single unit", () => {
    const [alone] = jackknifeStrata([{ rows: 4 }, { rows: 1 }], () => [1]);
    expect(jackknifeInterval(alone, 0.95)).toEqual([-Infinity, Infinity]);
    expect(() => jackknifeInterval(alone, 1)).toThrow(expect.objectContaining({ code: "out-of-range" }));
  });
});
