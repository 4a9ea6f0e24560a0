import { detectionMetrics } from "credence/novelty";
import { createRandom, type Matrix, sampleNormal } from "credence/numeric";
import { afterAll, describe, expect, it } from "vitest";
import { gan, ganomaly, type Rows, vae } from "../models/index.js";
import {
  type AnomalyScore,
  anomalyDetector,
  boundScore,
  inversionScore,
  likelihoodScore,
  ownScore,
  reconstructionScore,
  windowsOf,
} from "./index.js";

/** Six readings of a wave of random phase, in a unit of their own. */
function waves(rows: number, seed: number): Matrix & { data: Float32Array } {
  const random = createRandom(seed);
  const data = new Float32Array(6 * rows);
  for (let i = 0; i < rows; i++) {
    const phase = 2 * Math.PI * random.uniform();
    for (let j = 0; j < 6; j++)
      data[6 * i + j] = 100 + 10 * Math.sin(phase + 0.8 * j) + 1.5 * sampleNormal(random);
  }
  return { data, rows, columns: 6 };
}

/** Each reading from another wave: every column alone looks as it should. */
function mixed(rows: number, seed: number): Matrix {
  const { data } = waves(6 * rows, seed);
  return { data: Float32Array.from({ length: 6 * rows }, (_, k) => data[6 * k + (k % 6)]), rows, columns: 6 };
}
const train = waves(1500, 1);
const calibration = waves(250, 2);
const fresh = waves(250, 3);
const planted = mixed(60, 4);

const releases: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const release of releases) await release();
});
const kept = <M extends { release(): Promise<void> }>(model: M): M => {
  releases.push(() => model.release());
  return model;
};

/** The largest distance between an empirical distribution on [0, 1] and the uniform one. */
function distanceFromUniform(values: Float64Array): number {
  const sorted = values.slice().sort();
  return sorted.reduce(
    (most, v, i) => Math.max(most, Math.abs(v - i / sorted.length), Math.abs(v - (i + 1) / sorted.length)),
    0,
  );
}
/** Kolmogorov and Smirnov's bound at level 0.001 for two samples: calibration rows are random too. */
const allowed = (n: number, m: number) => 1.95 * Math.sqrt(1 / n + 1 / m);

const scores: { [name: string]: () => Promise<{ score: AnomalyScore; least: number }> } = {
  "VAE, bound": async () => {
    const model = kept(
      await vae({ latent: 2, hidden: [32] }).train(train, { epochs: 40, learningRate: 0.01, seed: 1 }),
    );
    return { score: boundScore(model, { samples: 64 }), least: 0.95 };
  },
  "VAE, reconstruction": async () => {
    const model = kept(
      await vae({ latent: 2, hidden: [32] }).train(train, { epochs: 40, learningRate: 0.01, seed: 1 }),
    );
    return { score: reconstructionScore(model, { scale: model.card.noise }), least: 0.95 };
  },
  AnoGAN: async () => {
    const model = kept(
      await gan({ latent: 4, hidden: [32, 32], r1: 0.1 }).train(train, {
        epochs: 30,
        learningRate: 5e-3,
        seed: 1,
      }),
    );
    return { score: inversionScore(model, { steps: 50, starts: 8 }), least: 0.95 };
  },
  GANomaly: async () => {
    const model = kept(
      await ganomaly({ latent: 2, hidden: [32] }).train(train, { epochs: 40, learningRate: 5e-3, seed: 1 }),
    );
    return { score: ownScore(model), least: 0.7 };
  },
};

describe.each(Object.entries(scores))("%s", (_, make) => {
  it("gives uniform p-values to fresh rows, and finds what is planted", async () => {
    const { score, least } = await make();
    const detector = await anomalyDetector(score, calibration);
    const { pValues, scores: known } = await detector.test(fresh, { smoothed: true, seed: 1 });
    expect(distanceFromUniform(pValues)).toBeLessThan(allowed(250, 250));
    const found = await detector.test(planted);
    const { auroc } = detectionMetrics(known, found.scores);
    expect(auroc.value).toBeGreaterThan(least);
    expect(found.novel.length).toBeGreaterThan(20);
  });
});

/** The standard normal distribution, as a model. */
const normal = {
  async logProbability(x: Rows) {
    const { data } = x as Matrix;
    return Float64Array.from(data, (v) => -(v ** 2) / 2);
  },
};
const column = (values: Float64Array): Matrix => ({ data: values, rows: values.length, columns: 1 });

