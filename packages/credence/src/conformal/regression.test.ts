import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { normalCdf } from "../numeric/special.js";
import { adaptiveConformal } from "./adaptiveConformal.js";
import { expectMean, expectMeanAtLeast, normals, refusal } from "./conformal.test-support.js";
import { cqr } from "./cqr.js";
import { cvPlus } from "./crossConformal.js";
import { enbpi } from "./enbpi.js";
import { mondrian } from "./mondrian.js";
import { conformalRank } from "./quantile.js";
import { splitConformal } from "./splitConformal.js";
import { weightedConformal } from "./weightedConformal.js";

/** Exact coverage of [low, high] under N(0, 1). */
const mass = (low: number, high: number) => normalCdf(high) - normalCdf(low);

describe("splitConformal", () => {
  test("mean coverage is k/(n+1) for continuous scores", () => {
    const random = createRandom(1);
    for (const n of [19, 99, 1000]) {
      const repeats = n === 1000 ? 300 : 3000;
      const coverage = Array.from({ length: repeats }, () =>
        mass(...splitConformal.fit(normals(random, n), { alpha: 0.1 }).predict(0)),
      );
      expectMean(coverage, conformalRank(n, 0.1) / (n + 1));
    }
  });

  test("constant scores: everything is covered", () => {
    const fitted = splitConformal.fit(new Float64Array(50).fill(2), { alpha: 0.1 });
    expect(fitted.predict(1)).toEqual([-1, 3]);
  });

  test("too few rows give the whole line and the reason", () => {
    const fitted = splitConformal.fit([1, 2], { alpha: 0.1 });
    expect(fitted.predict(3)).toEqual([-Infinity, Infinity]);
    expect(fitted.reason).toContain("7 more");
  });

  test("normalised: widths follow the difficulty", () => {
    const fitted = splitConformal.fit([2, -4, 1, 9], { alpha: 0.2, difficulties: [1, 2, 1, 3] });
    expect(fitted.threshold).toBe(3);
    expect(fitted.predict(0, 2)).toEqual([-6, 6]);
    const many = fitted.predict([0, 1], [1, 2]);
    expect([...many.lower, ...many.upper]).toEqual([-3, -5, 3, 7]);
    expect(refusal(() => fitted.predict(0)).code).toBe("length-mismatch");
    expect(refusal(() => fitted.predict(0, 0)).code).toBe("out-of-range");
    expect(refusal(() => splitConformal.fit([1], { alpha: 0.1, difficulties: [1, 2] })).code).toBe(
      "length-mismatch",
    );
    expect(refusal(() => splitConformal.fit([1, 2], { alpha: 0.1 }).predict(1, 2)).code).toBe(
      "length-mismatch",
    );
  });

  test("missing residuals and predictions are refused, never taken for 0 or NaN", () => {
    const missing = [1, null as never, 2];
    const residuals = [1, 2, 3, 4];
    const folds = [0, 0, 1, 1];
    for (const call of [
      () => splitConformal.fit(missing, { alpha: 0.5 }),
      () => mondrian.fit(missing, ["a", "a", "a"], { alpha: 0.5 }),
      () => cqr.fit([0, 0, 0], [1, 1, 1], missing, { alpha: 0.5 }),
      () => cvPlus.fit(missing, [0, 0, 1], { alpha: 0.5 }),
      () => splitConformal.fit(residuals, { alpha: 0.5 }).predict(Number.NaN),
      () => splitConformal.fit(residuals, { alpha: 0.5 }).predict([1, "2" as never]),
      () => mondrian.fit(residuals, folds, { alpha: 0.5 }).predict([Number.NaN], [0]),
      () => cqr.fit(folds, residuals, residuals, { alpha: 0.5 }).predict([0], [Number.NaN]),
      () => weightedConformal.fit(residuals, residuals, { alpha: 0.5 }).predict(Number.NaN, 1),
      () => adaptiveConformal({ alpha: 0.5, scores: residuals }).predict(Number.NaN),
      () => enbpi(residuals, { alpha: 0.5 }).predict(Number.NaN),
      () => enbpi([1, Infinity], { alpha: 0.5 }),
    ])
      expect(refusal(call).code).toBe("not-finite");
    expect(refusal(() => splitConformal.fit(undefined as never, { alpha: 0.5 })).code).toBe("shape-mismatch");
    expect(refusal(() => cvPlus.fit(residuals, [0, 0, 1, 1e9], { alpha: 0.5 })).code).toBe("out-of-range");
    expect(refusal(() => conformalRank(Number.NaN, 0.5)).code).toBe("out-of-range");
  });

  test("groups: coverage of a row of a new group is kept where rows alone would lose it", () => {
    const random = createRandom(5);
    const G = 30;
    const grouped: number[] = [];
    const rows: number[] = [];
    for (let repeat = 0; repeat < 600; repeat++) {
      const residuals: number[] = [];
      const groups: number[] = [];
      for (let g = 0; g < G; g++) {
        const shift = 3 * normals(random, 1)[0];
        // Groups with small spread are large: rows overweight them.
        const size = Math.abs(shift) < 1 ? 20 : 2;
        for (const e of normals(random, size)) {
          residuals.push(shift + 0.3 * e);
          groups.push(g);
        }
      }
      const q = splitConformal.fit(residuals, { alpha: 0.1, groups }).threshold;
      const plain = splitConformal.fit(residuals, { alpha: 0.1 }).threshold;
      const sd = Math.hypot(3, 0.3);
      grouped.push(mass(-q / sd, q / sd));
      rows.push(mass(-plain / sd, plain / sd));
    }
    expectMeanAtLeast(grouped, 0.9);
    expect(rows.reduce((a, b) => a + b) / rows.length).toBeLessThan(0.85);
  });
});

