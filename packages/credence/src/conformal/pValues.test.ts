import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile, normalCdf } from "../numeric/special.js";
import { benjaminiHochberg } from "./benjaminiHochberg.js";
import { combinePValues, type PValueCombination } from "./combinePValues.js";
import { normals, refusal } from "./conformal.test-support.js";
import { conformalPValues } from "./pValues.js";

const random = createRandom(1);

describe("conformalPValues", () => {
  test("by counting, plain, smoothed and grouped", () => {
    const calibration = Array.from(normals(random, 50), (z) => Math.round(3 * z));
    const fresh = Array.from(normals(random, 20), (z) => Math.round(3 * z));
    const groups = calibration.map((_, i) => (i < 10 ? "big" : i));
    const u = createRandom(3);
    const plain = conformalPValues(calibration, fresh);
    const smoothed = conformalPValues(calibration, fresh, { smoothed: true, seed: 3 });
    const grouped = conformalPValues(calibration, fresh, { groups });
    fresh.forEach((s, i) => {
      const above = calibration.filter((c) => c > s).length;
      const equal = calibration.filter((c) => c === s).length;
      expect(plain[i]).toBeCloseTo((1 + above + equal) / 51, 12);
      expect(smoothed[i]).toBeCloseTo((above + u.uniform() * (1 + equal)) / 51, 12);
      const mass = calibration.reduce((m, c, k) => m + (c >= s ? (k < 10 ? 0.1 : 1) : 0), 0);
      expect(grouped[i]).toBeCloseTo((1 + mass) / 42, 12);
    });
    expect(refusal(() => conformalPValues([], [1])).code).toBe("empty-input");
    expect(refusal(() => conformalPValues([1], [Number.NaN])).code).toBe("not-finite");
  });

  test("valid under ties; smoothed exactly uniform", () => {
    const repeats = 6000;
    let plain = 0;
    let smoothed = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const draw = () => Math.floor(4 * random.uniform());
      const calibration = Array.from({ length: 19 }, draw);
      const fresh = [draw()];
      if (conformalPValues(calibration, fresh)[0] <= 0.2) plain++;
      if (conformalPValues(calibration, fresh, { smoothed: true, seed: repeat })[0] <= 0.2) smoothed++;
    }
    expect(plain).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repeats, 0.2));
    expect(smoothed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repeats, 0.2));
    expect(smoothed).toBeGreaterThanOrEqual(binomialQuantile(1e-7, repeats, 0.2));
  });
});

describe("combinePValues", () => {
  const independent: PValueCombination[] = ["fisher", "stouffer", "simes", "cauchy"];
  const any: PValueCombination[] = ["bonferroni", "mean", "geometric", "harmonic"];

  test("each is valid where it says so", () => {
    const repeats = 4000;
    const most = binomialQuantile(1 - 1e-7, repeats, 0.1);
    for (const k of [2, 3, 12])
      for (const method of [...independent, ...any]) {
        let rejected = 0;
        let alike = 0;
        for (let repeat = 0; repeat < repeats; repeat++) {
          const p = Array.from({ length: k }, () => random.uniform());
          if (combinePValues(p, method) <= 0.1) rejected++;
          // Strong dependence: nearly the same p-value k times.
          const shared = normals(random, 1)[0];
          const close = Array.from(normals(random, k), (z) =>
            normalCdf(Math.sqrt(0.9) * shared + Math.sqrt(0.1) * z),
          );
          if (combinePValues(close, method) <= 0.1) alike++;
        }
        if (method !== "cauchy") expect(rejected).toBeLessThanOrEqual(most);
        if (any.includes(method)) expect(alike).toBeLessThanOrEqual(most);
      }
  });

  test("reference values", () => {
    const p = [0.01, 0.2, 0.04];
    // scipy.stats.combine_pvalues, SciPy 1.10.1.
    expect(combinePValues(p, "fisher")).toBeCloseTo(0.004394303471102359, 14);
    expect(combinePValues(p, "stouffer")).toBeCloseTo(0.0022571840597019276, 14);
    expect(combinePValues(p, "simes")).toBeCloseTo(0.03, 12);
    expect(combinePValues(p, "mean")).toBeCloseTo((2 * 0.25) / 3, 12);
    expect(combinePValues([0, 1], "stouffer")).toBe(1);
    expect(combinePValues([0, 0.5], "cauchy")).toBe(0);
    expect(combinePValues([0.3], "harmonic")).toBe(0.3);
    expect(combinePValues([0.9, 0.9])).toBe(1);
    expect(refusal(() => combinePValues([])).code).toBe("empty-input");
    expect(refusal(() => combinePValues([0.1], "best" as "mean")).code).toBe("unknown-option");
  });
});

describe("benjaminiHochberg", () => {
  test("equals the step-up definition", () => {
    for (let repeat = 0; repeat < 300; repeat++) {
      const m = 1 + Math.floor(random.uniform() * 30);
      const p = Array.from({ length: m }, () => Math.round(20 * random.uniform() ** 3) / 20);
      for (const dependence of ["positive", "any"] as const) {
        const factor = dependence === "any" ? p.reduce((s, _, i) => s + 1 / (i + 1), 0) : 1;
        const sorted = [...p].sort((a, b) => a - b);
        let cut = -1;
        sorted.forEach((x, i) => {
          if (x <= (0.25 * (i + 1)) / (m * factor) + 1e-12) cut = x;
        });
        const { rejected, adjusted } = benjaminiHochberg(p, 0.25, { dependence });
        expect(rejected).toEqual(p.flatMap((x, i) => (x <= cut ? [i] : [])));
        expect(adjusted.every((q, i) => q >= p[i])).toBe(true);
      }
    }
    expect(benjaminiHochberg([], 0.1).rejected).toEqual([]);
    expect(refusal(() => benjaminiHochberg([2], 0.1)).code).toBe("not-a-probability");
    expect(refusal(() => benjaminiHochberg([0.2], 0)).code).toBe("out-of-range");
  });
});
