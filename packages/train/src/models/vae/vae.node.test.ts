import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Matrix, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConditionalVae, load, type Vae, vae } from "../index.js";

// A VAE without hidden layers is linear, so it can match a factor model exactly: x = mean + loading · z + noise, which is a normal distribution.
const center = [50, -3];
const loading = [8, 0.4];
const noise = [4, 0.2];
function factorData(rows: number, seed: number) {
  const random = createRandom(seed);
  const data = new Float32Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    const z = sampleNormal(random);
    for (let j = 0; j < 2; j++)
      data[2 * i + j] = center[j] + loading[j] * z + noise[j] * sampleNormal(random);
  }
  return { data, rows, columns: 2 };
}
const covariance = [0, 1].map((i) =>
  [0, 1].map((j) => loading[i] * loading[j] + (i === j ? noise[i] ** 2 : 0)),
);
const determinant = covariance[0][0] * covariance[1][1] - covariance[0][1] ** 2;
function trueLogDensity(x: ArrayLike<number>, i: number): number {
  const [a, b] = [x[2 * i] - center[0], x[2 * i + 1] - center[1]];
  const square =
    (covariance[1][1] * a * a - 2 * covariance[0][1] * a * b + covariance[0][0] * b * b) / determinant;
  return -square / 2 - Math.log(determinant) / 2 - Math.log(2 * Math.PI);
}
const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

let folder: string;
let model: Vae;
const train = factorData(2000, 1);
const test = factorData(300, 2);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-vae-"));
  model = await vae({ latent: 1, hidden: [] }).train(train, {
    epochs: 60,
    learningRate: 0.03,
    averageDecay: 0.99,
    seed: 3,
    validation: test,
  });
});
afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true });
});

