import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRuntime } from "@credence/runtime";
import { createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, type Feeds, input, oneHot } from "../../graph/index.js";
import { createWeights } from "../../nn/index.js";
import { type Flow, flow, load } from "../index.js";
import { type FlowLayers, fromNoise, towardsNoise } from "./couplings.js";
import { spline, splineInverse, splineParameters } from "./spline.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

const normals = (n: number, seed: number, size = 1) => {
  const random = createRandom(seed);
  return Float32Array.from({ length: n }, () => size * sampleNormal(random));
};

describe("splines", () => {
  const [n, bins, tail] = [400, 5, 2];
  const raw = Float64Array.from(normals(n * splineParameters(bins), 1, 2));
  // From outside the box on one side to outside on the other, both edges included.
  const x = Float64Array.from({ length: n }, (_, i) => (i === 0 ? tail : i === 1 ? -tail : 6 * (i / n) - 3));

  it("are undone by their inverse, and their slope is that of finite differences", async () => {
    const [value, parameters] = [
      input("x", [n, 1], "float64"),
      input("raw", [n, 1, splineParameters(bins)], "float64"),
    ];
    const { y, logSlope } = spline(value, parameters, tail);
    const program = await compile(
      { y, logSlope, back: splineInverse(y, parameters, tail) },
      { runtime, optimise: "disabled" },
    );
    const at = (by: number) => program.run({ x: x.map((v) => v + by), raw });
    const [here, up, down] = [await at(0), await at(1e-6), await at(-1e-6)];
    for (let i = 0; i < n; i++) {
      expect(Math.abs(Number(here.back.data[i]) - x[i])).toBeLessThan(1e-9);
      if (Math.abs(x[i]) > tail) expect(here.y.data[i]).toBe(x[i]);
      if (Math.abs(Math.abs(x[i]) - tail) < 1e-5) continue; // the slope jumps where the box ends
      const slope = (Number(up.y.data[i]) - Number(down.y.data[i])) / 2e-6;
      expect(Math.log(slope)).toBeCloseTo(Number(here.logSlope.data[i]), 3);
    }
  });
});

describe.each([
  ["affine", 2, false],
  ["spline", 1, false],
  ["spline", 2, true],
  ["spline", 5, false],
] as const)("%s couplings of %i columns", (couplings, columns, conditional) => {
  const layers: FlowLayers = { couplings, layers: 3, hidden: [8], bins: 6, tail: 3 };
  const n = 60;

  it("are undone by their inverse, and their log-determinant is that of finite differences", async () => {
    const weights = createWeights(1);
    const scope = weights.scope({ training: false });
    const x = input("x", [n, columns]);
    const told = conditional ? oneHot(input("label", [n], "int64"), 2) : null;
    const { y, logSlope } = towardsNoise(scope, x, told, layers);
    const program = await compile({ y, logSlope, back: fromNoise(scope, y, told, layers) }, { runtime });
    // Layers begin as the identity; make them anything else. (With much larger weights the maps become so steep in
    // places that their inverses are beyond float32.)
    const values = weights.parameters().map(({ source, shape, type }, i) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [source.kind === "parameter" ? source.name : "", { type, shape, data: normals(size, i, 0.3) }];
    });
    await program.assign(Object.fromEntries(values));
    const at = normals(n * columns, 9);
    const label: Feeds = conditional ? { label: Int32Array.from({ length: n }, (_, i) => i % 2) } : {};
    const run = (by: Float32Array) => program.run({ x: at.map((v, i) => v + by[i]), ...label });
    const here = await run(new Float32Array(n * columns));
    expect(Math.max(...at.map((v, i) => Math.abs(v - Number(here.back.data[i]))))).toBeLessThan(1e-4);

    const h = 2e-3;
    const slopes = await Promise.all(
      Array.from({ length: columns }, async (_, j) => {
        const step = (size: number) => at.map((_, i) => (i % columns === j ? size : 0));
        const [up, down] = [await run(step(h)), await run(step(-h))];
        return Float64Array.from(at, (_, i) => (Number(up.y.data[i]) - Number(down.y.data[i])) / (2 * h));
      }),
    );
    const gaps = Array.from({ length: n }, (_, row) => {
      const jacobian = slopes.map((slope) => Array.from(slope.slice(row * columns, (row + 1) * columns)));
      return Math.abs(Math.log(Math.abs(determinant(jacobian))) - Number(here.logSlope.data[row]));
    }).sort((a, b) => a - b);
    // Where a difference reaches across a knot it errs by more.
    expect(gaps[Math.floor(0.8 * n)]).toBeLessThan(0.02);
    expect(Math.abs(Number(here.logSlope.data[0]))).toBeGreaterThan(0.01);
    await program.release();
  });
});

