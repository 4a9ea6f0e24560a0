import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeModel } from "@credence/runtime";
import { createRandom, type Matrix, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cast, constant, emit, gather, input, mul, reshape, round } from "../../graph/index.js";
import { type Diffusion, diffusion, load } from "../index.js";
import { createDiffusion } from "./diffusionModel.js";
import { stepBack } from "./drawSamples.js";
import { signalShares } from "./noiseSchedule.js";

const normals = (n: number, seed: number) => {
  const random = createRandom(seed);
  return Float32Array.from({ length: n }, () => sampleNormal(random));
};
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
function deviation(values: ArrayLike<number>): number {
  const center = mean(values);
  return Math.sqrt(mean(Array.from(values, (v) => (v - center) ** 2)));
}

const columnOf = ({ data, rows, columns }: Matrix, column: number) =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns + column]);

describe.each(["cosine", "linear"] as const)("the %s schedule", (schedule) => {
  it.each([10, 100, 1000])("falls from data to noise in %i steps", (steps) => {
    const shares = signalShares(schedule, steps);
    expect(shares[0]).toBe(1);
    for (let t = 1; t <= steps; t++) {
      expect(shares[t]).toBeLessThan(shares[t - 1]);
      expect(shares[t]).toBeGreaterThan(0);
    }
    expect(shares[steps]).toBeLessThan(1e-2);
  });

  it("steps back as DDPM does for η = 1, and without noise for η = 0", () => {
    // Ho et al. 2020, eq. 7: the posterior of xₜ₋₁ given xₜ and x₀.
    const shares = signalShares(schedule, 20);
    const [x, start, added] = [Float32Array.of(1.5), Float64Array.of(-0.4), Float32Array.of(1)];
    for (let t = 1; t <= 20; t++) {
      const [share, before] = [shares[t], shares[t - 1]];
      const beta = 1 - share / before;
      const center =
        (Math.sqrt(before) * beta * start[0] + Math.sqrt(1 - beta) * (1 - before) * x[0]) / (1 - share);
      const spread = Math.sqrt((beta * (1 - before)) / (1 - share));
      expect(stepBack(x, start, share, before, 1, null)[0]).toBeCloseTo(center, 5);
      expect(stepBack(x, start, share, before, 1, added)[0]).toBeCloseTo(center + spread, 5);
      const noise = (x[0] - Math.sqrt(share) * start[0]) / Math.sqrt(1 - share);
      const along = Math.sqrt(before) * start[0] + Math.sqrt(1 - before) * noise;
      expect(stepBack(x, start, share, before, 0, added)[0]).toBeCloseTo(along, 5);
    }
  });
});

describe.each(["noise", "velocity"] as const)("a network that knows the %s of normal data", (predict) => {
  const [steps, center, width] = [20, 3, 5];
  const shares = signalShares("cosine", steps);
  /** For standard normal data the best guess of the noise is √(1 − ᾱ) x, and of the velocity 0. */
  async function exact() {
    const time = input("time", [1, 1]);
    const factors = shares.subarray(1).map((share) => (predict === "noise" ? Math.sqrt(1 - share) : 0));
    const index = cast(round(mul(time, steps)), "int64");
    const table = constant(Float64Array.of(0, ...factors), [steps + 1]);
    const output = mul(input("x", [1, 2]), reshape(gather(table, index), [1, 1]));
    const { model } = emit({ output }, { batch: "rows" });
    const far = { mean: center, deviation: width, low: -100, high: 100 };
    return createDiffusion(encodeModel(model), {
      kind: "diffusion",
      ...{ steps, predict, schedule: "cosine", timesteps: "per-sample", network: { kind: "mlp" } },
      ...{ shape: null, classes: null, withheld: 0, guidance: 1, features: 2, training: {}, history: [] },
      channels: [far, far],
      errors: Array.from(shares.subarray(1), (share) => 1 - share),
    });
  }

  it("has a bound equal to log p: nothing is lost where every step is normal", async () => {
    const model = await exact();
    const x = { data: normals(2 * 1500, 1).map((v) => center + width * v), rows: 1500, columns: 2 };
    const truth = Float64Array.from(
      { length: 1500 },
      (_, i) =>
        -Math.log(2 * Math.PI * width ** 2) -
        0.5 * (((x.data[2 * i] - center) / width) ** 2 + ((x.data[2 * i + 1] - center) / width) ** 2),
    );
    const bound = await model.logProbabilityBound(x, { samples: 8, seed: 2 });
    const gaps = bound.map((v, i) => v - truth[i]);
    expect(Math.abs(mean(gaps))).toBeLessThan((4 * deviation(gaps)) / Math.sqrt(1500));
    expect(deviation(gaps) / Math.sqrt(1500)).toBeLessThan(0.05);
    await model.release();
  });

  it("samples with the spread that the steps imply", async () => {
    const model = await exact();
    for (const [count, eta] of [
      [steps, 1],
      [steps, 0],
      [5, 0.5],
    ]) {
      let variance = 1;
      for (let i = 0; i < count; i++) {
        const [share, next] = [i, i + 1].map((j) => shares[Math.round((steps * (count - j)) / count)]);
        const fresh = eta * Math.sqrt(((1 - next) / (1 - share)) * (1 - share / next));
        const kept = Math.sqrt(next * share) + Math.sqrt(1 - next - fresh ** 2) * Math.sqrt(1 - share);
        variance = kept ** 2 * variance + (i < count - 1 ? fresh ** 2 : 0);
      }
      const { data } = await model.sample(2500, { seed: 3, steps: count, eta });
      expect(Math.abs(mean(data) - center)).toBeLessThan((5 * width) / Math.sqrt(5000));
      expect(Math.abs(deviation(data) / (width * Math.sqrt(variance)) - 1)).toBeLessThan(
        5 / Math.sqrt(10_000),
      );
    }
    await model.release();
  });
});