describe("vae", () => {
  it("bounds the density in the units of the data, ever closer with more samples", async () => {
    const truth = average(Array.from({ length: 300 }, (_, i) => trueLogDensity(test.data, i)));
    const bounds: number[] = [];
    for (const samples of [1, 8, 256])
      bounds.push(average(await model.logProbabilityBound(test, { samples, seed: 1 })));
    expect(bounds[1]).toBeGreaterThan(bounds[0] - 0.02);
    expect(bounds[2]).toBeGreaterThan(bounds[1] - 0.02);
    expect(bounds[2]).toBeLessThan(truth + 0.03);
    expect(bounds[2]).toBeGreaterThan(truth - 0.08);
    // The loss curve is the negative bound with one sample, in the same units.
    expect(model.card.history.at(-1)?.validation).toBeCloseTo(-bounds[0], 1);
  });

  it("has a bound that equals the sum over a grid of latents, where the decoder is read directly", async () => {
    // p(x) = ∫ p(x | z) p(z) dz by the rectangle rule.
    const grid = Array.from({ length: 801 }, (_, i) => [(i - 400) / 50]);
    const { data: means } = await model.decode(grid);
    const { noise: deviations } = model.card;
    const exact = [0, 1, 2].map(
      (i) =>
        Math.log(
          grid.reduce((sum, [z], g) => {
            const log = [0, 1].reduce(
              (total, j) => {
                const unit = (test.data[2 * i + j] - means[2 * g + j]) / deviations[j];
                return total - unit ** 2 / 2 - Math.log(deviations[j]);
              },
              (-z * z) / 2,
            );
            return sum + Math.exp(log);
          }, 0) / 50,
        ) -
        1.5 * Math.log(2 * Math.PI),
    );
    const bound = await model.logProbabilityBound(
      { data: test.data.subarray(0, 6), rows: 3, columns: 2 },
      { samples: 20_000, seed: 4 },
    );
    exact.forEach((value, i) => {
      expect(bound[i]).toBeCloseTo(value, 1.5);
    });
  });

  it("gives probabilities of zeros and ones that add up to 1, for each class", async () => {
    const random = createRandom(8);
    const labels = Int32Array.from({ length: 300 }, (_, i) => i % 2);
    const rows = Array.from(labels, (y) => {
      const first = Number(random.uniform() < 0.3 + 0.4 * y);
      return [first, first, Number(random.uniform() < 0.5)];
    });
    const options = { latent: 1, hidden: [8], likelihood: "bernoulli", classes: 2 } as const;
    const binary = await vae(options).train(rows, labels, { epochs: 80, batchSize: 50, learningRate: 0.03 });
    const all = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2]);
    for (const y of [0, 1]) {
      const logs = await binary.logProbabilityBound(all, new Int32Array(8).fill(y), { samples: 4000 });
      expect(logs.reduce((sum, v) => sum + Math.exp(v), 0)).toBeCloseTo(1, 1.5);
      // Columns 0 and 1 are always equal.
      expect(Math.exp(logs[0]) + Math.exp(logs[3])).toBeGreaterThan(
        2 * (Math.exp(logs[1]) + Math.exp(logs[2])),
      );
    }
    await binary.release();
  });

  it("samples from its density, reproducibly", async () => {
    const { data } = await model.sample(4000, { seed: 2 });
    expect((await model.sample(4000, { seed: 2 })).data).toEqual(data);
    const columns = [0, 1].map((j) => Array.from({ length: 4000 }, (_, i) => data[2 * i + j]));
    columns.forEach((column, j) => {
      const deviation = Math.sqrt(covariance[j][j]);
      expect(Math.abs(average(column) - center[j])).toBeLessThan(0.12 * deviation);
      const spread = Math.sqrt(average(column.map((v) => (v - average(column)) ** 2)));
      expect(Math.abs(spread / deviation - 1)).toBeLessThan(0.1);
    });
    const quiet = (await model.sample(4000, { seed: 2, observation: "mean" })).data;
    expect(quiet).not.toEqual(data);
  });

  it("fills in missing values from their distribution given those seen", async () => {
    // x₁ given x₀ is normal, with this mean and deviation.
    const seen = 62;
    const slope = covariance[0][1] / covariance[0][0];
    const [mean, deviation] = [
      center[1] + slope * (seen - center[0]),
      Math.sqrt(determinant / covariance[0][0]),
    ];
    const rows = Array.from({ length: 400 }, () => [seen, Number.NaN]);
    const [one, two] = await model.impute(rows, { sweeps: 30, draws: 2, seed: 5 });
    const values = Array.from({ length: 400 }, (_, i) => one.data[2 * i + 1]);
    expect(Array.from({ length: 400 }, (_, i) => one.data[2 * i])).toEqual(rows.map(() => seen));
    expect(Math.abs(average(values) - mean)).toBeLessThan(0.3 * deviation);
    const spread = Math.sqrt(average(values.map((v) => (v - average(values)) ** 2)));
    expect(Math.abs(spread / deviation - 1)).toBeLessThan(0.2);
    expect(two.data).not.toEqual(one.data);
    const again = await model.impute(rows, { sweeps: 30, draws: 1, seed: 5 });
    expect(again[0].data).toEqual(one.data);
  });

  it("gives the same weights for the same seed, and saves two files that load exactly", async () => {
    const again = () => vae({ latent: 1, hidden: [4] }).train(train, { epochs: 1, seed: 5 });
    const [a, b] = [await again(), await again()];
    expect((await b.sample(5)).data).toEqual((await a.sample(5)).data);
    await a.save(folder);
    expect((await readdir(folder)).sort()).toEqual(["card.json", "decoder.onnx", "encoder.onnx"]);
    const loaded = await load(folder, "vae");
    expect(await loaded.logProbabilityBound(test)).toEqual(await a.logProbabilityBound(test));
    expect(loaded.card).toEqual(a.card);
    await expect(load(folder, "conditionalVae")).rejects.toMatchObject({ code: "not-a-model" });
    for (const m of [a, b, loaded]) await m.release();
  });

  it("draws images of the class asked for, by convolutions and the Bernoulli likelihood", async () => {
    const bars = barImages(600, 4);
    const options = {
      latent: 2,
      hidden: [16],
      shape: [1, 8, 8],
      convolutions: [{ channels: 8 }, { channels: 8 }],
      likelihood: "bernoulli",
      classes: 2,
    } as const;
    const images: ConditionalVae = await vae(options).train(bars.x, bars.labels, {
      epochs: 40,
      learningRate: 0.01,
      batchSize: 50,
    });
    const wanted = Array.from({ length: 40 }, (_, i) => i % 2);
    const { data } = await images.sample(wanted, { seed: 1, observation: "mean" });
    const right = wanted.filter((label, i) => orientation(data, i) === label);
    expect(right.length).toBeGreaterThan(34);
    const drawn = await images.sample(wanted, { seed: 1 });
    expect(new Set(Array.from(drawn.data))).toEqual(new Set([0, 1]));
    // Given the wrong class, an image is less likely.
    const held = barImages(60, 9);
    const bound = async (labels: ArrayLike<number>) =>
      average(await images.logProbabilityBound(held.x, labels, { samples: 16 }));
    expect(await bound(held.labels)).toBeGreaterThan((await bound(held.labels.map((y) => 1 - y))) + 5);
    const { data: rebuilt, columns } = await images.reconstruct(held.x, held.labels);
    expect([columns, rebuilt.length]).toEqual([64, 60 * 64]);
    await images.release();
  });

  it("tells p(x) from p(x | y) in its types", () => {
    const onlyTypes = async () => {
      // @ts-expect-error A conditional model is trained with labels.
      const conditional = await vae({ latent: 1, classes: 2 }).train(train, { epochs: 1 });
      // @ts-expect-error It draws samples of classes, not a number of them.
      await conditional.sample(3);
      // @ts-expect-error An unconditional model takes no classes.
      await model.logProbabilityBound(test, [0, 1]);
    };
    expect(onlyTypes).toBeTypeOf("function");
  });

  it("refuses bad input, saying where a value is missing and what fills it in", async () => {
    const refused = (data: unknown, options = {}) =>
      expect(vae({ latent: 1, hidden: [4], ...options }).train(data as never, { epochs: 1 })).rejects;
    const holes = [
      [1, 2],
      [3, Number.NaN],
    ];
    await refused(holes).toMatchObject({
      code: "not-finite",
      place: { index: 1 },
      message: expect.stringMatching(/row 1, column 1 is missing.*impute/),
    });
    await refused([[1, Number.POSITIVE_INFINITY]]).toMatchObject({ code: "not-finite" });
    await refused([[0.5, 1.5]], { likelihood: "bernoulli" }).toMatchObject({ code: "not-a-probability" });
    await refused([[1, 2]], { latent: 0 }).toMatchObject({ code: "out-of-range" });
    await refused([[1, 2]], { beta: -1 }).toMatchObject({ code: "out-of-range" });
    await refused([[1, 2]], { likelihood: "poisson" }).toMatchObject({ code: "unknown-option" });
    await refused([[1, 2]], { shape: [3] }).toMatchObject({ code: "shape-mismatch" });
    await refused([[1, 2]], { convolutions: [{ channels: 2 }] }).toMatchObject({ code: "shape-mismatch" });
    await expect(
      vae({ latent: 1, classes: 2 }).train([[1], [2]], [0, 2], { epochs: 1 }),
    ).rejects.toMatchObject({ code: "unknown-class" });
    await expect(model.logProbabilityBound([[1, 2, 3]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(model.decode([[1, 2]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(model.sample(0)).rejects.toMatchObject({ code: "out-of-range" });
    await expect(model.impute([[1, Number.POSITIVE_INFINITY]])).rejects.toMatchObject({ code: "not-finite" });
  });
});

/** A bar that lies (1) or stands (0), anywhere in an 8 × 8 image. */
function barImages(n: number, seed: number): { x: Matrix; labels: Int32Array } {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const data = new Float32Array(64 * n);
  labels.forEach((lies, i) => {
    const at = random.uint32() % 8;
    for (let k = 0; k < 8; k++) data[64 * i + (lies ? at * 8 + k : k * 8 + at)] = 1;
  });
  return { x: { data, rows: n, columns: 64 }, labels };
}

/** 1 where ink varies more from row to row than from column to column. */
function orientation(data: ArrayLike<number>, i: number): number {
  const sums = (at: (line: number, k: number) => number) =>
    Array.from({ length: 8 }, (_, line) =>
      Array.from({ length: 8 }, (_, k) => data[64 * i + at(line, k)]).reduce((a, b) => a + b),
    );
  return Number(Math.max(...sums((l, k) => l * 8 + k)) > Math.max(...sums((l, k) => k * 8 + l)));
}
