import { describe, expect, test } from "vitest";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { aps } from "./aps.js";
import type { RandomisedOptions } from "./classMethod.js";
import { classRows, expectMean, expectMeanAtLeast, refusal } from "./conformal.test-support.js";
import { lac } from "./lac.js";
import { margin } from "./margin.js";
import { conformalQuantile, conformalRank } from "./quantile.js";
import { raps } from "./raps.js";
import { saps } from "./saps.js";

const row = ({ data, columns }: Matrix, i: number) =>
  Array.from({ length: columns }, (_, j) => data[i * columns + j]);

/** Each class of a row by its written-out definition: sort, accumulate, score. */
function slowScores(name: string, p: number[], u: number, lambda: number, kReg: number): number[] {
  const order = p.map((_, j) => j).sort((a, b) => p[b] - p[a] || a - b);
  const scores: number[] = [];
  let above = 0;
  order.forEach((j, position) => {
    const others = p.filter((_, k) => k !== j);
    if (name === "lac") scores[j] = 1 - p[j];
    if (name === "margin") scores[j] = Math.max(...others) - p[j];
    if (name === "aps") scores[j] = above + u * p[j];
    if (name === "raps") scores[j] = above + u * p[j] + lambda * Math.max(0, position + 1 - kReg);
    if (name === "saps") scores[j] = position === 0 ? u * p[j] : p[order[0]] + (position - 1 + u) * lambda;
    above += p[j];
  });
  return scores;
}

const methods = {
  lac,
  margin,
  aps,
  raps: {
    scores: (p: Matrix, y: number[], o: Partial<RandomisedOptions> = {}) =>
      raps.scores(p, y, { ...o, lambda: 0.03, kReg: 2 }),
    fit: (p: Matrix, y: number[], o: RandomisedOptions) => raps.fit(p, y, { ...o, lambda: 0.03, kReg: 2 }),
  },
  saps: {
    scores: (p: Matrix, y: number[], o: Partial<RandomisedOptions> = {}) =>
      saps.scores(p, y, { ...o, lambda: 0.03 }),
    fit: (p: Matrix, y: number[], o: RandomisedOptions) => saps.fit(p, y, { ...o, lambda: 0.03 }),
  },
};

describe.each(Object.entries(methods))("%s", (name, method) => {
  test("sets equal the definition, with and without randomisation", () => {
    const random = createRandom(1);
    for (const columns of [2, 5, 40]) {
      const calibration = classRows(random, 60, columns);
      const fresh = classRows(random, 200, columns);
      for (const randomised of [false, true]) {
        const fitted = method.fit(calibration.probabilities, calibration.labels, {
          alpha: 0.2,
          randomised,
          seed: 4,
        });
        const fit = createRandom(4);
        const scores = calibration.labels.map(
          (y, i) =>
            slowScores(name, row(calibration.probabilities, i), randomised ? fit.uniform() : 1, 0.03, 2)[y],
        );
        expect(fitted.threshold).toBeCloseTo(conformalQuantile(scores, 0.2), 12);
        const predict = createRandom(4).fork();
        const sets = fitted.predict(fresh.probabilities);
        sets.forEach((set, i) => {
          const u = randomised ? predict.uniform() : 1;
          const each = slowScores(name, row(fresh.probabilities, i), u, 0.03, 2);
          expect(set).toEqual(each.flatMap((s, j) => (s <= fitted.threshold + 1e-12 ? [j] : [])));
        });
      }
    }
  });

  test("a calibration row at the threshold is inside, to the last bit, even with ties everywhere", () => {
    const random = createRandom(2);
    for (let repeat = 0; repeat < 30; repeat++) {
      const columns = 7;
      const rows = 40;
      const counts = Array.from({ length: rows * columns }, () => 1 + Math.floor(random.uniform() * 3));
      const data = counts.map((c, at) => {
        const from = at - (at % columns);
        return c / counts.slice(from, from + columns).reduce((a, b) => a + b, 0);
      });
      const labels = Array.from({ length: rows }, () => Math.floor(random.uniform() * columns));
      const fitted = method.fit({ data, rows, columns }, labels, { alpha: 0.3 });
      const sets = fitted.predict({ data, rows, columns });
      const covered = sets.filter((set, i) => set.includes(labels[i])).length;
      const byClass = method.fit({ data, rows, columns }, labels, { alpha: 0.3, conditional: "class" });
      for (const { category, n, threshold } of byClass.categories) {
        const own = byClass.predict({ data, rows, columns }).filter((_, i) => labels[i] === category);
        const inside = own.filter((set) => set.includes(category as number)).length;
        expect(inside).toBeGreaterThanOrEqual(threshold === Infinity ? n : conformalRank(n, 0.3));
      }
      const scores = method.scores({ data, rows, columns }, labels);
      expect(covered).toBe(scores.filter((s) => s <= fitted.threshold).length);
      expect(covered).toBeGreaterThanOrEqual(conformalRank(rows, 0.3));
    }
  });

  test("covers at least 1 − α, exactly so when randomised", () => {
    const random = createRandom(3);
    const plain: number[] = [];
    const exact: number[] = [];
    const n = 49;
    for (let repeat = 0; repeat < 400; repeat++) {
      const calibration = classRows(random, n, 6, 0.7);
      const fresh = classRows(random, 50, 6, 0.7);
      for (const [list, randomised] of [
        [plain, false],
        [exact, true],
      ] as const) {
        const fitted = method.fit(calibration.probabilities, calibration.labels, {
          alpha: 0.1,
          randomised,
          seed: repeat,
        });
        const hits = fitted
          .predict(fresh.probabilities, { seed: repeat + 0.5 })
          .filter((set, i) => set.includes(fresh.labels[i])).length;
        list.push(hits / 50);
      }
    }
    expectMeanAtLeast(plain, 0.9);
    expectMean(exact, conformalRank(n, 0.1) / (n + 1));
  });

  test("refuses bad input", () => {
    const good = { data: [0.5, 0.5, 0.2, 0.8], rows: 2, columns: 2 };
    const fit =
      (p: Matrix, y: number[], alpha = 0.5) =>
      () =>
        method.fit(p, y, { alpha });
    expect(refusal(fit({ ...good, data: [0.5, 0.4, 0.2, 0.8] }, [0, 1])).code).toBe("not-normalised");
    expect(refusal(fit({ ...good, data: [1.5, -0.5, 0.2, 0.8] }, [0, 1])).code).toBe("not-a-probability");
    expect(refusal(fit(good, [0, 2])).code).toBe("unknown-class");
    expect(refusal(fit(good, [0, 0.5])).code).toBe("unknown-class");
    expect(refusal(fit(good, [0])).code).toBe("length-mismatch");
    expect(refusal(fit(good, [0, 1], 0)).code).toBe("out-of-range");
    expect(refusal(fit({ data: [], rows: 0, columns: 2 }, [])).code).toBe("empty-input");
    const fitted = method.fit(good, [0, 1], { alpha: 0.5 });
    expect(refusal(() => fitted.predict({ data: [1], rows: 1, columns: 1 })).code).toBe("length-mismatch");
  });
});

