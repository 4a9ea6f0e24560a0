import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile, gammaSurvival, normalCdf } from "../numeric/special.js";
import { crpsQuantiles } from "./crpsQuantiles.js";
import { ence } from "./ence.js";
import { refusal } from "./forecast.test-support.js";
import { intervalScore, weightedIntervalScore } from "./intervalScore.js";
import { jointCoverage } from "./jointCoverage.js";
import { logScore, logScoreGaussian } from "./logScore.js";
import { pinballLoss } from "./pinballLoss.js";
import { pit } from "./pit.js";
import { pitHistogram } from "./pitHistogram.js";
import { miscalibrationArea, quantileCalibration } from "./quantileCalibration.js";
import { rankedProbabilityScore } from "./rankedProbabilityScore.js";
import { isotonicForecast, varianceScaling } from "./recalibrateForecast.js";
import { sharpness } from "./sharpness.js";
import { energyScore, variogramScore } from "./vectorScores.js";

const normals = (random: ReturnType<typeof createRandom>, n: number) =>
  Float64Array.from({ length: n }, () => sampleNormal(random));

describe("scores of intervals, quantiles and categories", () => {
  test("pinball, interval and weighted interval score agree with each other", () => {
    const alphas = [0.02, 0.2, 0.5];
    const lower = [-3, -2, -1];
    const upper = [4, 3, 1.5];
    for (const y of [-5, -1.5, 0, 1, 2, 9]) {
      alphas.forEach((alpha, j) => {
        const pinballs = pinballLoss(lower[j], y, alpha / 2) + pinballLoss(upper[j], y, 1 - alpha / 2);
        expect(intervalScore(lower[j], upper[j], y, alpha)).toBeCloseTo((2 / alpha) * pinballs, 12);
      });
      const row = (data: number[]) => ({ data, rows: 1, columns: data.length });
      const wis = weightedIntervalScore({ median: [0.2], lower: row(lower), upper: row(upper), alphas }, [y]);
      const levels = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];
      const quantiles = row([...lower, 0.2, ...upper.toReversed()]);
      expect(wis.value).toBeCloseTo(crpsQuantiles(quantiles, levels, [y]).value, 12);
    }
  });

  test("refuse crossed intervals, wrong sizes and levels", () => {
    const one = { data: [1], rows: 1, columns: 1 };
    expect(refusal(() => intervalScore(2, 1, 0, 0.1)).code).toBe("out-of-range");
    expect(refusal(() => intervalScore(0, 1, 0, 1)).code).toBe("out-of-range");
    expect(refusal(() => pinballLoss(0, 1, 0)).code).toBe("out-of-range");
    const wis =
      (alphas: number[], high = 1) =>
      () =>
        weightedIntervalScore({ median: [0], lower: one, upper: { ...one, data: [high] }, alphas }, [0]);
    expect(refusal(wis([0.1, 0.2])).code).toBe("length-mismatch");
    expect(refusal(wis([2])).code).toBe("out-of-range");
    expect(refusal(wis([0.1], 0)).message).toContain("row 0");
  });

  test("ranked probability score by its definition; binary it is the Brier score", () => {
    const p = { data: [0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.1, 0.1], rows: 2, columns: 4 };
    const slow = [2, 0].map((label, i) => {
      let score = 0;
      for (let k = 0; k < 4; k++) {
        let cumulative = 0;
        for (let j = 0; j <= k; j++) cumulative += p.data[i * 4 + j];
        score += (cumulative - (label <= k ? 1 : 0)) ** 2;
      }
      return score;
    });
    expect(rankedProbabilityScore(p, [2, 0]).value).toBeCloseTo((slow[0] + slow[1]) / 2, 12);
    expect(rankedProbabilityScore(p, [2, 0], { normalised: true }).value).toBeCloseTo(
      (slow[0] + slow[1]) / 6,
      12,
    );
    expect(rankedProbabilityScore({ data: [0.3, 0.7], rows: 1, columns: 2 }, [1]).value).toBeCloseTo(
      0.09,
      12,
    );
    expect(refusal(() => rankedProbabilityScore(p, [2, 4])).code).toBe("unknown-class");
    expect(refusal(() => rankedProbabilityScore(p, [2])).code).toBe("length-mismatch");
  });

  test("log score: Gaussian density, impossible observations", () => {
    expect(logScoreGaussian(1, 2, 4)).toBeCloseTo(Math.log(2) + 0.5 * Math.log(2 * Math.PI) + 9 / 8, 12);
    expect(logScore([-1, -Infinity])).toMatchObject({ value: Infinity, interval: [-Infinity, Infinity] });
    expect(refusal(() => logScore([Number.NaN])).code).toBe("not-finite");
    expect(refusal(() => logScore([])).code).toBe("empty-input");
  });
});