function determinant(matrix: number[][]): number {
  const [first, ...rest] = matrix;
  if (rest.length === 0) return first[0];
  return first.reduce(
    (sum, value, j) => sum + (j % 2 ? -1 : 1) * value * determinant(rest.map((row) => row.toSpliced(j, 1))),
    0,
  );
}

/** A bent cloud, far from the origin and of very different widths. */
function bent(n: number, seed: number) {
  const random = createRandom(seed);
  const data = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const u = sampleNormal(random);
    data[2 * i] = 500 + 100 * u;
    data[2 * i + 1] = -3 + 0.01 * (u * u + 0.3 * sampleNormal(random));
  }
  return { data, rows: n, columns: 2 };
}

describe("flow", () => {
  const data = bent(2000, 1);
  const options = { layers: 2, hidden: [16], bins: 6, tail: 6 };
  const training = { epochs: 25, learningRate: 0.01, seed: 2 };
  let model: Flow;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "credence-flow-"));
    model = await flow(options).train(data, training);
  });
  afterAll(async () => {
    await model.release();
    await rm(folder, { recursive: true });
  });

  it("has a density that integrates to 1, which its samples have, and which is close to the truth", async () => {
    const [across, up] = [160, 160];
    const [width, height] = [1200 / across, 0.3 / up];
    const grid = Array.from({ length: across * up }, (_, i) => [
      -100 + width * ((i % across) + 0.5),
      -3.1 + height * (Math.floor(i / across) + 0.5),
    ]);
    const logs = await model.logProbability(grid);
    const masses = logs.map((log) => Math.exp(log) * width * height);
    const total = masses.reduce((a, b) => a + b, 0);
    expect(total).toBeGreaterThan(0.98);
    expect(total).toBeLessThan(1.02);

    const n = 4000;
    const sample = await model.sample(n, { seed: 3 });
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
    const ofSample = await model.logProbability(sample);
    const expected = masses.reduce((sum, mass, i) => (mass > 0 ? sum + mass * logs[i] : sum), 0) / total;
    const deviation = Math.sqrt(mean(ofSample.map((v) => (v - mean(ofSample)) ** 2)));
    expect(Math.abs(mean(ofSample) - expected)).toBeLessThan((5 * deviation) / Math.sqrt(n) + 0.03);
    for (const [column, bound] of [
      [0, 450],
      [1, -2.995],
    ]) {
      const below = grid.reduce((sum, row, i) => (row[column] < bound ? sum + masses[i] : sum), 0) / total;
      let count = 0;
      for (let i = 0; i < n; i++) if (sample.data[2 * i + column] < bound) count++;
      expect(Math.abs(count / n - below)).toBeLessThan(5 * Math.sqrt((below * (1 - below)) / n) + 0.01);
    }

    const fresh = bent(2000, 4);
    const truth = Float64Array.from({ length: 2000 }, (_, i) => {
      const u = (fresh.data[2 * i] - 500) / 100;
      const v = ((fresh.data[2 * i + 1] + 3) / 0.01 - u * u) / 0.3;
      return -Math.log(2 * Math.PI) - 0.5 * (u * u + v * v) - Math.log(100) - Math.log(0.003);
    });
    expect(mean(truth) - mean(await model.logProbability(fresh))).toBeLessThan(0.3);
  });

  it("gives the same for the same seed, bit for bit, after saving as well", async () => {
    const again = await flow(options).train(data, { ...training, epochs: 1 });
    const twice = await flow(options).train(data, { ...training, epochs: 1 });
    expect((await again.sample(5)).data).toEqual((await twice.sample(5)).data);
    await again.release();
    await twice.release();
    await model.save(folder);
    const loaded = await load(folder, "flow");
    expect(loaded.card).toEqual(model.card);
    const { data: sample } = await model.sample(600, { seed: 7 });
    expect((await loaded.sample(600, { seed: 7 })).data).toEqual(sample);
    expect((await loaded.sample(600, { seed: 8 })).data).not.toEqual(sample);
    expect(await loaded.logProbability(data)).toEqual(await model.logProbability(data));
    await loaded.release();
  });

  it("takes one column, classes, and rows held out", async () => {
    // Class 0 around −4, class 1 in two heaps around 4.
    const random = createRandom(3);
    const labels = Int32Array.from({ length: 1500 }, (_, i) => i % 2);
    const rows = Array.from(labels, (label) => [
      (label ? 4 + (random.uniform() < 0.5 ? -1 : 1) : -4) + 0.3 * sampleNormal(random),
    ]);
    const held = { data: rows.slice(1000), labels: labels.subarray(1000) };
    const given = await flow({ classes: 2, layers: 2, hidden: [8] }).train(
      rows.slice(0, 1000),
      labels.subarray(0, 1000),
      { epochs: 30, learningRate: 0.02, validation: held },
    );
    const grid = Array.from({ length: 800 }, (_, i) => [-10 + 0.025 * i]);
    for (const label of [0, 1]) {
      const logs = await given.logProbability(grid, new Int32Array(800).fill(label));
      expect(logs.reduce((sum, log) => sum + 0.025 * Math.exp(log), 0)).toBeCloseTo(1, 1);
    }
    const { data: sample } = await given.sample([0, 1, 0, 1], { seed: 1 });
    expect(Array.from(sample, Math.sign)).toEqual([-1, 1, -1, 1]);
    const logs = await given.logProbability(held.data, held.labels);
    const last = given.card.history.at(-1)?.validation as number;
    expect(-logs.reduce((a, b) => a + b, 0) / logs.length).toBeCloseTo(last, 4);
    await expect(given.sample([2])).rejects.toMatchObject({ code: "unknown-class" });
    await expect(given.logProbability([[1]], [0, 1])).rejects.toMatchObject({ code: "length-mismatch" });
    await given.save(folder);
    const loaded = await load(folder, "conditionalFlow");
    expect((await loaded.sample([0, 1, 0, 1], { seed: 1 })).data).toEqual(sample);
    await loaded.release();
    await given.release();
  });

  it("keeps discrete data on their grid", async () => {
    const random = createRandom(5);
    const rows = Array.from({ length: 500 }, () => [(random.uint32() % 3) / 2, (random.uint32() % 2) / 2]);
    const grey = await flow({ ...options, dequantise: 0.5 }).train(rows, { epochs: 5 });
    const { data: sample } = await grey.sample(200);
    expect(Array.from(sample).every((v) => Number.isInteger(v * 2))).toBe(true);
    // Six equal cells: no density of the data with noise can beat 1/6 each on average.
    const logs = await grey.logProbability(rows.map((row) => row.map((v) => v + 0.5 * random.uniform())));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length + 2 * Math.log(0.5);
    expect(mean).toBeLessThan(-Math.log(6) + 0.1);
    expect(mean).toBeGreaterThan(-Math.log(6) - 0.8);
    await grey.release();
  });

  it("says where the tail is too small, and refuses bad input", async () => {
    const one = { epochs: 1 };
    const tight = await flow({ ...options, tail: 1 }).train(data, one);
    expect(tight.card.notes[0]).toMatch(/larger tail/);
    expect(model.card.notes).toEqual([]);
    await tight.release();
    const bad = (o: object) => () => flow(o as never);
    expect(bad({ couplings: "other" })).toThrow(expect.objectContaining({ code: "unknown-option" }));
    for (const o of [
      { layers: 0 },
      { bins: 1 },
      { bins: 501 },
      { tail: 0 },
      { dequantise: -1 },
      { classes: 1 },
      { hidden: [0] },
    ])
      expect(bad(o)).toThrow(expect.objectContaining({ code: "out-of-range" }));
    await expect(flow(options).train([[1, Number.NaN]], one)).rejects.toMatchObject({ code: "not-finite" });
    await expect(flow({ ...options, classes: 2 }).train([[1, 2]], [2], one)).rejects.toMatchObject({
      code: "unknown-class",
    });
    await expect(model.logProbability([[1, 2, 3]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(model.logProbability([[1, Number.POSITIVE_INFINITY]])).rejects.toMatchObject({
      code: "not-finite",
    });
    await expect(model.sample(0)).rejects.toMatchObject({ code: "out-of-range" });
  });
});
