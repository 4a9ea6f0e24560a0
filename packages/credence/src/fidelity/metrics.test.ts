import { describe, expect, it } from "vitest";
import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { alphaPrecision } from "./alphaPrecision.js";
import { authenticity } from "./authenticity.js";
import { classifierTwoSampleTest } from "./classifierTwoSampleTest.js";
import { cmmd } from "./cmmd.js";
import { compareGenerators, referenceBaseline } from "./compareGenerators.js";
import { dataCopying, nearerToTraining } from "./dataCopying.js";
import { allDistances, modes, normals } from "./draw.test-support.js";
import { featureLikelihoodDivergence } from "./featureLikelihoodDivergence.js";
import { frechetDistance } from "./frechetDistance.js";
import { frechetInfinity } from "./frechetInfinity.js";
import { inceptionScore } from "./inceptionScore.js";
import { mauve } from "./mauve.js";
import { maximumMeanDiscrepancy } from "./maximumMeanDiscrepancy.js";
import { membershipInference } from "./membershipInference.js";
import { classSkew, perClass } from "./perClass.js";
import { prdCurve } from "./prdCurve.js";
import { prdc } from "./prdc.js";
import { precisionRecallCurve } from "./precisionRecallCurve.js";
import { probabilisticPrecisionRecall } from "./probabilisticPrecisionRecall.js";
import { distanceToClosestRecord, newRowShare } from "./recordDistances.js";
import { takeRows } from "./samples.js";
import { sinkhornDivergence } from "./sinkhornDivergence.js";
import { slicedWasserstein } from "./slicedWasserstein.js";
import { contingencySimilarity, correlationSimilarity, ksComplement, tvComplement } from "./tabular.js";
import { vendiScore } from "./vendiScore.js";

const random = createRandom(77);
const quick = { interval: false } as const;
const firstRows = (m: Matrix, n: number, from = 0) =>
  takeRows(
    m,
    Array.from({ length: n }, (_, i) => from + i),
  );
const around = ({ value, interval }: Estimate) => {
  expect(interval![0]).toBeLessThanOrEqual(value);
  expect(interval![1]).toBeGreaterThanOrEqual(value);
  expect(interval![1]).toBeGreaterThan(interval![0]);
};

describe("inceptionScore", () => {
  const sure = (classes: number, rows: number): Matrix => ({
    data: Float64Array.from({ length: rows * classes }, (_, p) =>
      Math.floor(p / classes) % classes === p % classes ? 1 : 0,
    ),
    rows,
    columns: classes,
  });

  it("is the number of classes for sure and even predictions, 1 for constant ones", () => {
    expect(inceptionScore(sure(4, 40), quick).value).toBeCloseTo(4, 12);
    const vague = { data: new Float64Array(60).fill(1 / 3), rows: 20, columns: 3 };
    expect(inceptionScore(vague, quick).value).toBeCloseTo(1, 12);
  });

  it("takes consecutive splits, and gives their standard error", () => {
    const halves = inceptionScore({ data: [1, 0, 0, 1, 1, 0, 1, 0], rows: 4, columns: 2 }, { splits: 2 });
    expect(halves.value).toBeCloseTo(1.5, 12); // 2 and 1
    expect(halves.interval![1] - 1.5).toBeCloseTo(12.7062 * 0.5, 3);
  });

  it("has a delta interval for one split, and folds for groups", () => {
    const rows: Matrix = {
      data: Array.from({ length: 200 }, (_, i) => (i % 4 < 2 ? [0.9, 0.1] : [0.3, 0.7])[i % 2]),
      rows: 100,
      columns: 2,
    };
    around(inceptionScore(rows, { splits: 1 }));
    expect(
      inceptionScore(rows, { splits: 5, groups: Array.from({ length: 100 }, (_, i) => i >> 2) }).groups,
    ).toBe(25);
    expect(() => inceptionScore(rows, { splits: 101 })).toThrow(/only 100/);
    expect(() => inceptionScore({ data: [0.5, 0.6], rows: 1, columns: 2 })).toThrow(/sums to/);
  });
});

