import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { expectMeanAtLeast, normals, refusal } from "./conformal.test-support.js";
import { crossCqr, cvPlus, jackknifeMinmax, jackknifePlus } from "./crossConformal.js";
import { plainJackknife } from "./jackknife.js";

describe("the jackknife family with groups", () => {
  test("is the weighted quantile of its definition", () => {
    const random = createRandom(4);
    for (let repeat = 0; repeat < 100; repeat++) {
      const n = 30;
      const groups = Array.from({ length: n }, () => Math.floor(random.uniform() * 12));
      const ids = [...new Set(groups)];
      const residuals = Array.from(normals(random, n));
      const centers = Array.from(normals(random, ids.length));
      const alpha = 0.05 + 0.4 * random.uniform();
      // The smallest x with Σ over rows at most x of 1/size ≥ (G + 1)(1 − α).
      const quantile = (values: number[]) => {
        const mass = (x: number) =>
          values.reduce((sum, v, i) => {
            const size = groups.filter((g) => g === groups[i]).length;
            return sum + (v <= x ? 1 / size : 0);
          }, 0);
        const inside = values.filter((x) => mass(x) >= (ids.length + 1) * (1 - alpha) - 1e-9);
        return inside.length ? Math.min(...inside) : Infinity;
      };
      const center = (i: number) => centers[ids.indexOf(groups[i])];
      const expected = [
        -quantile(residuals.map((r, i) => Math.abs(r) - center(i))),
        quantile(residuals.map((r, i) => Math.abs(r) + center(i))),
      ];
      const fitted = jackknifePlus.fit(residuals, { alpha, groups });
      expect(fitted.predict(centers)).toEqual(expected);
      expect(fitted.groups).toBe(ids.length);
      const folds = groups.map((g) => ids.indexOf(g));
      const byFolds = cvPlus.fit(residuals, folds, { alpha, groups });
      expect(byFolds.predict(centers)).toEqual(expected);
      expect(byFolds.guarantee).toBe(Math.max(0, 1 - 2 * alpha));
      const minmax = jackknifeMinmax.fit(residuals, { alpha, groups });
      const q = quantile(residuals.map(Math.abs));
      expect(minmax.predict(centers)).toEqual([Math.min(...centers) - q, Math.max(...centers) + q]);
      expect(minmax.guarantee).toBe(1 - alpha);
    }
  });

  test("with every row its own group it is the family without groups", () => {
    const random = createRandom(5);
    const residuals = Array.from(normals(random, 40));
    const centers = Array.from(normals(random, 40));
    const groups = residuals.map((_, i) => `row ${i}`);
    expect(jackknifePlus.fit(residuals, { alpha: 0.1, groups }).predict(centers)).toEqual(
      jackknifePlus.fit(residuals, { alpha: 0.1 }).predict(centers),
    );
  });

  test("covers rows of new groups, where rows taken as independent would not", () => {
    const random = createRandom(6);
    const alpha = 0.2;
    const inside: Record<string, number[]> = { plus: [], folds: [], minmax: [], plain: [], ungrouped: [] };
    for (let repeat = 0; repeat < 600; repeat++) {
      // A group has its own mean and size; the model is the mean of the group means it saw. Large groups are more alike.
      const rows: { y: number; group: number }[] = [];
      const means: number[] = [];
      const draw = () => {
        const size = random.uniform() < 0.2 ? 30 : 2;
        const center = (size > 2 ? 0.2 : 2) * sampleNormal(random);
        return Array.from({ length: size }, () => center + 0.3 * sampleNormal(random));
      };
      const G = 20;
      for (let g = 0; g < G; g++) {
        const values = draw();
        means.push(values.reduce((a, b) => a + b) / values.length);
        for (const y of values) rows.push({ y, group: g });
      }
      const total = means.reduce((a, b) => a + b);
      const without = means.map((mean) => (total - mean) / (G - 1));
      const K = 5;
      const byFold = Array.from({ length: K }, (_, f) => {
        const kept = means.filter((_, g) => g % K !== f);
        return kept.reduce((a, b) => a + b) / kept.length;
      });
      const groups = rows.map(({ group }) => group);
      const residuals = rows.map(({ y, group }) => y - without[group]);
      const outOfFold = rows.map(({ y, group }) => y - byFold[group % K]);
      const folds = groups.map((g) => g % K);
      const found = {
        plus: jackknifePlus.fit(residuals, { alpha, groups }).predict(without),
        folds: cvPlus.fit(outOfFold, folds, { alpha, groups }).predict(byFold),
        minmax: jackknifeMinmax.fit(residuals, { alpha, groups }).predict(without),
        plain: plainJackknife.fit(residuals, { alpha, groups }).predict(total / G),
        ungrouped: cvPlus.fit(residuals, groups, { alpha }).predict(without),
      };
      const fresh = draw();
      for (const [name, [low, high]] of Object.entries(found))
        inside[name].push(fresh.filter((y) => low <= y && y <= high).length / fresh.length);
    }
    for (const name of ["plus", "folds", "plain"]) expectMeanAtLeast(inside[name], 1 - alpha - 0.02);
    expectMeanAtLeast(inside.minmax, 1 - alpha);
    const mean = inside.ungrouped.reduce((a, b) => a + b) / inside.ungrouped.length;
    expect(mean).toBeLessThan(0.7);
  });

  test("says what is wrong, and what is proven", () => {
    const groups = ["a", "a", "b", "b"];
    const r = [1, -2, 0.5, 1.5];
    expect(refusal(() => cvPlus.fit(r, [0, 1, 0, 1], { alpha: 0.2, groups })).code).toBe("rows-overlap");
    expect(refusal(() => jackknifePlus.fit(r, { alpha: 0.2, groups: ["a"] })).code).toBe("length-mismatch");
    const few = jackknifePlus.fit(r, { alpha: 0.2, groups });
    expect(few.predict([1, 2])).toEqual([-Infinity, Infinity]);
    expect(few.reason).toContain("2 groups cannot promise");
    const many = Array.from({ length: 12 }, (_, i) => i % 6);
    const folds = many.map((g) => g % 3);
    const residuals = many.map((_, i) => i);
    expect(cvPlus.fit(residuals, folds, { alpha: 0.3, groups: many }).guarantee).toBeNull();
    expect(jackknifeMinmax.fit(residuals, { folds, alpha: 0.3, groups: many }).guarantee).toBeNull();
    const zeros = residuals.map(() => 0);
    const cqr = crossCqr.fit(zeros, zeros, residuals, folds, { alpha: 0.3, groups: many });
    expect(cqr.groups).toBe(6);
    expect(cqr.predict([0, 0, 0], [0, 0, 0])[1]).toBeLessThan(Infinity);
  });
});