describe("cqr", () => {
  test("symmetric: coverage k/(n+1); asymmetric: within [1−α, 1−α+2/(n+1)]", () => {
    const random = createRandom(7);
    for (const n of [19, 99]) {
      const symmetric: number[] = [];
      const asymmetric: number[] = [];
      for (let repeat = 0; repeat < 3000; repeat++) {
        const y = normals(random, n);
        const low = new Float64Array(n).fill(-1);
        const high = new Float64Array(n).fill(2);
        symmetric.push(mass(...cqr.fit(low, high, y, { alpha: 0.2 }).predict(-1, 2)));
        asymmetric.push(mass(...cqr.fit(low, high, y, { alpha: 0.2, margins: "asymmetric" }).predict(-1, 2)));
      }
      expectMean(symmetric, conformalRank(n, 0.2) / (n + 1));
      expectMeanAtLeast(asymmetric, 0.8);
      expectMeanAtLeast(
        asymmetric.map((x) => -x),
        -(0.8 + 2 / (n + 1)),
      );
    }
  });

  test("margins may be negative, lists work, bad input is refused", () => {
    const fitted = cqr.fit([0, 0, 0, 0], [10, 10, 10, 10], [5, 5, 5, 5], { alpha: 0.2 });
    expect(fitted.threshold).toBe(-5);
    expect(fitted.predict(0, 10)).toEqual([5, 5]);
    const many = fitted.predict([0, 0], [10, 4]);
    expect([...many.lower, ...many.upper]).toEqual([5, 5, 5, -1]);
    expect(refusal(() => cqr.fit([0], [1, 2], [1], { alpha: 0.2 })).code).toBe("length-mismatch");
    expect(refusal(() => cqr.fit([0], [1], [Number.NaN], { alpha: 0.2 })).code).toBe("not-finite");
    expect(refusal(() => cqr.fit([0], [1], [1], { alpha: 0.2, margins: "both" as "symmetric" })).code).toBe(
      "unknown-option",
    );
    expect(cqr.fit([0], [1], [1], { alpha: 0.2, margins: "asymmetric" }).reason).toContain("8 more");
  });
});

describe("mondrian", () => {
  test("keeps the promise in every category, where one threshold does not", () => {
    const random = createRandom(11);
    const spread = { calm: 0.2, wild: 3 };
    const covered = { calm: [] as number[], wild: [] as number[], wildPooled: [] as number[] };
    for (let repeat = 0; repeat < 1500; repeat++) {
      const residuals: number[] = [];
      const categories: string[] = [];
      for (const [name, n] of [
        ["calm", 120],
        ["wild", 29],
      ] as const)
        for (const z of normals(random, n)) {
          residuals.push(spread[name] * z);
          categories.push(name);
        }
      const fitted = mondrian.fit(residuals, categories, { alpha: 0.1 });
      for (const name of ["calm", "wild"] as const) {
        const [low, high] = fitted.predict(0, name);
        covered[name].push(mass(low / spread[name], high / spread[name]));
      }
      const [low, high] = splitConformal.fit(residuals, { alpha: 0.1 }).predict(0);
      covered.wildPooled.push(mass(low / spread.wild, high / spread.wild));
    }
    expectMean(covered.calm, conformalRank(120, 0.1) / 121);
    expectMean(covered.wild, conformalRank(29, 0.1) / 30);
    expect(covered.wildPooled.reduce((a, b) => a + b) / covered.wildPooled.length).toBeLessThan(0.7);
  });

  test("an unseen category is refused, a small one is infinite with a reason", () => {
    const fitted = mondrian.fit([1, 2, 3, 4, 5], ["a", "a", "a", "a", "b"], { alpha: 0.2 });
    expect(fitted.predict([0, 0], ["a", "b"]).upper).toEqual(Float64Array.of(4, Infinity));
    expect(fitted.of("b").reason).toContain("3 more");
    const error = refusal(() => fitted.predict(0, "c"));
    expect(error.code).toBe("unknown-group");
    expect(error.message).toContain('"c"');
    expect(refusal(() => mondrian.fit([1, 2], ["a"], { alpha: 0.2 })).code).toBe("length-mismatch");
  });
});