describe("maximumMeanDiscrepancy", () => {
  it("rejects equality at its level, groups included", () => {
    const repetitions = 120;
    let rejected = 0;
    for (let r = 0; r < repetitions; r++) {
      // Copies of a row belong together: taken as rows of their own they would be a difference.
      const copied = (m: Matrix) =>
        takeRows(
          m,
          Array.from({ length: 30 }, (_, i) => i % 10),
        );
      const ids = Array.from({ length: 30 }, (_, i) => i % 10);
      const { pValue } = maximumMeanDiscrepancy(
        copied(normals(random, 10, 2)),
        copied(normals(random, 10, 2)),
        {
          ...quick,
          permutations: 19,
          seed: r,
          groups: { real: ids, generated: ids },
        },
      );
      if (pValue <= 0.1) rejected++;
    }
    expect(rejected).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.1));
    expect(rejected).toBeGreaterThan(0);
  });

  it("finds a shift with either kernel, and refuses a median of 0", () => {
    for (const kernel of ["gaussian", "laplace"] as const) {
      const { pValue, distance } = maximumMeanDiscrepancy(
        normals(random, 60, 2),
        normals(random, 60, 2, 1.5),
        { kernel },
      );
      expect(pValue).toBe(0.005);
      around(distance);
    }
    const same = { data: new Float64Array(20), rows: 10, columns: 2 };
    expect(() => maximumMeanDiscrepancy(same, same)).toThrow(/bandwidth/);
  });
});

describe("cmmd", () => {
  it("has an interval around the unbiased value, below the published one", () => {
    const { value, corrected, interval } = cmmd(normals(random, 60, 2), normals(random, 60, 2), { sigma: 1 });
    expect(value).toBeGreaterThan(corrected);
    expect((interval![0] + interval![1]) / 2).toBeCloseTo(corrected, 9);
  });
});

describe("probabilisticPrecisionRecall", () => {
  it("equals its definition", () => {
    const [a, b] = [normals(random, 40, 3), normals(random, 30, 3, 1)];
    const covered = (centres: Matrix, points: Matrix) => {
      const radius =
        (1.2 * allDistances(centres, centres).reduce((sum, list) => sum + list.sort((x, y) => x - y)[4], 0)) /
        centres.rows;
      const cross = allDistances(centres, points);
      let sum = 0;
      for (let j = 0; j < points.rows; j++)
        sum += 1 - cross.reduce((product, list) => product * Math.min(1, list[j] / radius), 1);
      return sum / points.rows;
    };
    const { precision, recall } = probabilisticPrecisionRecall(a, b);
    expect(precision.value).toBeCloseTo(covered(a, b), 12);
    expect(recall.value).toBeCloseTo(covered(b, a), 12);
    around(precision);
  });

  it("measures half samples as if they were whole ones", () => {
    const [a, b] = [normals(random, 60, 3), normals(random, 51, 3, 1)];
    const slow = halfSampleStrata(
      [{ rows: a.rows }, { rows: b.rows }],
      ([i, j]) => {
        const found = probabilisticPrecisionRecall(takeRows(a, i), takeRows(b, j), quick);
        return [found.precision.value, found.recall.value];
      },
      { resamples: 20, seed: 4 },
    );
    const fast = probabilisticPrecisionRecall(a, b, { resamples: 20, seed: 4 });
    for (const [s, name] of (["precision", "recall"] as const).entries())
      for (const side of [0, 1]) expect(fast[name].interval![side]).toBeCloseTo(slow[s].interval![side], 10);
  });

  it("knows a dropped mode from an invented one, and copes with coinciding rows", () => {
    const both = modes(random, 300, [0, 10], [0.5, 0.5]);
    const one = modes(random, 300, [0], [1]);
    const dropped = probabilisticPrecisionRecall(both, one, quick);
    expect(dropped.precision.value).toBeGreaterThan(0.8);
    expect(dropped.recall.value).toBeLessThan(0.6);
    const points = { data: [1, 1, 1, 1, 1, 1], rows: 6, columns: 1 };
    expect(probabilisticPrecisionRecall(points, points, { ...quick, k: 2 }).precision.value).toBe(1);
  });
});