describe("classification options", () => {
  const random = createRandom(9);
  const calibration = classRows(random, 400, 4);
  const fresh = classRows(random, 300, 4);

  test("too few rows: full sets with a reason", () => {
    const few = classRows(random, 5, 3);
    const fitted = aps.fit(few.probabilities, few.labels, { alpha: 0.1 });
    expect(fitted.reason).toContain("4 more");
    expect(fitted.predict(few.probabilities)[0]).toEqual([0, 1, 2]);
  });

  test("empty sets are kept or filled with the top class", () => {
    const sure = { data: [0.6, 0.4, 0.9, 0.1, 0.95, 0.05], rows: 3, columns: 2 };
    const fitted = lac.fit(sure, [0, 0, 0], { alpha: 0.5 });
    expect(fitted.predict({ data: [0.3, 0.7], rows: 1, columns: 2 })).toEqual([[]]);
    const filled = lac.fit(sure, [0, 0, 0], { alpha: 0.5, emptySets: "top" });
    expect(filled.predict({ data: [0.3, 0.7], rows: 1, columns: 2 })).toEqual([[1]]);
  });

  test("per class: each class has its own conformal quantile; an unseen class is in every set", () => {
    const fitted = aps.fit(calibration.probabilities, calibration.labels, {
      alpha: 0.1,
      conditional: "class",
    });
    const scores = aps.scores(calibration.probabilities, calibration.labels);
    for (const { category, threshold } of fitted.categories)
      expect(threshold).toBe(
        conformalQuantile(
          scores.filter((_, i) => calibration.labels[i] === category),
          0.1,
        ),
      );
    const of = new Map(fitted.categories.map((cell) => [cell.category, cell.threshold]));
    fitted.predict(fresh.probabilities).forEach((set, i) => {
      const each = slowScores("aps", row(fresh.probabilities, i), 1, 0, 0);
      expect(set).toEqual(each.flatMap((s, j) => (s <= of.get(j)! + 1e-12 ? [j] : [])));
    });
    const without3 = calibration.labels.map((y) => (y === 3 ? 2 : y));
    const blind = lac.fit(calibration.probabilities, without3, { alpha: 0.1, conditional: "class" });
    expect(blind.predict(fresh.probabilities).every((set) => set.includes(3))).toBe(true);
  });

  test("per class keeps the promise within the class that is hardest", () => {
    const covered: number[] = [];
    const pooled: number[] = [];
    for (let repeat = 0; repeat < 200; repeat++) {
      const rows = classRows(random, 400, 4);
      // Class 3 is understated by the model.
      const skewed = {
        ...rows.probabilities,
        data: Float64Array.from({ length: 1600 }, (_, at) => {
          const p = row(rows.probabilities, (at - (at % 4)) / 4);
          const shrunk = 1 - 0.8 * p[3];
          return at % 4 === 3 ? (0.2 * p[3]) / shrunk : p[at % 4] / shrunk;
        }),
      };
      const half = (from: number): [Matrix, number[]] => [
        { data: skewed.data.slice(from * 4, (from + 200) * 4), rows: 200, columns: 4 },
        rows.labels.slice(from, from + 200),
      ];
      for (const [list, conditional] of [
        [covered, "class"],
        [pooled, undefined],
      ] as const) {
        const sets = lac.fit(...half(0), { alpha: 0.1, conditional }).predict(half(200)[0]);
        const threes = sets.filter((_, i) => half(200)[1][i] === 3);
        if (threes.length) list.push(threes.filter((set) => set.includes(3)).length / threes.length);
      }
    }
    expectMeanAtLeast(covered, 0.9);
    expect(pooled.reduce((a, b) => a + b) / pooled.length).toBeLessThan(0.85);
  });

  test("categories: Mondrian sets; unseen categories are refused", () => {
    const categories = calibration.labels.map((_, i) => (i % 3 === 0 ? "thirds" : "rest"));
    const fitted = lac.fit(calibration.probabilities, calibration.labels, { alpha: 0.1, categories });
    const scores = lac.scores(calibration.probabilities, calibration.labels);
    expect(fitted.categories.find((c) => c.category === "thirds")?.threshold).toBe(
      conformalQuantile(
        scores.filter((_, i) => i % 3 === 0),
        0.1,
      ),
    );
    const asked = fresh.labels.map(() => "thirds");
    expect(fitted.predict(fresh.probabilities, { categories: asked })).toHaveLength(300);
    expect(refusal(() => fitted.predict(fresh.probabilities)).code).toBe("length-mismatch");
    asked[5] = "new";
    expect(refusal(() => fitted.predict(fresh.probabilities, { categories: asked })).code).toBe(
      "unknown-group",
    );
    expect(
      refusal(() =>
        lac.fit(calibration.probabilities, calibration.labels, {
          alpha: 0.1,
          categories,
          conditional: "class",
        }),
      ).code,
    ).toBe("unknown-option");
    expect(
      refusal(() =>
        lac.fit(calibration.probabilities, calibration.labels, { alpha: 0.1, conditional: "row" as "class" }),
      ).code,
    ).toBe("unknown-option");
  });

  test("clusters of classes: rare classes share thresholds, coverage on average is kept", () => {
    const covered: number[] = [];
    for (let repeat = 0; repeat < 60; repeat++) {
      const many = classRows(random, 1200, 20);
      const test = classRows(random, 100, 20);
      const fitted = lac.fit(many.probabilities, many.labels, {
        alpha: 0.1,
        conditional: "cluster",
        clustering: { clusters: 3, share: 0.3, seed: repeat },
      });
      expect(fitted.categories.length).toBeLessThanOrEqual(4);
      covered.push(
        fitted.predict(test.probabilities).filter((set, i) => set.includes(test.labels[i])).length / 100,
      );
    }
    expectMeanAtLeast(covered, 0.9);
    const fitted = lac.fit(calibration.probabilities, calibration.labels, {
      alpha: 0.1,
      conditional: "cluster",
    });
    expect(fitted.categories.at(-1)?.category).toBe("null");
    expect(
      refusal(() =>
        lac.fit(calibration.probabilities, calibration.labels, {
          alpha: 0.1,
          conditional: "cluster",
          clustering: { share: 2 },
        }),
      ).code,
    ).toBe("out-of-range");
  });
});