describe("anomalyDetector", () => {
  it("keeps the share of false calls below the rate, and the p-values uniform, over many calibrations", async () => {
    const random = createRandom(5);
    const draws = (n: number, shift = 0) =>
      column(Float64Array.from({ length: n }, () => sampleNormal(random) + shift));
    const all: number[] = [];
    let falseShare = 0;
    let found = 0;
    for (let run = 0; run < 200; run++) {
      const detector = await anomalyDetector(likelihoodScore(normal), draws(99));
      expect(detector.leastPValue).toBe(0.01);
      const { pValues } = await detector.test(draws(1), { smoothed: true, seed: run });
      all.push(pValues[0]);
      const x = column(Float64Array.from([...(draws(18).data as Float64Array), 5, -6]));
      const { novel } = await detector.test(x, { rate: 0.2 });
      const right = novel.filter((i) => i >= 18).length;
      found += right / 2 / 200;
      falseShare += (novel.length - right) / Math.max(novel.length, 1) / 200;
    }
    expect(distanceFromUniform(Float64Array.from(all))).toBeLessThan(1.95 / Math.sqrt(200));
    // At most 0.2 · 18 / 20 on average; the standard error is below 0.02.
    expect(falseShare).toBeLessThan(0.18 + 0.05);
    expect(found).toBeGreaterThan(0.8);
  });

  it("refuses to calibrate with the rows of training, and groups that do not fit", async () => {
    const model = kept(await vae({ latent: 1, hidden: [4] }).train(train, { epochs: 1 }));
    await expect(anomalyDetector(boundScore(model), train)).rejects.toMatchObject({ code: "rows-overlap" });
    await expect(
      anomalyDetector(likelihoodScore(normal), column(new Float64Array(3)), { groups: [1, 2] }),
    ).rejects.toMatchObject({ code: "length-mismatch" });
    await expect(reconstructionScore(model, { scale: [1] }).score(train)).rejects.toMatchObject({
      code: "length-mismatch",
    });
  });

  it("takes only what a model can give", () => {
    const implicit = { sample: async () => column(new Float64Array(1)) };
    // @ts-expect-error A model without a density has no likelihood to score by.
    likelihoodScore(implicit);
    // @ts-expect-error Nor a bound.
    boundScore(implicit);
  });
});

describe("windowsOf", () => {
  it("cuts series of several variables, and keeps windows within blocks", () => {
    const series = { data: [1, 10, 2, 20, 3, 30, 4, 40, 5, 50], rows: 5, columns: 2 };
    const windows = windowsOf(series, { length: 2, stride: 1, block: 3 });
    expect([windows.rows, windows.columns]).toEqual([3, 4]);
    expect(Array.from(windows.data)).toEqual([1, 10, 2, 20, 2, 20, 3, 30, 4, 40, 5, 50]);
    expect(Array.from(windows.starts)).toEqual([0, 1, 3]);
    expect(Array.from(windows.blocks)).toEqual([0, 0, 1]);
    expect(windowsOf([1, 2, 3, 4, 5], { length: 2, stride: 2 }).rows).toBe(2);
    expect(() => windowsOf([1], { length: 2 })).toThrow(/too-few|2 times/);
    expect(() => windowsOf([1, 2, 3], { length: 2, block: 1 })).toThrow(/at least 2/);
  });

  it("makes p-values of windows valid over series, with blocks as groups", async () => {
    // The loudest value of a window, in a series that remembers: neighbouring windows are nearly copies.
    const loudness: AnomalyScore = {
      async score(x) {
        const { data, rows, columns } = x as Matrix;
        return Float64Array.from({ length: rows }, (_, i) => {
          let most = 0;
          for (let j = 0; j < columns; j++) most = Math.max(most, Math.abs(data[i * columns + j]));
          return -most;
        });
      },
    };
    const random = createRandom(6);
    const series = (times: number) => {
      const values = new Float64Array(times);
      let state = sampleNormal(random);
      for (let t = 0; t < times; t++) {
        state = 0.9 * state + Math.sqrt(1 - 0.81) * sampleNormal(random);
        values[t] = state;
      }
      return values;
    };
    const runs = 400;
    let small = 0;
    for (let run = 0; run < runs; run++) {
      const { blocks, ...known } = windowsOf(series(480), { length: 8, block: 24 });
      const detector = await anomalyDetector(loudness, known, { groups: blocks });
      expect(detector.leastPValue).toBeCloseTo(1 / 21, 12);
      // One window of another series.
      const { pValues } = await detector.test(asRow(series(8)));
      if (pValues[0] <= 0.1) small++;
    }
    // Valid: at most 0.1; the standard error is 0.015.
    expect(small / runs).toBeLessThan(0.1 + 3 * 0.015);
    expect(small / runs).toBeGreaterThan(0.01);
  });

  it("finds a burst in a wave by a model of its windows", async () => {
    const random = createRandom(7);
    const wave = (times: number) =>
      Float64Array.from({ length: times }, (_, t) => Math.sin(0.7 * t) + 0.15 * sampleNormal(random));
    const [past, later, now] = [wave(1500), wave(2400), wave(200)];
    for (let t = 100; t < 106; t++) now[t] += t % 2 ? 1 : -1;
    // Few windows in 193 are odd: to call them, p-values must get below 0.2 · 13 / 193, so 150 blocks are needed.
    const cut = { length: 8, block: 16 };
    const model = kept(
      await vae({ latent: 2, hidden: [32] }).train(windowsOf(past, cut), {
        epochs: 30,
        learningRate: 0.01,
        seed: 1,
      }),
    );
    const known = windowsOf(later, cut);
    const detector = await anomalyDetector(boundScore(model), known, { groups: known.blocks });
    const windows = windowsOf(now, { length: 8, block: 200 });
    const { novel } = await detector.test(windows, { rate: 0.2 });
    const touched = (start: number) => start + 8 > 100 && start < 106;
    const starts = novel.map((i) => windows.starts[i]);
    expect(starts.filter(touched).length).toBeGreaterThan(8);
    expect(starts.filter((start) => !touched(start)).length).toBeLessThan(6);
  });
});

/** One row. */
const asRow = (values: Float64Array): Matrix => ({ data: values, rows: 1, columns: values.length });