describe("prdCurve", () => {
  it("pins the sides: recall suffers from a dropped mode, precision from an invented one", () => {
    const both = modes(random, 300, [0, 10], [0.5, 0.5]);
    const one = modes(random, 300, [0], [1]);
    const dropped = prdCurve(both, one, { clusters: 6 });
    expect(dropped.fEighth.value).toBeGreaterThan(dropped.f8.value + 0.2);
    around(dropped.f8);
    const invented = prdCurve(one, both, { ...quick, clusters: 6 });
    expect(invented.f8.value).toBeGreaterThan(invented.fEighth.value + 0.2);
  });
});

describe("authenticity", () => {
  const training = normals(random, 300, 2);

  it("equals its definition", () => {
    const generated = normals(random, 80, 2);
    const own = allDistances(training, training).map((list) => [...list].sort((x, y) => x - y)[1]);
    const cross = allDistances(generated, training);
    const share = cross.filter((list) => {
      const nearest = list.indexOf(Math.min(...list));
      return own[nearest] < list[nearest];
    }).length;
    const found = authenticity(training, generated, { resamples: 100 });
    expect(found.value).toBeCloseTo(share / 80, 12);
    around(found);
  });

  it("finds copies, beside the baseline of new data", () => {
    const copies = firstRows(training, 100);
    const nudged = { ...copies, data: Float64Array.from(copies.data as Float64Array, (x) => x + 1e-3) };
    const found = authenticity(training, nudged, { heldOut: normals(random, 100, 2) });
    expect(found.value).toBeLessThan(0.1);
    expect(found.interval![1]).toBeLessThan(found.baseline!.interval![0]);
  });
});

describe("alphaPrecision", () => {
  it("punishes a generator of averages, and one of outliers", () => {
    const real = normals(random, 400, 2);
    const score = (sd: number) =>
      alphaPrecision(real, normals(random, 400, 2, 0, sd), quick).alphaPrecision.value;
    expect(score(1)).toBeGreaterThan(0.93);
    expect(score(0.3)).toBeLessThan(0.7);
    expect(score(2)).toBeLessThan(0.7);
    around(alphaPrecision(real, normals(random, 300, 2), {}).betaRecall);
  });
});