describe("vectors", () => {
  test("energy score is the ensemble CRPS in one dimension; variogram by hand", () => {
    const members = { data: [1, 2, 4], rows: 3, columns: 1 };
    expect(energyScore(members, [2])).toBeCloseTo(1 / 3, 12);
    expect(energyScore(members, [2], { estimator: "fair" })).toBeCloseTo(0, 12);
    const pair = { data: [0, 1, 2, 6], rows: 2, columns: 2 };
    // mean √|x₁ − x₂| = (1 + 2)/2, observed √9 = 3; both orders of the pair count.
    expect(variogramScore(pair, [0, 9])).toBeCloseTo(2 * 1.5 ** 2, 12);
    const weights = { data: [0, 1, 0, 0], rows: 2, columns: 2 };
    expect(variogramScore(pair, [0, 9], { weights })).toBeCloseTo(1.5 ** 2, 12);
    expect(variogramScore(pair, [0, 9], { power: 1 })).toBeCloseTo(2 * (9 - 2.5) ** 2, 12);
    expect(refusal(() => energyScore(pair, [1])).code).toBe("length-mismatch");
    expect(refusal(() => variogramScore(pair, [0, 9], { power: 0 })).code).toBe("out-of-range");
    expect(
      refusal(() => energyScore({ data: [1], rows: 1, columns: 1 }, [1], { estimator: "fair" })).code,
    ).toBe("too-few");
  });

  test("joint coverage", () => {
    const matrix = (data: number[]) => ({ data, rows: 3, columns: 2 });
    const found = jointCoverage(
      matrix([0, 0, 0, 0, -Infinity, 0]),
      matrix([1, 1, 1, 1, 1, 1]),
      matrix([0.5, 1, 2, 0.5, -9, 3]),
    );
    expect(found.joint.value).toBeCloseTo(1 / 3, 12);
    expect(found.byHorizon.map(({ value }) => value)).toEqual([2 / 3, 2 / 3]);
    expect(
      refusal(() =>
        jointCoverage(matrix([0, 0, 0, 0, 0, 0]), matrix([1, 1, 1, 1, 1, 1]), {
          data: [1],
          rows: 1,
          columns: 1,
        }),
      ).code,
    ).toBe("length-mismatch");
  });
});

