import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile, normalCdf } from "../numeric/special.js";
import { conditionalConformal } from "./conditionalConformal.js";
import { expectMean, expectMeanAtLeast, normals, refusal } from "./conformal.test-support.js";
import { coverageBy, coverageBySize } from "./coverageBy.js";
import { copulaConformal, ellipsoidConformal } from "./multivariate.js";
import { conformalPredictiveSystem } from "./predictiveSystem.js";
import { conformalQuantile, conformalRank } from "./quantile.js";
import { robustConformal } from "./robustConformal.js";
import { likelihoodRatios, weightedConformal } from "./weightedConformal.js";
import { worstSlabCoverage } from "./worstSlabCoverage.js";

describe("weightedConformal", () => {
  test("equal weights are split conformal; weights by their definition", () => {
    const random = createRandom(1);
    for (let repeat = 0; repeat < 100; repeat++) {
      const n = 5 + Math.floor(40 * random.uniform());
      const scores = normals(random, n);
      const equal = weightedConformal.fit(scores, new Float64Array(n).fill(0.3), { alpha: 0.1 });
      expect(equal.threshold(0.3).threshold).toBe(conformalQuantile(scores, 0.1));
      const weights = Array.from({ length: n }, () => random.uniform());
      const own = random.uniform();
      const total = weights.reduce((a, b) => a + b, own);
      const found = Array.from(scores)
        .sort((a, b) => a - b)
        .find((s) => weights.reduce((m, w, i) => m + (scores[i] <= s ? w : 0), 0) / total >= 0.8);
      expect(weightedConformal.fit(scores, weights, { alpha: 0.2 }).threshold(own).threshold).toBe(
        found ?? Infinity,
      );
    }
  });

  test("covers under a known shift, where unweighted does not", () => {
    const random = createRandom(2);
    // Calibration x uniform on (0,1), score ~ x |N|; new x has density 2x: ratio 2x.
    const weighted: number[] = [];
    const plain: number[] = [];
    for (let repeat = 0; repeat < 2000; repeat++) {
      const x = Array.from({ length: 100 }, () => random.uniform());
      const scores = x.map((v) => v ** 3 * Math.abs(sampleNormal(random)));
      const fitted = weightedConformal.fit(
        scores,
        x.map((v) => 2 * v),
        { alpha: 0.1 },
      );
      const fresh = Math.sqrt(random.uniform());
      const inside = (q: number) => 1 - 2 * normalCdf(-q / fresh ** 3);
      weighted.push(inside(fitted.threshold(2 * fresh).threshold));
      plain.push(inside(conformalQuantile(scores, 0.1)));
    }
    expectMeanAtLeast(weighted, 0.9);
    expect(plain.reduce((a, b) => a + b) / plain.length).toBeLessThan(0.86);
  });

  test("infinite where the new row outweighs the rest; effective size; errors", () => {
    const fitted = weightedConformal.fit([1, 2, 3], [1, 1, 2], { alpha: 0.1 });
    expect(fitted.predict(5, 10)).toEqual([-Infinity, Infinity]);
    expect(fitted.threshold(10).reason).toContain("outweighs");
    expect(fitted.effectiveSize).toBeCloseTo(16 / 6, 12);
    expect(weightedConformal.fit([1, Infinity], [1, 1], { alpha: 0.4 }).threshold(0.1).reason).toContain(
      "infinite",
    );
    expect(refusal(() => weightedConformal.fit([1], [-1], { alpha: 0.1 })).code).toBe("out-of-range");
    expect(refusal(() => fitted.threshold(Infinity)).code).toBe("out-of-range");
    expect([...likelihoodRatios([0.5, 0.8], { calibration: 200, fresh: 100 })]).toEqual([
      2,
      expect.closeTo(8, 12),
    ]);
    expect(refusal(() => likelihoodRatios([1], { calibration: 1, fresh: 1 })).code).toBe("out-of-range");
    expect(refusal(() => likelihoodRatios([0.5], { calibration: 0, fresh: 1 })).code).toBe("out-of-range");
  });
});