describe("copying", () => {
  it("C_T is standard normal without copying, far below 0 with it", () => {
    const statistics = Array.from(
      { length: 200 },
      () => dataCopying(normals(random, 60, 2), normals(random, 40, 2), normals(random, 50, 2)).statistic,
    );
    const small = statistics.filter((z) => z < -1.6449).length;
    expect(small).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, 200, 0.07)); // the training set is shared, a little extra
    const training = normals(random, 200, 2);
    const copies = { ...training, data: Float64Array.from(training.data as Float64Array, (x) => x + 0.01) };
    const found = dataCopying(training, normals(random, 200, 2), copies, { cells: 4 });
    expect(found.statistic).toBeLessThan(-3);
    expect(found.cells).toHaveLength(4);
    expect(found.pValue).toBeNull();
    expect(() => dataCopying(training, firstRows(training, 1), copies, { cells: 4 })).toThrow(
      /no held-out row/,
    );
  });

  it("counts the share nearer to training, size-matched", () => {
    const made = normals(random, 500, 2);
    const fair = nearerToTraining(normals(random, 1000, 2), normals(random, 200, 2), made);
    expect(fair.value).toBeGreaterThan(0.3);
    expect(fair.value).toBeLessThan(0.7);
    expect(nearerToTraining(made, normals(random, 500, 2), made).value).toBe(1);
  });

  it("a membership attack finds copies only", () => {
    const members = normals(random, 150, 3);
    const others = normals(random, 150, 3);
    const leak = membershipInference(members, others, members);
    expect(leak.auc.value).toBe(1);
    expect(leak.hitRate.value).toBe(1);
    const safe = membershipInference(members, others, normals(random, 300, 3));
    expect(Math.abs(safe.auc.value - 0.5)).toBeLessThan(0.2);
    around(safe.auc);
    expect(safe.hitRate.value).toBeLessThan(0.15);
  });

  it("counts new rows and closest records", () => {
    const training = normals(random, 50, 2);
    const made = {
      data: [...Array.from(training.data).slice(0, 20), ...Array.from(normals(random, 30, 2).data)],
      rows: 40,
      columns: 2,
    };
    expect(newRowShare(training, made).value).toBe(0.75);
    const { quantile, mean } = distanceToClosestRecord(training, made, { quantile: 0.25 });
    around(quantile);
    around(mean);
    const clustered = distanceToClosestRecord(training, made, {
      groups: Array.from({ length: 40 }, (_, i) => i >> 2),
    });
    expect(clustered.quantile.method).toContain("cluster");
  });

  it("the order-statistic interval of a quantile covers, and is infinite where rows are too few", () => {
    const origin = { data: [0], rows: 1, columns: 1 };
    let missed = 0;
    for (let r = 0; r < 400; r++) {
      const made = { data: Float64Array.from({ length: 30 }, () => random.uniform()), rows: 30, columns: 1 };
      const [low, high] = distanceToClosestRecord(origin, made, { level: 0.9, quantile: 0.3 }).quantile
        .interval!;
      if (low > 0.3 || high < 0.3) missed++;
    }
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, 400, 0.1));
    expect(missed).toBeGreaterThan(5);
    expect(distanceToClosestRecord(origin, { data: [1, 2], rows: 2, columns: 1 }).quantile.interval).toEqual([
      -Infinity,
      Infinity,
    ]);
  });
});

describe("classifierTwoSampleTest", () => {
  it.each(["knn", "logistic"] as const)("keeps its level and finds a shift: %s", (classifier) => {
    const repetitions = 150;
    let rejected = 0;
    for (let r = 0; r < repetitions; r++)
      if (
        classifierTwoSampleTest(normals(random, 40, 2), normals(random, 40, 2), {
          ...quick,
          classifier,
          seed: r,
        }).pValue <= 0.1
      )
        rejected++;
    expect(rejected).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.1));
    const found = classifierTwoSampleTest(normals(random, 200, 2), normals(random, 300, 2, 1.5), {
      classifier,
    });
    expect(found.pValue).toBeLessThan(1e-6);
    expect(found.accuracy.n).toBe(200);
    around(found.accuracy);
  });

  it("keeps the digits of a tiny p-value", () => {
    const found = classifierTwoSampleTest(normals(random, 80, 2), normals(random, 80, 2, 30));
    expect(found.pValue / 2 ** -80).toBeCloseTo(1, 9);
  });

  it("takes groups, and refuses too few rows", () => {
    const ids = Array.from({ length: 80 }, (_, i) => i >> 2);
    const found = classifierTwoSampleTest(normals(random, 80, 2), normals(random, 80, 2, 2), {
      groups: { real: ids, generated: ids },
    });
    expect(found.accuracy.method).toContain("cluster");
    expect(found.pValue).toBeLessThan(1e-3);
    expect(() => classifierTwoSampleTest(normals(random, 3, 2), normals(random, 3, 2))).toThrow(/four rows/);
  });
});

