import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom, type Random } from "../numeric/random.js";
import { expectMeanAtLeast, normals, refusal } from "./conformal.test-support.js";
import { crossCqr, cvPlus, jackknifeMinmax, jackknifePlus } from "./crossConformal.js";
import { jackknifeAfterBootstrap, plainJackknife } from "./jackknife.js";

/** ⌈(n+1)(1−α)⌉-th smallest and ⌊(n+1)α⌋-th smallest by sorting, for α in percent. */
function slowEnds(ups: number[], downs: number[], percent: number): [number, number] {
  const n = ups.length;
  const k = n + 1 - Math.floor(((n + 1) * percent) / 100);
  const sort = (list: number[]) => [...list].sort((a, b) => a - b);
  return k > n ? [-Infinity, Infinity] : [sort(downs)[n - k] + 0, sort(ups)[k - 1] + 0];
}

describe("the family equals its definitions", () => {
  test("jackknife+, CV+, minmax, cross-CQR for many n, K and α, ties included", () => {
    const random = createRandom(1);
    for (let repeat = 0; repeat < 300; repeat++) {
      const n = 5 + Math.floor(random.uniform() * 80);
      const K = repeat % 3 === 0 ? n : 2 + Math.floor(random.uniform() * 6);
      const percent = 1 + Math.floor(random.uniform() * 60);
      const alpha = percent / 100;
      const coarse = (z: number) => (repeat % 2 ? Math.round(2 * z) / 2 : z);
      const residuals = Array.from(normals(random, n), coarse);
      const folds = residuals.map((_, i) => i % K);
      const centers = Array.from(normals(random, Math.min(K, n)), coarse);
      const ups = residuals.map((r, i) => centers[folds[i]] + Math.abs(r));
      const downs = residuals.map((r, i) => centers[folds[i]] - Math.abs(r));
      expect(cvPlus.fit(residuals, folds, { alpha }).predict(centers)).toEqual(slowEnds(ups, downs, percent));
      if (K === n)
        expect(jackknifePlus.fit(residuals, { alpha }).predict(centers)).toEqual(
          slowEnds(ups, downs, percent),
        );
      const [least, most] = [Math.min(...centers), Math.max(...centers)];
      const [low, high] = slowEnds(
        residuals.map((r) => most + Math.abs(r)),
        residuals.map((r) => least - Math.abs(r)),
        percent,
      );
      const minmax = jackknifeMinmax.fit(residuals, { alpha, folds }).predict(centers);
      if (Number.isFinite(low)) {
        expect(minmax[0]).toBeCloseTo(low, 12);
        expect(minmax[1]).toBeCloseTo(high, 12);
      } else expect(minmax).toEqual([-Infinity, Infinity]);
      const lowers = residuals.map((r) => r - 1);
      const zeros = residuals.map(() => 0);
      const highs = centers.map((c) => c + 1);
      const scores = lowers.map((l, i) => Math.max(l, -(residuals[i] + 1)));
      const cqr = crossCqr
        .fit(
          lowers,
          residuals.map((r) => r + 1),
          zeros,
          folds,
          { alpha },
        )
        .predict(centers, highs);
      const expected = slowEnds(
        scores.map((s, i) => highs[folds[i]] + s),
        scores.map((s, i) => centers[folds[i]] - s),
        percent,
      );
      expect(cqr).toEqual(expected);
    }
  });

  test("large n, few folds: selection across sorted lists equals sorting everything", () => {
    const random = createRandom(2);
    const n = 5000;
    const residuals = normals(random, n);
    const folds = Array.from({ length: n }, (_, i) => (i * i) % 7);
    const fitted = cvPlus.fit(residuals, folds, { alpha: 0.1 });
    for (let repeat = 0; repeat < 20; repeat++) {
      const centers = Array.from(normals(random, fitted.folds), (z) => 5 * z);
      const ups = Array.from(residuals, (r, i) => centers[folds[i]] + Math.abs(r));
      const downs = Array.from(residuals, (r, i) => centers[folds[i]] - Math.abs(r));
      expect(fitted.predict(centers)).toEqual(slowEnds(ups, downs, 10));
    }
  });

  test("jackknife+-after-bootstrap by its definition, mean and median", () => {
    const random = createRandom(3);
    for (const aggregate of ["mean", "median"] as const)
      for (let repeat = 0; repeat < 40; repeat++) {
        const [n, B] = [25, 6];
        const predictions: Matrix = { data: normals(random, n * B), rows: n, columns: B };
        const bags = Array.from({ length: n * B }, () => Math.floor(random.uniform() * 3));
        const observed = normals(random, n);
        const fresh = normals(random, B);
        const put = (values: number[]) => {
          if (aggregate === "mean") return values.reduce((a, b) => a + b, 0) / values.length;
          const s = values.sort((a, b) => a - b);
          return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
        };
        const ups: number[] = [];
        const downs: number[] = [];
        for (let i = 0; i < n; i++) {
          const out = Array.from({ length: B }, (_, b) => b).filter((b) => bags[i * B + b] === 0);
          if (out.length === 0) continue;
          const residual = Math.abs(observed[i] - put(out.map((b) => predictions.data[i * B + b])));
          ups.push(put(out.map((b) => fresh[b])) + residual);
          downs.push(put(out.map((b) => fresh[b])) - residual);
        }
        const fitted = jackknifeAfterBootstrap.fit(
          predictions,
          observed,
          { data: bags, rows: n, columns: B },
          { alpha: 0.2, aggregate },
        );
        expect(fitted.n).toBe(ups.length);
        const [low, high] = slowEnds(ups, downs, 20);
        const found = fitted.predict(fresh);
        expect(found[0]).toBeCloseTo(low, 12);
        expect(found[1]).toBeCloseTo(high, 12);
      }
  });
});