describe("raps", () => {
  test("tunes on rows that it then does not calibrate on, and shortens long tails", () => {
    const random = createRandom(21);
    const calibration = classRows(random, 500, 50, 2);
    const fresh = classRows(random, 300, 50, 2);
    const options = { alpha: 0.1, randomised: true };
    const tuned = raps.fit(calibration.probabilities, calibration.labels, options);
    expect(tuned.tunedOn).toBe(100);
    expect(tuned.n).toBe(400);
    const size = (sets: number[][]) => sets.reduce((sum, set) => sum + set.length, 0);
    const plain = aps.fit(calibration.probabilities, calibration.labels, options);
    expect(size(tuned.predict(fresh.probabilities))).toBeLessThan(size(plain.predict(fresh.probabilities)));
    const groups = calibration.labels.map((_, i) => i >> 1);
    expect(
      raps.fit(calibration.probabilities, calibration.labels, { ...options, groups, kReg: 3 }).kReg,
    ).toBe(3);
  });

  test("refuses negative costs", () => {
    const p = { data: [0.5, 0.5], rows: 1, columns: 2 };
    expect(refusal(() => raps.fit(p, [0], { alpha: 0.1, lambda: -1, kReg: 1 })).code).toBe("out-of-range");
    expect(refusal(() => raps.fit(p, [0], { alpha: 0.1, lambda: 1, kReg: 1.5 })).code).toBe("out-of-range");
    expect(refusal(() => raps.fit(p, [0], { alpha: 0.1 })).code).toBe("too-few");
    expect(refusal(() => saps.fit(p, [0], { alpha: 0.1, lambda: Number.NaN })).code).toBe("out-of-range");
  });
});