describe("columns of tables", () => {
  it("compare as defined", () => {
    const a = Array.from({ length: 60 }, () => Math.floor(random.uniform() * 9));
    const b = Array.from({ length: 40 }, () => Math.floor(random.uniform() * 9) + 1);
    const cdf = (values: number[], at: number) => values.filter((x) => x <= at).length / values.length;
    const gap = Math.max(...Array.from({ length: 12 }, (_, at) => Math.abs(cdf(a, at) - cdf(b, at))));
    around(ksComplement(a, b));
    expect(ksComplement(a, b, quick).value).toBeCloseTo(1 - gap, 12);
    const share = (values: number[], at: number) => values.filter((x) => x === at).length / values.length;
    const tv = Array.from({ length: 12 }, (_, at) => Math.abs(share(a, at) - share(b, at)) / 2).reduce(
      (x, y) => x + y,
    );
    expect(tvComplement(a, b, quick).value).toBeCloseTo(1 - tv, 12);
    // A column beside itself: joint shares are the shares.
    expect(contingencySimilarity([a, a], [b, b], quick).value).toBeCloseTo(1 - tv, 12);
    expect(correlationSimilarity([a, a], [b, b], quick).value).toBeCloseTo(1, 12);
  });

  it("tell text categories apart that look alike when joined", () => {
    expect(contingencySimilarity([["a,b"], ["c"]], [["a"], ["b,c"]], quick).value).toBe(0);
  });

  it("refuse constant and broken columns", () => {
    expect(() =>
      correlationSimilarity(
        [
          [1, 1],
          [1, 2],
        ],
        [
          [1, 2],
          [1, 2],
        ],
      ),
    ).toThrow(/no correlation/);
    expect(() => ksComplement([1, Number.NaN], [1])).toThrow(/finite/);
    expect(() => tvComplement([], ["a"])).toThrow(/empty/);
    expect(() => contingencySimilarity([["a"], []], [["a"], ["b"]])).toThrow(/one value per row/);
  });
});

describe("mauve", () => {
  it("is 1 at identity, small far apart, and smoothed within reach", () => {
    const texts = (shift: number) => {
      const m = normals(random, 200, 6, shift);
      return m;
    };
    const real = texts(0);
    expect(mauve(real, real, { ...quick, clusters: 8 }).value).toBeCloseTo(1, 3);
    // A tenth of the rows by default, halves to the even number.
    for (const [rows, clusters] of [
      [25, 2],
      [26, 3],
      [35, 4],
    ]) {
      const [a, b] = [normals(random, rows, 3), normals(random, rows, 3, 1)];
      expect(mauve(a, b, quick).value).toBe(mauve(a, b, { ...quick, clusters }).value);
    }
    const near = mauve(real, texts(0), { clusters: 8, runs: 2 });
    const far = mauve(real, texts(5), { ...quick, clusters: 8 });
    expect(near.value).toBeGreaterThan(0.8);
    expect(far.value).toBeLessThan(0.1);
    expect(far.smoothed).toBeGreaterThan(far.value);
    around(near);
  });
});

describe("vendiScore", () => {
  it("counts kinds; both forms agree", () => {
    const tall = normals(random, 30, 4, 2);
    const eigenOfWide = vendiScore(
      { ...tall, data: Float64Array.from(tall.data as Float64Array) },
      quick,
    ).value;
    // Zero columns make it wide without changing a single similarity.
    const wide = new Float64Array(30 * 40);
    for (let i = 0; i < 30; i++) for (let j = 0; j < 4; j++) wide[i * 40 + j] = tall.data[i * 4 + j];
    expect(vendiScore({ data: wide, rows: 30, columns: 40 }, quick).value).toBeCloseTo(eigenOfWide, 8);
    expect(
      vendiScore({ data: [1, 0, 0, 1], rows: 2, columns: 2 }, { ...quick, order: Infinity }).value,
    ).toBeCloseTo(2, 12);
    around(vendiScore(tall));
    // Leaving either of two rows out gives 1: nothing varies, and no number may be missing.
    const two = vendiScore({ data: [0.5, 0.5, 0.2, 0.8], rows: 2, columns: 2 });
    expect(two.interval?.every((end) => !Number.isNaN(end))).toBe(true);
    expect(() => vendiScore({ data: [0, 0, 1, 1], rows: 2, columns: 2 })).toThrow(/row 0 is all zeros/);
  });
});