describe("promises", () => {
  /** y = x + noise, fitted by least squares through the origin with very few rows: an unstable model. */
  function repeatOnce(random: Random, n: number, alpha: number, K: number) {
    const x = Array.from({ length: n + 1 }, () => sampleNormal(random));
    const y = x.map((v) => v + sampleNormal(random));
    const slope = (keep: (i: number) => boolean) => {
      let [xy, xx] = [0, 1e-9];
      for (let i = 0; i < n; i++)
        if (keep(i)) {
          xy += x[i] * y[i];
          xx += x[i] * x[i];
        }
      return xy / xx;
    };
    const inside = ([low, high]: [number, number]) => Number(low <= y[n] && y[n] <= high);
    const leave = (folds: number[], count: number) => {
      const slopes = Array.from({ length: count }, (_, f) => slope((i) => folds[i] !== f));
      return {
        residuals: y.slice(0, n).map((v, i) => v - slopes[folds[i]] * x[i]),
        predictions: slopes.map((s) => s * x[n]),
      };
    };
    const rows = Array.from({ length: n }, (_, i) => i);
    const one = leave(rows, n);
    const folds = rows.map((i) => i % K);
    const cv = leave(folds, K);
    return {
      plus: inside(jackknifePlus.fit(one.residuals, { alpha }).predict(one.predictions)),
      minmax: inside(jackknifeMinmax.fit(one.residuals, { alpha }).predict(one.predictions)),
      cv: inside(cvPlus.fit(cv.residuals, folds, { alpha }).predict(cv.predictions)),
    };
  }

  test("jackknife+ ≥ 1 − 2α, CV+ ≥ its bound, minmax ≥ 1 − α", () => {
    const random = createRandom(4);
    const runs = Array.from({ length: 4000 }, () => repeatOnce(random, 19, 0.1, 5));
    expectMeanAtLeast(
      runs.map((r) => r.plus),
      0.8,
    );
    expectMeanAtLeast(
      runs.map((r) => r.cv),
      cvPlus.fit(
        new Float64Array(19),
        runs.slice(0, 19).map((_, i) => i % 5),
        { alpha: 0.1 },
      ).guarantee!,
    );
    expectMeanAtLeast(
      runs.map((r) => r.minmax),
      0.9,
    );
    // In practice jackknife+ comes close to 1 − α.
    expect(runs.reduce((sum, r) => sum + r.plus, 0) / runs.length).toBeGreaterThan(0.87);
  });

  test("the stated guarantees", () => {
    const guarantee = (n: number, K: number) =>
      cvPlus.fit(
        new Float64Array(n),
        Array.from({ length: n }, (_, i) => i % K),
        { alpha: 0.1 },
      ).guarantee;
    for (const [n, K] of [
      [100, 10],
      [1000, 5],
      [20, 20],
    ]) {
      const loss = Math.min((2 * (1 - 1 / K)) / (n / K + 1), (1 - K / n) / (K + 1));
      expect(guarantee(n, K)).toBeCloseTo(0.8 - loss, 12);
    }
    expect(jackknifePlus.fit([1, 2], { alpha: 0.1 }).guarantee).toBeCloseTo(0.8, 12);
    expect(jackknifeMinmax.fit([1, 2], { alpha: 0.1 }).guarantee).toBe(0.9);
  });
});