describe("pit", () => {
  test("normal, any cdf, counts at random inside the atom, ensembles by rank", () => {
    expect(pit({ mean: [1], sd: [2] }, [3])[0]).toBeCloseTo(normalCdf(1), 15);
    const poisson = {
      cdf: (_: number, y: number) => gammaSurvival(3, y + 1),
      below: (_: number, y: number) => (y > 0 ? gammaSurvival(3, y) : 0),
    };
    const values = pit(poisson, new Float64Array(500).fill(2));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(gammaSurvival(3, 2));
    expect(Math.max(...values)).toBeLessThanOrEqual(gammaSurvival(3, 3));
    const members = { data: [1, 2, 3], rows: 1, columns: 3 };
    const [rank] = pit(members, [2.5]);
    expect(rank).toBeGreaterThanOrEqual(0.5);
    expect(rank).toBeLessThan(0.75);
    expect([...pit(members, [2.5])]).toEqual([rank]);
    expect(refusal(() => pit({ mean: [1], sd: [0] }, [3])).code).toBe("out-of-range");
    expect(refusal(() => pit({ cdf: () => 2 }, [3])).code).toBe("not-a-probability");
    expect(refusal(() => pit(members, [1, 2])).code).toBe("length-mismatch");
    expect(refusal(() => pit({ mean: [], sd: [] }, [])).code).toBe("empty-input");
  });

  test("ensembles that are exchangeable with the observation give exactly uniform values", () => {
    const random = createRandom(5);
    const n = 4000;
    const members = {
      data: Array.from({ length: n * 4 }, () => Math.floor(random.uniform() * 3)),
      rows: n,
      columns: 4,
    };
    const observed = Array.from({ length: n }, () => Math.floor(random.uniform() * 3));
    expect(pitHistogram(pit(members, observed)).test.pValue).toBeGreaterThan(1e-6);
  });

  test("histogram: the test rejects a calibrated forecast at its level and an overconfident one nearly always", () => {
    const random = createRandom(6);
    let calibrated = 0;
    let outside = 0;
    let overconfident = 0;
    const repeats = 400;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const y = normals(random, 200);
      const mean = new Float64Array(200);
      const honest = pitHistogram(pit({ mean, sd: mean.map(() => 1) }, y));
      if (honest.test.pValue < 0.05) calibrated++;
      if (honest.density.some((d, b) => d < honest.simultaneous[0][b] || d > honest.simultaneous[1][b]))
        outside++;
      if (pitHistogram(pit({ mean, sd: mean.map(() => 0.6) }, y)).test.pValue < 0.05) overconfident++;
    }
    const most = binomialQuantile(1 - 1e-6, repeats, 0.06);
    expect(calibrated).toBeLessThanOrEqual(most);
    expect(outside).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.05));
    expect(overconfident).toBeGreaterThan(0.9 * repeats);
  });

  test("with groups the test keeps its level where rows alone would not", () => {
    const random = createRandom(7);
    let clustered = 0;
    let naive = 0;
    const repeats = 200;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const pits: number[] = [];
      const groups: number[] = [];
      for (let g = 0; g < 60; g++) {
        const shared = sampleNormal(random);
        for (let i = 0; i < 8; i++) {
          pits.push(normalCdf(Math.sqrt(0.8) * shared + Math.sqrt(0.2) * sampleNormal(random)));
          groups.push(g);
        }
      }
      const found = pitHistogram(pits, { bins: 5, groups });
      if (found.test.pValue < 0.05) clustered++;
      if (pitHistogram(pits, { bins: 5 }).test.pValue < 0.05) naive++;
    }
    expect(clustered).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.07));
    expect(naive).toBeGreaterThan(0.5 * repeats);
    expect(pitHistogram([0.1, 0.9], { groups: [1, 2] }).test.reason).toContain(
      "2 groups are too few for 10 bins",
    );
    expect(refusal(() => pitHistogram([2])).code).toBe("not-a-probability");
    expect(refusal(() => pitHistogram([])).code).toBe("empty-input");
  });
});

