import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, sampleNormal } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { forecaster, load } from "../index.js";

const DEVIATION = 0.5;
const next = (before: number, known: number) => 5 + 0.8 * (before - 5) + known;

/** x ← 5 + 0.8 (x − 5) + known + 0.5 ε, with `known` ±1 told beforehand. */
function series(n: number, seed: number) {
  const random = createRandom(seed);
  const values = new Float64Array(n);
  const covariates = Float64Array.from({ length: n }, () => (random.uniform() < 0.5 ? -1 : 1));
  for (let t = 0; t < n; t++)
    values[t] = next(t ? values[t - 1] : 5, covariates[t]) + DEVIATION * sampleNormal(random);
  return { values, covariates: { data: covariates, rows: n, columns: 1 } };
}
const train = series(1500, 1);
const test = series(400, 2);
const training = { epochs: 12, learningRate: 0.01, seed: 3 };

const meanOf = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0) / x.length;

describe("forecaster", () => {
  it("mixture: comes close to the true log-likelihood, one step and several ahead", async () => {
    const model = await forecaster({ context: 2, hidden: [16], components: 2 }).train(train, training);
    const found = await model.logProbability(test);
    const truth = Float64Array.from(found, (_, i) => {
      const t = i + 2;
      const z = (test.values[t] - next(test.values[t - 1], test.covariates.data[t])) / DEVIATION;
      return -(z * z + Math.log(2 * Math.PI)) / 2 - Math.log(DEVIATION);
    });
    const lost = meanOf(truth) - meanOf(found);
    expect(lost).toBeGreaterThan(-0.02);
    expect(lost).toBeLessThan(0.06);

    // Two steps ahead from the mean, −1 and +1 known: mean 5 − 0.8 + 1, variance 0.25 (1 + 0.64). The rest is what a short
    // training leaves.
    const history = { values: [5, 5], covariates: [[1], [1], [-1], [1]] };
    const paths = await model.forecast(history, 2, { samples: 4000, seed: 4 });
    const last = Array.from({ length: 4000 }, (_, s) => paths.data[2 * s + 1]);
    expect(Math.abs(meanOf(last) - 5.2)).toBeLessThan(0.3);
    expect(meanOf(last.map((v) => (v - meanOf(last)) ** 2)) / 0.41).toBeGreaterThan(0.75);
    expect(meanOf(last.map((v) => (v - meanOf(last)) ** 2)) / 0.41).toBeLessThan(1.35);

    // A density: it integrates to 1 over the next value.
    const grid = Array.from({ length: 121 }, (_, i) => 2 + i / 20);
    const logs: number[] = [];
    for (const value of grid)
      logs.push((await model.logProbability({ values: [5, 5, value], covariates: [[1], [1], [1]] }))[0]);
    expect(logs.reduce((sum, log) => sum + Math.exp(log) / 20, 0)).toBeCloseTo(1, 2);

    const folder = await mkdtemp(join(tmpdir(), "credence-forecaster-"));
    await model.save(folder);
    const loaded = await load(folder, "mixtureForecaster");
    expect(await loaded.backtest(test, { samples: 5, seed: 1 })).toEqual(
      await model.backtest(test, { samples: 5, seed: 1 }),
    );
    await loaded.release();
    await model.release();
    await rm(folder, { recursive: true });
  });

  it("quantiles: rise, cover as they say, and draws follow them", async () => {
    const levels = [0.05, 0.25, 0.5, 0.75, 0.95];
    const model = await forecaster({ context: 2, hidden: [16], head: "quantiles", levels }).train(
      train,
      training,
    );
    const { data, rows } = await model.quantiles(test, { from: 10 });
    expect(rows).toBe(390);
    levels.forEach((level, j) => {
      let below = 0;
      for (let i = 0; i < rows; i++) {
        if (test.values[i + 10] <= data[5 * i + j]) below++;
        if (j > 0) expect(data[5 * i + j]).toBeGreaterThanOrEqual(data[5 * i + j - 1]);
      }
      // Four standard errors, and what a short training leaves.
      expect(Math.abs(below / rows - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / rows) + 0.04);
    });
    const draws = await model.backtest(test, { from: 10, samples: 500, seed: 1 });
    levels.forEach((level, j) => {
      const below = Array.from({ length: 500 }, (_, s) => Number(draws.data[s] <= data[j]));
      expect(Math.abs(meanOf(below) - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / 500));
    });
    await model.release();
  });

  it("gan: draws have about the right centre and spread; it knows no probabilities", async () => {
    const model = await forecaster({ context: 2, hidden: [32], head: "gan", latent: 2 }).train(train, {
      ...training,
      epochs: 60,
      learningRate: 0.003,
    });
    // @ts-expect-error A generator has no density.
    expect(model.logProbability).toBeUndefined();
    const draws = await model.backtest(test, { samples: 100, seed: 1 });
    let error = 0;
    let spread = 0;
    for (let i = 0; i < draws.rows; i++) {
      const row = Array.from({ length: 100 }, (_, s) => draws.data[100 * i + s]);
      error += (meanOf(row) - next(test.values[i + 1], test.covariates.data[i + 2])) ** 2 / draws.rows;
      spread += meanOf(row.map((v) => (v - meanOf(row)) ** 2)) / draws.rows;
    }
    // The values themselves have a standard deviation of about 1.9.
    expect(Math.sqrt(error)).toBeLessThan(0.4);
    expect(Math.sqrt(spread) / DEVIATION).toBeGreaterThan(0.4);
    expect(Math.sqrt(spread) / DEVIATION).toBeLessThan(1.8);
    await model.release();
  });

  it("sees the past alone", async () => {
    const model = await forecaster({ context: 3, hidden: [8] }).train(train, { ...training, epochs: 1 });
    const changed = { ...test, values: test.values.map((v, t) => (t >= 200 ? 100 : v)) };
    const [a, b] = [await model.logProbability(test), await model.logProbability(changed)];
    expect(b.slice(0, 197)).toEqual(a.slice(0, 197));
    expect(b[197]).not.toBe(a[197]);
    await model.release();
  });

  it("learns from several series, and refuses what does not fit", async () => {
    const definition = forecaster({ context: 4, hidden: [4] });
    const short = { ...training, epochs: 1 };
    const model = await definition.train(
      [{ values: [1, 2, 3, 4, 5, 6] }, { values: [7, 5, 3, 1, 2] }],
      short,
    );
    expect(model.card.training.rows).toBe(3);
    const refuse = (work: Promise<unknown>, code: string, words: RegExp) =>
      expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
    await refuse(definition.train({ values: [1, 2, Number.NaN, 4, 5, 6] }), "not-finite", /gap/);
    await refuse(definition.train({ values: [1, 2, 3, 4] }), "too-few", /context of 4/);
    await refuse(definition.train({ values: [1, 2, 3], covariates: [[1]] }), "length-mismatch", /1 rows/);
    await refuse(model.forecast({ values: [1, 2, 3] }, 2), "too-few", /4 values/);
    await refuse(model.backtest({ values: [1, 2, 3, 4] }), "too-few", /at least 5/);
    await refuse(
      model.forecast({ values: [1, 2, 3, 4], covariates: [[1], [1], [1], [1]] }, 2),
      "shape-mismatch",
      /1 columns/,
    );
    await model.release();
    expect(() => forecaster({ context: 1, head: "quantiles", levels: [0.5, 0.1] })).toThrow(/rise/);
    expect(() => forecaster({ context: 1, head: "tea" as "gan" })).toThrow(/mixture/);
  });
});
