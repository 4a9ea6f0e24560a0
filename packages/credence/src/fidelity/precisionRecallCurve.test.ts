import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { normalCdf } from "../numeric/special.js";
import { modes, normals } from "./draw.test-support.js";
import { curveSummary, errorTradeoff, precisionAt, radiiOnRays, rayAngles } from "./errorTradeoff.js";
import { precisionRecallCurve } from "./precisionRecallCurve.js";

const random = createRandom(21);
const quick = { interval: false } as const;

describe("errorTradeoff", () => {
  const real = Float64Array.from({ length: 60 }, () => Math.floor(random.uniform() * 9));
  const generated = Float64Array.from({ length: 40 }, () => Math.floor(random.uniform() * 9) + 2);
  const tradeoff = errorTradeoff(real, generated);
  /** min over thresholds of λ·P(score ≥ γ) + Q(score < γ). */
  const precision = (slope: number) =>
    Math.min(
      ...Array.from({ length: 14 }, (_, threshold) => {
        const falseRate = real.filter((s) => s >= threshold).length / 60;
        const missRate = generated.filter((s) => s < threshold).length / 40;
        return slope * falseRate + missRate;
      }),
    );

  it("equals the minimum over thresholds at every slope", () => {
    const angles = rayAngles(101);
    const radii = radiiOnRays(tradeoff, angles);
    angles.forEach((angle, i) => {
      const slope = Math.tan(angle);
      expect(precisionAt(tradeoff, slope)).toBeCloseTo(precision(slope), 12);
      expect(radii[i]).toBeCloseTo(Math.hypot(precision(slope), precision(slope) / slope), 10);
    });
  });

  it("summarises the curve exactly", () => {
    const { auc, f8, fEighth, overlap } = curveSummary(tradeoff);
    const angles = rayAngles(4000);
    const f = (b: number, p: number, r: number) => ((1 + b * b) * p * r) / (b * b * p + r);
    let area = 0;
    let best8 = 0;
    let bestEighth = 0;
    for (const angle of angles) {
      const p = precision(Math.tan(angle));
      const r = p / Math.tan(angle);
      area += ((p * p + r * r) / 2) * (Math.PI / 2 / angles.length);
      best8 = Math.max(best8, f(8, p, r));
      bestEighth = Math.max(bestEighth, f(1 / 8, p, r));
    }
    expect(auc).toBeCloseTo(area, 4);
    expect(f8).toBeCloseTo(best8, 3);
    expect(fEighth).toBeCloseTo(bestEighth, 3);
    expect(overlap).toBeCloseTo(precision(1), 12);
  });
});