describe("transport", () => {
  it("sliced: unequal sizes equal repeated rows, and the interval holds a known shift", () => {
    const a = normals(random, 6, 2);
    const b = normals(random, 4, 2, 1);
    const times = (m: Matrix, copies: number) =>
      takeRows(
        m,
        Array.from({ length: m.rows * copies }, (_, i) => i % m.rows),
      );
    const value = slicedWasserstein(a, b, quick).value;
    expect(slicedWasserstein(times(a, 2), times(b, 3), quick).value).toBeCloseTo(value, 10);
    const [low, high] = slicedWasserstein(normals(random, 400, 1), normals(random, 400, 1, 2)).interval!;
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
    expect(slicedWasserstein(normals(random, 50, 3), normals(random, 50, 3)).corrected).toBeLessThan(0.3);
  });

  it("Sinkhorn: 0 at identity, ½W₂² for a shift, and refuses what does not fit", () => {
    const a = normals(random, 50, 2);
    const moved = { ...a, data: Float64Array.from(a.data as Float64Array, (x, i) => (i % 2 ? x : x + 3)) };
    expect(sinkhornDivergence(a, a, quick).value).toBeCloseTo(0, 6);
    expect(sinkhornDivergence(a, moved, { ...quick, epsilon: 0.5 }).value).toBeCloseTo(4.5, 3);
    around(sinkhornDivergence(normals(random, 40, 2), normals(random, 30, 2, 1), { epsilon: 1 }));
    expect(() => sinkhornDivergence(a, moved, { maxIterations: 1 })).toThrow(/settled/);
    const large = { data: new Float64Array(2100), rows: 2100, columns: 1 };
    expect(() => sinkhornDivergence(large, large)).toThrow(/at most 2000 rows/);
    const points = { data: [1, 1, 1], rows: 3, columns: 1 };
    expect(sinkhornDivergence(points, points, quick).value).toBe(0);
  });

  it("Sinkhorn settles with its defaults on small samples", () => {
    for (const [rows, columns] of [
      [4, 2],
      [6, 6],
      [20, 4],
      [40, 8],
    ])
      for (let r = 0; r < 5; r++) {
        const samples = [normals(random, rows, columns), normals(random, rows + 1, columns)] as const;
        const { value } = sinkhornDivergence(...samples, quick);
        const settled = sinkhornDivergence(...samples, {
          ...quick,
          tolerance: 1e-9,
          maxIterations: 1e4,
        }).value;
        expect(value / settled).toBeCloseTo(1, 5);
      }
  });

  it("Sinkhorn equals plain iterations of the scaling", () => {
    const [a, b] = [normals(random, 7, 2), normals(random, 5, 2, 1)];
    const epsilon = 0.7;
    const cost = (x: Matrix, y: Matrix) => {
      const c = allDistances(x, y).map((list) => list.map((d) => (d * d) / 2));
      let f = new Array(x.rows).fill(0);
      let g = new Array(y.rows).fill(0);
      for (let t = 0; t < 3000; t++) {
        f = c.map(
          (list) =>
            -epsilon * Math.log(list.reduce((s, v, j) => s + Math.exp((g[j] - v) / epsilon), 0) / y.rows),
        );
        g = c[0].map(
          (_, j) =>
            -epsilon *
            Math.log(c.reduce((s, list, i) => s + Math.exp((f[i] - list[j]) / epsilon), 0) / x.rows),
        );
      }
      const mean = (v: number[]) => v.reduce((p, q) => p + q, 0) / v.length;
      return mean(f) + mean(g);
    };
    const wanted = cost(a, b) - cost(a, a) / 2 - cost(b, b) / 2;
    expect(
      sinkhornDivergence(a, b, { ...quick, epsilon, tolerance: 1e-8, maxIterations: 3000 }).value,
    ).toBeCloseTo(wanted, 6);
  });
});