describe("conformalPredictiveSystem", () => {
  test("the distribution function at the truth is uniform, intervals cover", () => {
    const random = createRandom(3);
    const values: number[] = [];
    const covered: number[] = [];
    for (let repeat = 0; repeat < 3000; repeat++) {
      const dist = conformalPredictiveSystem
        .fit(Array.from(normals(random, 19), (z) => Math.round(2 * z)))
        .predict(7);
      const y = 7 + Math.round(2 * sampleNormal(random));
      values.push(Number(dist.cdf(y, random.uniform()) <= 0.3));
      const [low, high] = dist.interval(0.2);
      covered.push(Number(low <= y && y <= high));
    }
    expectMean(values, 0.3);
    expectMeanAtLeast(covered, 0.8);
  });

  test("by hand, with difficulty, and at the ends", () => {
    const fitted = conformalPredictiveSystem.fit([-2, 1, 0, 3]);
    const dist = fitted.predict(10);
    expect([...dist.support]).toEqual([8, 10, 11, 13]);
    expect(dist.cdf(11, 0)).toBeCloseTo(2 / 5, 12);
    expect(dist.cdf(11, 1)).toBeCloseTo(4 / 5, 12);
    expect(dist.quantile(0.8)).toBe(13);
    expect(dist.quantile(0.9)).toBe(Infinity);
    expect(dist.interval(0.2)).toEqual([-Infinity, Infinity]);
    const scaled = conformalPredictiveSystem.fit([-2, 4], { difficulties: [1, 2] });
    expect([...scaled.predict(0, 3).support]).toEqual([-6, 6]);
    expect(refusal(() => scaled.predict(0)).code).toBe("length-mismatch");
    expect(refusal(() => scaled.predict(0, 0)).code).toBe("out-of-range");
    expect(refusal(() => conformalPredictiveSystem.fit([])).code).toBe("empty-input");
    expect(refusal(() => dist.cdf(1, 2)).code).toBe("out-of-range");
    expect(refusal(() => dist.cdf(Number.NaN)).code).toBe("not-finite");
  });
});

describe("conditionalConformal", () => {
  test("with a column per group it is Mondrian", () => {
    const random = createRandom(4);
    for (let repeat = 0; repeat < 30; repeat++) {
      const n = 60;
      const kind = Array.from({ length: n }, () => Number(random.uniform() < 0.4));
      const scores = normals(random, n).map((z, i) => Math.abs(z) * (1 + 4 * kind[i]));
      const data = kind.flatMap((k) => [1 - k, k]);
      const fitted = conditionalConformal.fit(scores, { data, rows: n, columns: 2 }, { alpha: 0.1 });
      for (const k of [0, 1]) {
        const own = conformalQuantile(
          scores.filter((_, i) => kind[i] === k),
          0.1,
        );
        expect(fitted.threshold([1 - k, k]).threshold).toBeCloseTo(own, 6);
      }
    }
  });

  test("covers in overlapping groups and along a trend", () => {
    const random = createRandom(5);
    const covered = { left: [] as number[], edge: [] as number[], all: [] as number[] };
    for (let repeat = 0; repeat < 400; repeat++) {
      const row = (x: number) => [1, x, Number(x < 0.3), Number(x > 0.2 && x < 0.6)];
      const x = Array.from({ length: 120 }, () => random.uniform());
      const spread = (v: number) => 0.2 + 3 * v * v;
      const scores = x.map((v) => spread(v) * Math.abs(sampleNormal(random)));
      const fitted = conditionalConformal.fit(
        scores,
        { data: x.flatMap(row), rows: 120, columns: 4 },
        { alpha: 0.1 },
      );
      const at = random.uniform();
      const q = fitted.threshold(row(at)).threshold;
      const inside = 1 - 2 * normalCdf(-q / spread(at));
      covered.all.push(inside);
      if (at < 0.3) covered.left.push(inside);
      if (at > 0.2 && at < 0.6) covered.edge.push(inside);
    }
    for (const list of Object.values(covered)) expectMeanAtLeast(list, 0.9);
  });

  test("infinite with a reason where nothing resembles the row; errors", () => {
    const data = Array.from({ length: 30 }, (_, i) => [1, Number(i < 3)]).flat();
    const scores = Array.from({ length: 30 }, (_, i) => i);
    const fitted = conditionalConformal.fit(scores, { data, rows: 30, columns: 2 }, { alpha: 0.1 });
    expect(fitted.predict(0, [1, 1])).toEqual([-Infinity, Infinity]);
    expect(fitted.threshold([1, 1]).reason).toContain("too few calibration rows resemble");
    expect(refusal(() => fitted.threshold([1])).code).toBe("length-mismatch");
    expect(
      refusal(() =>
        conditionalConformal.fit([1, 2], { data: [1, 1, 1, 1], rows: 2, columns: 2 }, { alpha: 0.1 }),
      ).code,
    ).toBe("too-few");
    expect(
      refusal(() => conditionalConformal.fit([1], { data: [1], rows: 1, columns: 1 }, { alpha: [2] })).code,
    ).toBe("out-of-range");
  });
});

