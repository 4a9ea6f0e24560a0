import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gan, type GanWarning, gan, load } from "../index.js";
import { compareWith, warningsOf } from "./diversity.js";

/** Three small clouds at the corners of a triangle. */
function corners(rows: number, seed: number) {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % 3);
  const data = Float32Array.from({ length: 2 * rows }, (_, i) => {
    const angle = (2 * Math.PI * labels[i >> 1]) / 3;
    return 10 + 4 * (i % 2 ? Math.sin(angle) : Math.cos(angle)) + 0.5 * sampleNormal(random);
  });
  return { x: { data, rows, columns: 2 }, labels };
}
const { x, labels } = corners(900, 1);
const net = { latent: 4, hidden: [32, 32], r1: 0.1 };
const training = { epochs: 40, batchSize: 64, learningRate: 5e-3, seed: 1 };

let folder: string;
let model: Gan;
const told: (readonly GanWarning[])[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-gan-"));
  model = await gan(net).train(x, { ...training, onProgress: ({ warnings }) => void told.push(warnings) });
});
afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true });
});

describe("gan", () => {
  it("samples like the data, reproducibly, and says how like", async () => {
    const { data } = await model.sample(900, { seed: 2 });
    expect((await model.sample(900, { seed: 2 })).data).toEqual(data);
    const counts = [0, 0, 0];
    let near = 0;
    for (let i = 0; i < 900; i++) {
      const [a, b] = [data[2 * i] - 10, data[2 * i + 1] - 10];
      const corner = (Math.round((3 * Math.atan2(b, a)) / (2 * Math.PI)) + 3) % 3;
      counts[corner]++;
      const angle = (2 * Math.PI * corner) / 3;
      if (Math.hypot(a - 4 * Math.cos(angle), b - 4 * Math.sin(angle)) < 1.5) near++;
    }
    for (const count of counts) expect(count).toBeGreaterThan(150);
    expect(near).toBeGreaterThan(750);
    const { diversity, warnings, history } = model.card;
    expect(warnings).toEqual([]);
    expect(diversity.spread).toBeGreaterThan(0.8);
    expect(diversity.coverage).toBeGreaterThan(0.7);
    expect(history.at(-1)?.players?.discriminator).toBeGreaterThan(0.5);
    expect(told).toHaveLength(40 * 14);
  });

  it("knows no probabilities: asking for them does not compile", () => {
    // @ts-expect-error An implicit model has no density.
    expect(model.logProbability).toBeUndefined();
    // @ts-expect-error Nor a bound of one.
    expect(model.logProbabilityBound).toBeUndefined();
  });

  it("says so where it collapses", async () => {
    // Without R1 and with steps far too large, the game breaks down.
    const told: (readonly GanWarning[])[] = [];
    const broken = await gan({ ...net, r1: 0 }).train(x, {
      ...training,
      epochs: 5,
      learningRate: 1,
      averageDecay: 0.5,
      onProgress: ({ warnings }) => void told.push(warnings),
    });
    const kinds = broken.card.warnings.map(({ kind }) => kind);
    expect(kinds).toContain("collapsed");
    expect(kinds).toContain("misses-data");
    expect(broken.card.diversity.spread).toBeLessThan(0.3);
    expect(told.at(-1)?.map(({ kind }) => kind)).toContain("collapsed");
    await broken.release();
  });

  it("draws the class asked for", async () => {
    const conditional = await gan({ ...net, classes: 3, loss: "hinge" }).train(x, labels, {
      ...training,
      epochs: 15,
    });
    const wanted = labels.subarray(0, 300);
    const { data } = await conditional.sample(wanted, { seed: 3 });
    const right = Array.from(wanted).filter((label, i) => {
      const angle = Math.atan2(data[2 * i + 1] - 10, data[2 * i] - 10);
      return (Math.round((3 * angle) / (2 * Math.PI)) + 3) % 3 === label;
    });
    expect(right.length).toBeGreaterThan(270);
    await conditional.save(folder);
    const loaded = await load(folder, "conditionalGan");
    expect((await loaded.sample([0, 1])).data).toEqual((await conditional.sample([0, 1])).data);
    expect((await readdir(folder)).sort()).toEqual(["card.json", "discriminator.onnx", "generator.onnx"]);
    const { distances } = await loaded.invert([[14, 10]], [0], { steps: 20 });
    const elsewhere = await loaded.invert([[14, 10]], [1], { steps: 20 });
    expect(distances[0]).toBeLessThan(elsewhere.distances[0]);
    await conditional.release();
    await loaded.release();
  });

  it("draws images by convolutions, whose penalty is a gradient of a gradient", async () => {
    // A bar that stands in one of eight columns.
    const images = Array.from({ length: 320 }, (_, i) =>
      Float32Array.from({ length: 64 }, (_, pixel) => Number(pixel % 8 === i % 8)),
    );
    const convolutions = [{ channels: 4 }, { channels: 8 }];
    const painter = await gan({ latent: 4, hidden: [16], shape: [1, 8, 8], convolutions }).train(images, {
      epochs: 6,
      batchSize: 32,
      learningRate: 5e-3,
      seed: 2,
    });
    const { history, diversity } = painter.card;
    expect(history.every(({ players }) => Number.isFinite(players?.discriminator))).toBe(true);
    const [first, last] = [history[0], history[history.length - 1]].map(
      ({ validation }) => validation as number,
    );
    expect(last).toBeLessThan(0.7 * first);
    expect(last).toBe(diversity.energyDistance);
    expect((await painter.sample(3)).columns).toBe(64);
    await painter.release();
  });

  it("goes on exactly where it was stopped, its curve included", async () => {
    const short = { ...training, epochs: 4 };
    const whole = await gan(net).train(x, short);
    const checkpoint = { directory: join(folder, "checkpoint") };
    const controller = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 31 && controller.abort();
    const stopping = gan(net).train(x, { ...short, checkpoint, onProgress, signal: controller.signal });
    await expect(stopping).rejects.toMatchObject({ name: "AbortError" });
    const resumed = await gan(net).train(x, { ...short, checkpoint });
    expect(resumed.card).toEqual(whole.card);
    expect((await resumed.sample(9)).data).toEqual((await whole.sample(9)).data);
    await whole.release();
    await resumed.release();
  });

  it("finds the latents of its own samples, and not of what it cannot draw", async () => {
    const own = await model.sample(20, { seed: 8 });
    const { samples, distances, latents } = await model.invert(own, { seed: 1 });
    expect([latents.rows, latents.columns]).toEqual([20, 4]);
    const errors = Array.from(own.data, (v, i) => Math.abs(v - samples.data[i]));
    expect(errors.sort((a, b) => a - b)[30]).toBeLessThan(0.1);
    const far = await model.invert([[10, 30]], { seed: 1 });
    expect(far.distances[0]).toBeGreaterThan(2 * Math.max(...distances));
  });

  it("refuses bad input", async () => {
    const refused = (data: unknown, options = {}, how = {}) =>
      expect(gan({ ...net, ...options }).train(data as never, { epochs: 1, ...how })).rejects;
    await refused([[1, Number.NaN]]).toMatchObject({ code: "not-finite" });
    await refused([[1, 2]]).toMatchObject({ code: "too-few" });
    await refused(x, { latent: 0 }).toMatchObject({ code: "out-of-range" });
    await refused(x, { r1: -1 }).toMatchObject({ code: "out-of-range" });
    await refused(x, { loss: "wasserstein" }).toMatchObject({ code: "unknown-option" });
    await refused(x, { shape: [3] }).toMatchObject({ code: "shape-mismatch" });
    await expect(model.sample(0)).rejects.toMatchObject({ code: "out-of-range" });
    await expect(model.invert([[1]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(model.invert([[1, 2]], { featureWeight: 1 })).rejects.toMatchObject({
      code: "out-of-range",
    });
  });
});

describe("compareWith", () => {
  const real = corners(120, 5);
  it("is near 1 for other draws of the data, and 0 where all samples are one", () => {
    const fresh = compareWith(real.x, null)(corners(120, 6).x);
    expect(fresh.spread).toBeGreaterThan(0.9);
    expect(fresh.coverage).toBeGreaterThan(0.85);
    expect(Math.abs(fresh.energyDistance)).toBeLessThan(0.2);
    const point = { data: new Float32Array(240).fill(10), rows: 120, columns: 2 };
    const one = compareWith(real.x, null)(point);
    expect(one.spread).toBe(0);
    expect(one.energyDistance).toBeGreaterThan(1);
    expect(warningsOf({ step: 1, loss: 0, measures: { ...one } }).map(({ kind }) => kind)).toEqual([
      "collapsed",
      "misses-data",
    ]);
    expect(warningsOf({ step: 1, loss: 0, players: { discriminator: 0.001 } })).toMatchObject([
      { kind: "one-sided", value: 0.001 },
    ]);
  });

  it("covers data of few different rows", () => {
    const data = Float32Array.from({ length: 240 }, (_, i) => ((i >> 1) % 8) + (i % 2));
    const bits = { data, rows: 120, columns: 2 };
    expect(compareWith(bits, null)({ ...bits, data: data.map((v) => v + 0.01) }).coverage).toBe(1);
    const zeros = { data: new Float32Array(12), rows: 12, columns: 1 };
    expect(compareWith(zeros, null)(zeros)).toEqual({
      spread: 1,
      coverage: 1,
      energyDistance: 0,
    });
  });

  it("sees a collapse within each class, which all classes together would hide", () => {
    const centers = real.x.data.map((_, i) => {
      const angle = (2 * Math.PI * real.labels[i >> 1]) / 3;
      return 10 + 4 * (i % 2 ? Math.sin(angle) : Math.cos(angle));
    });
    const collapsed = { data: centers, rows: 120, columns: 2 };
    expect(compareWith(real.x, null)(collapsed).spread).toBeGreaterThan(0.9);
    expect(compareWith(real.x, real.labels)(collapsed).spread).toBeLessThan(1e-3);
  });
});