describe("featureLikelihoodDivergence", () => {
  it("is about 0 for new real data, and rises with copies, shifts and dropped modes", () => {
    const training = normals(random, 200, 3);
    const test = normals(random, 150, 3);
    const score = (made: Matrix) => featureLikelihoodDivergence(training, test, made);
    const fair = score(normals(random, 100, 3));
    around(fair);
    expect(Math.abs(fair.value)).toBeLessThan(15);
    expect(score(firstRows(training, 100)).value).toBeGreaterThan(fair.value + 20);
    expect(score(normals(random, 100, 3, 4)).value).toBeGreaterThan(fair.value + 20);
  });
});

describe("frechetInfinity", () => {
  it("removes the bias that the plain distance has", () => {
    let plain = 0;
    let extrapolated = 0;
    for (let r = 0; r < 6; r++) {
      const [a, b] = [normals(random, 200, 8), normals(random, 200, 8)];
      plain += frechetDistance(a, b, quick).value / 6;
      extrapolated += frechetInfinity(a, b, { ...quick, seed: r }).value / 6;
    }
    expect(plain).toBeGreaterThan(0.2);
    expect(Math.abs(extrapolated)).toBeLessThan(0.4 * plain);
    const { interval } = frechetInfinity(normals(random, 300, 2), normals(random, 300, 2, 1), {
      level: 0.999,
    });
    expect(interval![0]).toBeLessThan(1);
    expect(interval![1]).toBeGreaterThan(1);
    const few = frechetInfinity(normals(random, 60, 2), normals(random, 60, 2));
    expect(few.interval).toEqual([-Infinity, Infinity]);
    expect(few.method).toContain("two rows per column");
    expect(() => frechetInfinity(normals(random, 6, 2), normals(random, 6, 2))).toThrow(/too few to shrink/);
  });
});

describe("classes and comparisons", () => {
  const labels = (n: number) => Array.from({ length: n }, (_, i) => (i < n / 2 ? "left" : "right"));
  const sample = (n: number, rightShift: number): Matrix => {
    const data = Float64Array.from(
      { length: 2 * n },
      (_, p) => (p % 2 ? 0 : p / 2 < n / 2 ? 0 : rightShift) + random.uniform(),
    );
    return { data, rows: n, columns: 2 };
  };

  it("names the class that is badly drawn", () => {
    const found = perClass(
      sample(100, 5),
      labels(100),
      sample(80, 9),
      labels(80),
      (a, b) => prdc(a, b, { ...quick, k: 3 }).coverage.value,
    );
    expect(found.get("left")).toBeGreaterThan(0.7);
    expect(found.get("right")).toBe(0);
    expect(() =>
      perClass(sample(4, 1), labels(4), sample(4, 1), ["left", "left", "up", "up"], () => 0),
    ).toThrow(/no class of the real/);
    expect(() =>
      perClass(sample(4, 1), labels(4), sample(4, 1), ["left", "left", "left", "left"], () => 0),
    ).toThrow(/never generated/);
  });

  it("shows the skew of classes, also among confident samples", () => {
    const generated = Array.from({ length: 100 }, (_, i) => (i < 80 ? "left" : "right"));
    const confidences = generated.map((label) => (label === "left" ? 0.99 : 0.5));
    const [left, right] = classSkew(labels(100), generated, { confidences });
    expect([left.real.value, left.generated.value, left.confident!.value]).toEqual([0.5, 0.8, 1]);
    expect(left.generated.interval![0]).toBeGreaterThan(0.5);
    expect(right.confident!.value).toBe(0);
    expect(classSkew(labels(10), labels(10))[0].confident).toBeNull();
  });

  it("compares generators on the same reference folds, with an interval that covers", () => {
    const metric = (a: Matrix, b: Matrix) => frechetDistance(a, b, quick).value;
    const real = normals(random, 300, 2);
    const clear = compareGenerators(real, normals(random, 300, 2, 0.2), normals(random, 300, 2, 1), metric);
    expect(clear.difference.interval![1]).toBeLessThan(0);
    expect(clear.first - clear.second).toBeCloseTo(clear.difference.value, 12);
    let missed = 0;
    for (let r = 0; r < 200; r++) {
      const draw = () => normals(random, 60, 2, 0.5);
      const { difference } = compareGenerators(normals(random, 60, 2), draw(), draw(), metric, {
        folds: 5,
        level: 0.9,
        seed: r,
      });
      if (difference.interval![0] > 0 || difference.interval![1] < 0) missed++;
    }
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, 200, 0.1));
    expect(missed).toBeGreaterThan(3);
    expect(() => compareGenerators(real, firstRows(real, 5), real, metric)).toThrow(/10 disjoint folds/);
  });

  it("gives the score of a perfect generator", () => {
    const baseline = referenceBaseline(
      normals(random, 400, 2),
      (a, b) => prdc(a, b, { ...quick, k: 3 }).coverage.value,
      { folds: 5 },
    );
    expect(baseline.value).toBeGreaterThan(0.7);
    expect(baseline.groups).toBe(5);
    around(baseline);
  });
});