describe("coverage diagnostics", () => {
  test("by category with simultaneous intervals, by size with ties together", () => {
    const found = coverageBy([1, 1, 0, 1, 1, 1], ["a", "a", "b", "b", "b", "c"]);
    expect(found[0].stratum).toBe("b");
    expect(found[0].coverage).toMatchObject({ level: 0.95, n: 3 });
    const wide = found[0].coverage.interval!;
    expect(wide[0]).toBeLessThan(0.0943);
    const sizes = [1, 1, 1, 2, 5, Infinity];
    const strata = coverageBySize(sizes, [1, 1, 1, 1, 0, 1], { strata: 3 });
    expect(strata.map((s) => s.stratum).sort()).toEqual(["[1, 1]", "[2, 2]", "[5, Infinity]"].sort());
    expect(refusal(() => coverageBySize([Number.NaN], [1])).code).toBe("not-finite");
    expect(refusal(() => coverageBy([2], ["a"])).code).toBe("not-binary");
  });

  test("the worst slab is found and not flattered; nothing is found where nothing is", () => {
    const random = createRandom(6);
    const n = 1500;
    const data = normals(random, n * 3);
    const bad = Array.from({ length: n }, (_, i) =>
      Number(random.uniform() < (data[i * 3] > 1 ? 0.4 : 0.95)),
    );
    const features = { data, rows: n, columns: 3 };
    const found = worstSlabCoverage(features, bad, { directions: 200 });
    expect(found.coverage.value).toBeLessThan(0.75);
    let below = 0;
    for (let repeat = 0; repeat < 60; repeat++) {
      const even = Array.from({ length: n }, () => Number(random.uniform() < 0.9));
      const { interval } = worstSlabCoverage(features, even, {
        directions: 20,
        seed: repeat,
        level: 0.9,
      }).coverage;
      if (interval![1] < 0.9) below++;
    }
    expect(below).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, 60, 0.05));
    expect(refusal(() => worstSlabCoverage(features, bad, { mass: 0 })).code).toBe("out-of-range");
    expect(refusal(() => worstSlabCoverage({ data: [1], rows: 1, columns: 1 }, [1])).code).toBe("too-few");
    const groups = Array.from({ length: n }, (_, i) => i % 50);
    expect(worstSlabCoverage(features, bad, { directions: 20, groups }).coverage.method).toContain("cluster");
  });
});