describe("edges", () => {
  test("too few rows: the whole line and the reason; matrices; errors", () => {
    const few = jackknifePlus.fit([1, 2, 3], { alpha: 0.1 });
    expect(few.predict([0, 0, 0])).toEqual([-Infinity, Infinity]);
    expect(few.reason).toContain("6 more");
    const fitted = jackknifePlus.fit([1, 2, 3, 4], { alpha: 0.2 });
    expect(fitted.reason).toBeNull();
    const many = fitted.predict({ data: [0, 0, 0, 0, 1, 1, 1, 1], rows: 2, columns: 4 });
    expect([...many.lower, ...many.upper]).toEqual([-4, -3, 4, 5]);
    expect(plainJackknife.fit([1, 2, 3, 4], { alpha: 0.2 }).predict(1)).toEqual([-3, 5]);
    expect(refusal(() => fitted.predict([1])).code).toBe("length-mismatch");
    expect(refusal(() => fitted.predict([1, 2, Number.NaN, 3])).code).toBe("not-finite");
    expect(refusal(() => jackknifePlus.fit([], { alpha: 0.2 })).code).toBe("empty-input");
    expect(refusal(() => jackknifePlus.fit([1, Number.NaN], { alpha: 0.2 })).code).toBe("not-finite");
    expect(refusal(() => cvPlus.fit([1, 2], [0, -1], { alpha: 0.2 })).code).toBe("out-of-range");
    expect(refusal(() => cvPlus.fit([1, 2], [0], { alpha: 0.2 })).code).toBe("length-mismatch");
    expect(cvPlus.fit([1, Infinity, 1, 1], [0, 1, 0, 1], { alpha: 0.2 }).reason).toContain("infinite");
    const p = { data: [1, 1], rows: 2, columns: 1 };
    expect(refusal(() => jackknifeAfterBootstrap.fit(p, [1, 1], p, { alpha: 0.2 })).code).toBe("too-few");
  });
});

test("crossCqr names the list that holds what is no number", () => {
  const [zeros, ones, folds] = [
    [0, 0, 0],
    [1, 1, 1],
    [0, 0, 1],
  ];
  const broken = [0, Number.NaN, 0];
  const fit = (lower: number[], upper: number[], observed: number[]) => () =>
    crossCqr.fit(lower, upper, observed, folds, { alpha: 0.4 });
  expect(fit(broken, ones, zeros)).toThrow("crossCqr: lower[1] is NaN");
  expect(fit(zeros, broken, zeros)).toThrow("crossCqr: upper[1] is NaN");
  expect(fit(zeros, ones, broken)).toThrow("crossCqr: observed[1] is NaN");
});