describe("quantile calibration", () => {
  test("the curve and the area by their definitions", () => {
    const random = createRandom(8);
    const pits = Array.from({ length: 300 }, () => random.uniform() ** 1.5);
    for (const kind of ["interval", "quantile"] as const) {
      const curve = quantileCalibration(pits, { kind });
      let area = 0;
      curve.forEach(({ expected, observed }, l) => {
        const inside = pits.filter((u) =>
          kind === "interval" ? Math.abs(2 * u - 1) <= expected : u <= expected,
        );
        expect(observed.value).toBeCloseTo(inside.length / 300, 12);
        if (l > 0) {
          // A fine Riemann sum under the straight piece.
          const before = curve[l - 1];
          for (let s = 0; s < 200; s++) {
            const t = (s + 0.5) / 200;
            const gap = (1 - t) * (before.observed.value - before.expected) + t * (observed.value - expected);
            area += (Math.abs(gap) * (expected - before.expected)) / 200;
          }
        }
      });
      expect(miscalibrationArea(pits, { kind }).value).toBeCloseTo(area, 5);
    }
  });

  test("the band holds over all levels at once, and the area's interval covers 0 when calibrated", () => {
    const random = createRandom(9);
    let missed = 0;
    const repeats = 400;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const pits = Array.from({ length: 100 }, () => random.uniform());
      const curve = quantileCalibration(pits, { kind: "quantile" });
      if (
        curve.some(
          ({ expected, observed: { interval } }) => expected < interval![0] || expected > interval![1],
        )
      )
        missed++;
    }
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.05));
    const groups = Array.from({ length: 100 }, (_, i) => i % 20);
    const pits = Array.from({ length: 100 }, () => random.uniform());
    const area = miscalibrationArea(pits, { groups });
    expect(area.groups).toBe(20);
    expect(area.interval?.[0]).toBeGreaterThanOrEqual(0);
    expect(miscalibrationArea(pits, { interval: false }).interval).toBeNull();
    expect(quantileCalibration(pits, { interval: false, levels: 5 })[2].observed.interval).toBeNull();
    expect(refusal(() => miscalibrationArea([1.2])).code).toBe("not-a-probability");
    expect(refusal(() => miscalibrationArea([0.2], { kind: "half" as "interval" })).code).toBe(
      "unknown-option",
    );
  });

  test("ENCE by its definition", () => {
    const random = createRandom(10);
    const n = 103;
    const sd = Array.from({ length: n }, () => 0.5 + random.uniform());
    const mean = new Array(n).fill(0);
    const y = sd.map((s) => 1.3 * s * sampleNormal(random));
    const order = sd.map((_, i) => i).sort((a, b) => sd[a] - sd[b]);
    let sum = 0;
    for (let b = 0; b < 10; b++) {
      const bin = order.slice(Math.floor((b * n) / 10), Math.floor(((b + 1) * n) / 10));
      const rms = (of: (i: number) => number) =>
        Math.sqrt(bin.reduce((s, i) => s + of(i) ** 2, 0) / bin.length);
      sum += Math.abs(rms((i) => sd[i]) - rms((i) => y[i])) / rms((i) => sd[i]);
    }
    const found = ence(mean, sd, y, { resamples: 50 });
    expect(found.value).toBeCloseTo(sum / 10, 12);
    expect(found.interval![0]).toBeLessThan(found.interval![1]);
    expect(refusal(() => ence([1], [1], [1])).code).toBe("too-few");
    expect(refusal(() => ence([1], [0], [1], { bins: 1 })).code).toBe("out-of-range");
  });

  test("sharpness", () => {
    expect(sharpness([1, 7]).value).toBe(5);
    expect(sharpness([1, 7]).interval?.[0]).toBe(0);
    expect(refusal(() => sharpness([-1])).code).toBe("out-of-range");
  });
});

describe("recalibration of forecasts", () => {
  test("isotonic: recalibrated values are uniform, level inverts probability", () => {
    const random = createRandom(11);
    const narrow = () => normalCdf(2 * sampleNormal(random));
    const fitted = isotonicForecast.fit(Array.from({ length: 2000 }, narrow));
    const after = Array.from({ length: 300 }, () => fitted.probability(narrow()));
    expect(pitHistogram(after).test.pValue).toBeGreaterThan(1e-6);
    for (const p of [0, 0.03, 0.5, 0.77, 1]) expect(fitted.probability(fitted.level(p))).toBeCloseTo(p, 9);
    const ties = isotonicForecast.fit([0, 0, 1]);
    expect(ties.probability(0)).toBe(0.25);
    expect(refusal(() => fitted.probability(1.5)).code).toBe("not-a-probability");
    expect(refusal(() => isotonicForecast.fit([])).code).toBe("empty-input");
  });

  test("variance scaling recovers the factor", () => {
    const random = createRandom(12);
    const y = normals(random, 4000).map((z) => 3 * z);
    const fitted = varianceScaling.fit(new Float64Array(4000), new Float64Array(4000).fill(1), y);
    expect(fitted.scale).toBeGreaterThan(2.8);
    expect(fitted.scale).toBeLessThan(3.2);
    expect(fitted.predict([2])[0]).toBe(2 * fitted.scale);
    expect(refusal(() => varianceScaling.fit([1], [1], [1])).code).toBe("out-of-range");
    expect(refusal(() => varianceScaling.fit([1], [-1], [1])).code).toBe("out-of-range");
  });
});