describe("multivariate output", () => {
  const random = createRandom(7);
  const vectors = (n: number) => {
    const data = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      const shared = sampleNormal(random);
      data[2 * i] = shared + 0.3 * sampleNormal(random);
      data[2 * i + 1] = 10 * (shared + 0.3 * sampleNormal(random));
    }
    return { data, rows: n, columns: 2 };
  };

  test("ellipsoids and boxes hold jointly with k/(n+1), boxes narrower than Bonferroni", () => {
    const ellipsoid: number[] = [];
    const box: number[] = [];
    for (let repeat = 0; repeat < 700; repeat++) {
      const residuals = vectors(198);
      const fresh = vectors(30);
      const e = ellipsoidConformal.fit(residuals, { alpha: 0.1, seed: repeat });
      const c = copulaConformal.fit(residuals, { alpha: 0.1, seed: repeat });
      const ends = c.predict([0, 0]);
      let [inE, inC] = [0, 0];
      for (let i = 0; i < 30; i++) {
        const y = [fresh.data[2 * i], fresh.data[2 * i + 1]];
        if (e.contains([0, 0], y)) inE++;
        if (y.every((v, j) => ends[j][0] <= v && v <= ends[j][1])) inC++;
      }
      ellipsoid.push(inE / 30);
      box.push(inC / 30);
    }
    expectMean(ellipsoid, conformalRank(99, 0.1) / 100);
    expectMeanAtLeast(box, 0.9);
    expect(box.reduce((a, b) => a + b) / box.length).toBeLessThan(0.93);
  });

  test("too few rows: everything, with a reason; errors", () => {
    const few = copulaConformal.fit(vectors(6), { alpha: 0.1 });
    expect(few.halfWidths).toEqual(Float64Array.of(Infinity, Infinity));
    expect(few.reason).not.toBeNull();
    const thin = copulaConformal.fit(vectors(40), { alpha: 0.1, shapeShare: 0.1 });
    expect(thin.reason).toContain("shape part");
    expect(ellipsoidConformal.fit(vectors(12), { alpha: 0.1 }).contains([0, 0], [1e9, 0])).toBe(true);
    expect(
      refusal(() =>
        ellipsoidConformal.fit({ data: [1, 1, 2, 2, 3, 3, 4, 4], rows: 4, columns: 2 }, { alpha: 0.1 }),
      ).code,
    ).toBe("too-few");
    expect(
      refusal(() => copulaConformal.fit({ data: [1, 1], rows: 1, columns: 2 }, { alpha: 0.1 })).code,
    ).toBe("too-few");
    const groups = Array.from({ length: 100 }, (_, i) => i >> 1);
    expect(ellipsoidConformal.fit(vectors(100), { alpha: 0.1, groups }).groups).toBe(25);
  });
});

describe("robustConformal", () => {
  test("keeps its promise under the worst perturbation", () => {
    const random = createRandom(8);
    // Score of an input x on the line: Φ(x); noise σ; the adversary moves x up by the radius.
    const sigma = 0.5;
    const radius = 0.25;
    const draws = 200;
    const sample = (x: number) =>
      Float64Array.from({ length: draws }, () => normalCdf(x + sigma * sampleNormal(random)));
    const hits: number[] = [];
    const naive: number[] = [];
    for (let repeat = 0; repeat < 40; repeat++) {
      const n = 120;
      const data = new Float64Array(n * draws);
      for (let i = 0; i < n; i++) data.set(sample(sampleNormal(random)), i * draws);
      const fitted = robustConformal.fit({ data, rows: n, columns: draws }, { alpha: 0.1, radius, sigma });
      const plain = robustConformal.fit(
        { data, rows: n, columns: draws },
        { alpha: 0.1, radius: 0, sigma, drawShare: 0 },
      );
      let [robust, weak] = [0, 0];
      for (let t = 0; t < 30; t++) {
        const attacked = sample(sampleNormal(random) + radius);
        if (fitted.includes(attacked)) robust++;
        if (plain.includes(attacked)) weak++;
      }
      hits.push(robust / 30);
      naive.push(weak / 30);
    }
    expectMeanAtLeast(hits, 0.9);
    expect(naive.reduce((a, b) => a + b) / naive.length).toBeLessThan(0.9);
  });

  test("edges and errors", () => {
    const draws = { data: [1, 1, 1, 1], rows: 2, columns: 2 };
    const fitted = robustConformal.fit(draws, { alpha: 0.5, radius: 1, sigma: 1 });
    expect(fitted.threshold).toBe(Infinity);
    expect(fitted.reason).not.toBeNull();
    expect(refusal(() => fitted.includes([1])).code).toBe("length-mismatch");
    expect(
      refusal(() =>
        robustConformal.fit({ ...draws, data: [1, 1, 1, 2] }, { alpha: 0.5, radius: 1, sigma: 1 }),
      ).code,
    ).toBe("out-of-range");
    expect(refusal(() => robustConformal.fit(draws, { alpha: 0.5, radius: 1, sigma: 0 })).code).toBe(
      "out-of-range",
    );
    expect(refusal(() => robustConformal.fit(draws, { alpha: 0.5, radius: -1, sigma: 1 })).code).toBe(
      "out-of-range",
    );
  });
});