describe("diffusion", () => {
  // Two heaps, far from the origin and of very different widths.
  const n = 800;
  const heaps = (seed: number) => {
    const z = normals(2 * n, seed);
    const data = z.map((v, i) => (i % 2 ? 0.02 * v : 1000 + (Math.floor(i / 2) % 2 ? 40 : -40) + 8 * v));
    return { data, rows: n, columns: 2 };
  };
  const small = { kind: "mlp", blocks: 1, width: 32 } as const;
  const options = { steps: 40, network: small };
  const training = { epochs: 60, batchSize: 100, learningRate: 0.01, seed: 1 };
  let model: Diffusion;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "credence-diffusion-"));
    model = await diffusion(options).train(heaps(1), training);
  });
  afterAll(async () => {
    await model.release();
    await rm(folder, { recursive: true });
  });

  it("samples like the data", async () => {
    const sample = await model.sample(1000, { seed: 1 });
    const right = columnOf(sample, 0).filter((v) => v > 1000);
    expect(Math.abs(right.length / 1000 - 0.5)).toBeLessThan(0.12);
    expect(Math.abs(mean(right) - 1040)).toBeLessThan(4);
    expect(deviation(right) / 8).toBeGreaterThan(0.7);
    expect(deviation(right) / 8).toBeLessThan(1.5);
    expect(deviation(columnOf(sample, 1)) / 0.02).toBeGreaterThan(0.7);
    const quick = await model.sample(1000, { seed: 1, steps: 10, eta: 0 });
    expect(deviation(columnOf(quick, 0)) / Math.hypot(40, 8)).toBeCloseTo(1, 0);
  });

  it("bounds log p from below, and not far", async () => {
    const fresh = heaps(2);
    const truth = Float64Array.from({ length: n }, (_, i) => {
      const [a, b] = [fresh.data[2 * i] - 1000, fresh.data[2 * i + 1] / 0.02];
      const heap = (center: number) => 0.5 * Math.exp(-0.5 * ((a - center) / 8) ** 2);
      return Math.log(heap(40) + heap(-40)) - 0.5 * b * b - Math.log(2 * Math.PI * 8 * 0.02);
    });
    const bound = await model.logProbabilityBound(fresh, { samples: 8 });
    const gaps = truth.map((v, i) => v - bound[i]);
    const error = deviation(gaps) / Math.sqrt(n);
    expect(mean(gaps)).toBeGreaterThan(-4 * error);
    expect(mean(gaps)).toBeLessThan(1);
    expect(await model.logProbabilityBound(fresh, { samples: 8 })).toEqual(bound);
  });

  it("gives the same for the same seed, bit for bit, after saving as well", async () => {
    const once = () =>
      diffusion({ ...options, timesteps: "per-batch" }).train(heaps(1), { ...training, epochs: 1 });
    const [a, b] = [await once(), await once()];
    expect((await a.sample(5)).data).toEqual((await b.sample(5)).data);
    await a.release();
    await b.release();
    await model.save(folder);
    const loaded = await load(folder, "diffusion");
    expect(loaded.card).toEqual(model.card);
    const { data } = await model.sample(20, { seed: 7 });
    expect((await loaded.sample(20, { seed: 7 })).data).toEqual(data);
    expect((await loaded.sample(20, { seed: 8 })).data).not.toEqual(data);
    await loaded.release();
  });

  it("goes to the class, and with guidance further", async () => {
    const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
    const given = await diffusion({ ...options, classes: 2 }).train(heaps(1), labels, training);
    const draw = async (guidance: number) =>
      columnOf(await given.sample(new Int32Array(300).fill(1), { guidance, seed: 2 }), 0);
    const share = (values: Float64Array) => values.filter((v) => v > 1000).length / values.length;
    expect(share(await draw(1))).toBeGreaterThan(0.95);
    expect(share(await draw(2))).toBeGreaterThan(0.98);
    // Guidance 0 does not look at the class.
    expect(Math.abs(share(await draw(0)) - 0.5)).toBeLessThan(0.25);
    const rows = { ...heaps(3), rows: 100, data: heaps(3).data.subarray(0, 200) };
    const bounds = await Promise.all(
      [0, 1].map((swap) =>
        given.logProbabilityBound(rows, labels.subarray(swap, 100 + swap), { samples: 2 }),
      ),
    );
    expect(mean(bounds[0])).toBeGreaterThan(mean(bounds[1]) + 5);
    await expect(given.sample([2])).rejects.toMatchObject({ code: "unknown-class" });
    await expect(given.sample([1], { guidance: -1 })).rejects.toMatchObject({ code: "out-of-range" });
    await given.save(folder);
    const loaded = await load(folder, "conditionalDiffusion");
    expect((await loaded.sample([0, 1])).data).toEqual((await given.sample([0, 1])).data);
    await loaded.release();
    await given.release();
  });

  it("learns images by a U-Net", async () => {
    // One bright row of four in a 4 × 4 image.
    const images = Array.from({ length: 128 }, (_, i) =>
      Float32Array.from({ length: 16 }, (_, j) => Number(Math.floor(j / 4) === i % 4)),
    );
    const net = await diffusion({
      steps: 20,
      predict: "velocity",
      shape: [1, 4, 4],
      network: { kind: "unet", channels: [8, 8] },
    }).train(images, { epochs: 40, batchSize: 32, learningRate: 0.02 });
    const pixels = Float64Array.from((await net.sample(40, { seed: 1 })).data);
    // Pixels of a row go together, and one row is bright.
    let right = 0;
    for (let i = 0; i < 40; i++) {
      const rows = [0, 1, 2, 3].map((r) => mean(pixels.subarray(16 * i + 4 * r, 16 * i + 4 * r + 4)));
      if (rows.filter((v) => v > 0.7).length === 1 && rows.filter((v) => v < 0.3).length === 3) right++;
    }
    expect(right / 40).toBeGreaterThan(0.7);
    await net.release();
  });

  it("refuses bad input", async () => {
    const bad = (o: object) => () => diffusion(o as never);
    for (const o of [
      { schedule: "other" },
      { predict: "x" },
      { timesteps: "never" },
      { network: { kind: "cnn" } },
    ])
      expect(bad(o)).toThrow(expect.objectContaining({ code: "unknown-option" }));
    for (const o of [
      { steps: 1 },
      { classes: 1 },
      { classes: 2, withheld: 1 },
      { classes: 2, guidance: Number.NaN },
    ])
      expect(bad(o)).toThrow(expect.objectContaining({ code: "out-of-range" }));
    const one = { epochs: 1 };
    const refused = (data: number[][], o = {}) =>
      expect(diffusion({ ...options, ...o }).train(data, one)).rejects;
    await refused([[1, Number.NaN]]).toMatchObject({ code: "not-finite" });
    await refused([[1, 2]], { shape: [1, 2, 2] }).toMatchObject({ code: "shape-mismatch" });
    await refused([[1, 2, 3, 4]], { shape: [1, 1, 4], network: { kind: "unet" } }).toMatchObject({
      code: "shape-mismatch",
    });
    await refused([[1, 2]], { network: { kind: "mlp", blocks: 0 } }).toMatchObject({ code: "out-of-range" });
    await expect(model.sample(0)).rejects.toMatchObject({ code: "out-of-range" });
    await expect(model.sample(1, { steps: 41 })).rejects.toMatchObject({ code: "out-of-range" });
    await expect(model.sample(1, { eta: 2 })).rejects.toMatchObject({ code: "out-of-range" });
    await expect(model.logProbabilityBound([[1]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(model.sample(1, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