describe("bad input", () => {
  const good = normals(random, 12, 2);
  const broken = { ...good, data: Float64Array.from(good.data) };
  broken.data[5] = Number.NaN;
  const functions: Record<string, (a: Matrix, b: Matrix) => unknown> = {
    alphaPrecision: (a, b) => alphaPrecision(a, b),
    authenticity: (a, b) => authenticity(a, b),
    classifierTwoSampleTest: (a, b) => classifierTwoSampleTest(a, b),
    cmmd: (a, b) => cmmd(a, b),
    compareGenerators: (a, b) => compareGenerators(a, b, b, () => 0, { folds: 2 }),
    dataCopying: (a, b) => dataCopying(a, b, b),
    distanceToClosestRecord: (a, b) => distanceToClosestRecord(a, b),
    featureLikelihoodDivergence: (a, b) => featureLikelihoodDivergence(a, b, b),
    frechetDistance: (a, b) => frechetDistance(a, b),
    frechetInfinity: (a, b) => frechetInfinity(a, b),
    mauve: (a, b) => mauve(a, b),
    maximumMeanDiscrepancy: (a, b) => maximumMeanDiscrepancy(a, b),
    membershipInference: (a, b) => membershipInference(a, a, b),
    nearerToTraining: (a, b) => nearerToTraining(a, b, b),
    newRowShare: (a, b) => newRowShare(a, b),
    prdCurve: (a, b) => prdCurve(a, b, { clusters: 2 }),
    precisionRecallCurve: (a, b) => precisionRecallCurve(a, b),
    probabilisticPrecisionRecall: (a, b) => probabilisticPrecisionRecall(a, b),
    sinkhornDivergence: (a, b) => sinkhornDivergence(a, b),
    slicedWasserstein: (a, b) => slicedWasserstein(a, b),
  };

  it.each(Object.entries(functions))(
    "%s refuses NaN, other features and nothing, by its own name",
    (name, call) => {
      expect(() => call(good, broken)).toThrow(new RegExp(`^${name}: .*\\[5\\] is NaN: 1 of 12 rows`));
      expect(() => call(good, normals(random, 12, 3))).toThrow(new RegExp(`^${name}: .*columns`));
      expect(() => call(good, { data: [], rows: 0, columns: 2 })).toThrow(new RegExp(`^${name}: `));
      expect(() => call(good, { data: [1, 2, 3], rows: 2, columns: 2 })).toThrow(new RegExp(`^${name}: `));
    },
  );
});