describe("precisionRecallCurve", () => {
  it.each(["knn", "coverage"] as const)("finds the exact curve of shifted normals: %s", (family) => {
    const shift = 1.2;
    const n = 4000;
    const { angles, precision, overlap } = precisionRecallCurve(
      normals(random, n, 2),
      normals(random, n, 2, shift),
      { ...quick, family, k: 60 },
    );
    expect(overlap.value).toBeCloseTo(2 * normalCdf(-shift / 2), 1);
    angles.forEach((angle, i) => {
      // Likelihood ratio test: A = {x > t} with t = shift/2 + ln λ / shift.
      const slope = Math.tan(angle);
      const t = shift / 2 + Math.log(slope) / shift;
      const exact = slope * normalCdf(-t) + normalCdf(t - shift);
      expect(Math.abs(precision[i] - exact)).toBeLessThan(0.06);
    });
  });

  it.each(["knn", "coverage"] as const)(
    "knows which sample is real, and mode drop .5 exactly: %s",
    (family) => {
      const both = modes(random, 2000, [0, 10], [0.5, 0.5]);
      const one = modes(random, 2000, [0], [1]);
      const dropped = precisionRecallCurve(both, one, { ...quick, family });
      // Exact: precision min(1, λ/2), recall at most ½.
      expect(Math.max(...dropped.recall)).toBeLessThan(0.56);
      expect(Math.max(...dropped.precision)).toBeGreaterThan(0.97);
      expect(dropped.auc.value).toBeCloseTo(0.5, 1);
      const invented = precisionRecallCurve(one, both, { ...quick, family });
      expect(Math.max(...invented.precision)).toBeLessThan(0.56);
      expect(Math.max(...invented.recall)).toBeGreaterThan(0.97);
    },
  );

  it("sees re-weighted modes: 1 − TV is .7 where .5/.5 became .8/.2", () => {
    const real = modes(random, 2000, [0, 10], [0.5, 0.5]);
    const skewed = modes(random, 2000, [0, 10], [0.8, 0.2]);
    expect(precisionRecallCurve(real, skewed, quick).overlap.value).toBeCloseTo(0.7, 1);
  });

  it("is nearly 1 at equality, 0 for samples apart", () => {
    const sample = () => normals(random, 3000, 2);
    expect(precisionRecallCurve(sample(), sample(), quick).auc.value).toBeGreaterThan(0.98);
    expect(precisionRecallCurve(sample(), normals(random, 3000, 2, 50), quick).auc.value).toBe(0);
  });

  it("shares ties: tables of few distinct rows are equal to themselves", () => {
    const table = () => ({
      data: Float64Array.from({ length: 1000 }, () => Math.floor(random.uniform() * 3)),
      rows: 1000,
      columns: 1,
    });
    expect(precisionRecallCurve(table(), table(), quick).overlap.value).toBeGreaterThan(0.85);
  });

  it("has intervals from half samples, and does not depend on them", () => {
    const real = normals(random, 400, 2);
    const generated = normals(random, 300, 2, 1);
    for (const family of ["knn", "coverage"] as const) {
      const full = precisionRecallCurve(real, generated, { family, resamples: 40, angles: 12 });
      const values = precisionRecallCurve(real, generated, { ...quick, family, angles: 12 });
      expect(full.auc.value).toBe(values.auc.value);
      expect(full.auc.interval![0]).toBeLessThan(full.auc.value);
      expect(full.radius).toHaveLength(12);
      expect(full.radius[5].interval![1]).toBeGreaterThan(full.radius[5].value);
    }
  });

  it("is not certain that nothing is shared because no test row was mistaken", () => {
    // Squares side by side that share a hundredth; a sixth of the curves are 0 everywhere.
    const square = (from: number) => ({
      data: Float64Array.from({ length: 120 }, (_, i) => (i % 2 ? 0 : from) + random.uniform()),
      rows: 60,
      columns: 2,
    });
    const curves = Array.from({ length: 120 }, (_, seed) =>
      precisionRecallCurve(square(0), square(0.99), { angles: 3, resamples: 40, seed }),
    );
    const zeros = curves.filter(({ auc }) => auc.value === 0);
    expect(zeros.length).toBeGreaterThan(6);
    for (const part of ["auc", "overlap", "f8", "fEighth"] as const) {
      const expected = curves.reduce((sum, curve) => sum + curve[part].value, 0) / curves.length;
      for (const curve of zeros) expect(curve[part].interval![1]).toBeGreaterThan(expected);
    }
    const [{ overlap, radius }] = zeros;
    // 30 test rows a sample: the bound of each error rate is 1 − 0.025^(1/30).
    const bound = 1 - 0.025 ** (1 / 30);
    expect(overlap.interval![1]).toBeCloseTo(2 * bound, 10);
    expect(radius[1].interval![1]).toBeCloseTo(2 * bound * Math.SQRT2, 10);
    const groups = { real: Array.from({ length: 60 }, (_, i) => i % 20) };
    const grouped = precisionRecallCurve(square(0), square(5), { groups, resamples: 40 }).overlap;
    expect(grouped.interval![1]).toBeCloseTo(1 - 0.025 ** (1 / 10) + bound, 10);
  });

  it("refuses bad shapes", () => {
    const tiny = normals(random, 3, 2);
    expect(() => precisionRecallCurve(tiny, tiny, { k: 9 })).toThrow(/leaves 2 rows/);
    expect(() => precisionRecallCurve(tiny, normals(random, 3, 4))).toThrow(/columns/);
    expect(() => precisionRecallCurve(tiny, tiny, { family: "ipr" as "knn" })).toThrow(/"knn", "coverage"/);
    expect(() => precisionRecallCurve(normals(random, 1, 2), tiny)).toThrow();
  });
});
