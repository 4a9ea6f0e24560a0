import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  add,
  gather,
  input,
  log,
  matmul,
  mul,
  named,
  parameter,
  reshape,
  sub,
  type Tensor,
  tanh,
} from "../graph/index.js";
import { squaredError } from "../loss/index.js";
import { createWeights, dense, dropout } from "../nn/index.js";
import { adam, cosine, sgd } from "../optim/index.js";
import { fit } from "./fit.js";
import { decodeTensors } from "./safetensors.js";
import type { Fit } from "./training.js";

let folder: string;
let made = 0;
const fresh = () => join(folder, String(made++));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-fit-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A small regression with dropout, so that order and noise both matter. */
function regression(options: Partial<Fit> = {}): Fit {
  const weights = createWeights(1);
  const h = dropout(
    weights.scope({ training: true }),
    tanh(dense(weights.scope({ training: true }), "hidden", input("x", [16, 4]), 8)),
    0.3,
  );
  const loss = squaredError(dense(weights.scope({ training: true }), "out", h, 1), input("y", [16, 1]));
  return {
    loss,
    parameters: weights.parameters(),
    optimiser: adam(),
    learningRate: 0.02,
    schedule: cosine(),
    averageDecay: 0.9,
    steps: 60,
    every: 10,
    seed: 3,
    batch(step) {
      const random = createRandom(step);
      const x = Float32Array.from({ length: 64 }, () => sampleNormal(random));
      return { x, y: Float32Array.from({ length: 16 }, (_, i) => x[4 * i] - x[4 * i + 1]) };
    },
    identity: "regression",
    ...options,
  };
}

describe("fit", () => {
  it("descends", async () => {
    const { history, steps, values } = await fit(regression());
    expect(steps).toBe(60);
    expect(history.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(history[5].loss).toBeLessThan(0.5 * history[0].loss);
    expect(Object.keys(values).sort()).toEqual(["hidden/bias", "hidden/weight", "out/bias", "out/weight"]);
  });

  it("finds the least-squares solution", async () => {
    const w = parameter("w", [2, 1], [0, 0]);
    const x = [1, 0, 1, 1, 1, 2, 1, 3];
    const loss = squaredError(matmul(input("x", [4, 2]), w), input("y", [4, 1]));
    const { values } = await fit({
      loss,
      parameters: [w],
      optimiser: sgd({ momentum: 0.9 }),
      learningRate: 0.05,
      steps: 400,
      batch: () => ({ x, y: [1, 3, 2, 5] }),
    });
    // Normal equations: intercept 1.1, slope 1.1.
    for (const value of Array.from(values.w.data, Number)) expect(value).toBeCloseTo(1.1, 4);
  });

  it("gives the same weights with and without a stop, bit for bit", async () => {
    const whole = await fit(regression());
    for (const stopAt of [1, 10, 37]) {
      const directory = fresh();
      const controller = new AbortController();
      const onProgress = ({ step }: { step: number }) => {
        if (step === stopAt) controller.abort();
      };
      const checkpoint = { directory };
      await expect(
        fit(regression({ checkpoint, signal: controller.signal, onProgress })),
      ).rejects.toMatchObject({
        name: "AbortError",
      });
      const seen: number[] = [];
      const resumed = await fit(regression({ checkpoint, onProgress: ({ step }) => void seen.push(step) }));
      expect(seen[0]).toBeGreaterThan(stopAt);
      expect(resumed.values).toEqual(whole.values);
      expect(resumed.history).toEqual(whole.history);
    }
  });

  it("goes on from the last checkpoint after a crash", async () => {
    const whole = await fit(regression());
    const checkpoint = { directory: fresh(), every: 7 };
    const crash = () => {
      throw new Error("power cut");
    };
    await expect(
      fit(regression({ checkpoint, onProgress: ({ step }) => (step === 25 ? crash() : undefined) })),
    ).rejects.toThrow("power cut");
    const resumed = await fit(regression({ checkpoint }));
    expect(resumed.values).toEqual(whole.values);
    // A finished training is not trained further.
    expect((await fit(regression({ checkpoint }))).values).toEqual(whole.values);
  });

  it("returns to the weights of the best validation loss, also after a stop", async () => {
    const losses = [5, 4, 3, 4, 4, 4];
    const watched = (options: Partial<Fit> = {}) => {
      const training = regression(options);
      const output = matmul(input("x", [1, 4]), training.parameters[0]);
      let point = options.checkpoint ? 3 : 0;
      return { ...training, patience: 2, validation: { output, loss: async () => losses[point++] } };
    };
    const { values, history, stoppedEarly, steps } = await fit(watched());
    expect([stoppedEarly, steps]).toEqual([true, 50]);
    expect(history.map(({ validation }) => validation)).toEqual([5, 4, 3, 4, 4]);

    // Stopped at the best point, the averages in the checkpoint are what is returned to.
    const directory = fresh();
    const controller = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 30 && controller.abort();
    const stopping = { ...watched(), checkpoint: { directory }, signal: controller.signal, onProgress };
    await expect(fit(stopping)).rejects.toThrow(/abort/);
    const file = join(directory, "checkpoint.safetensors");
    const { tensors } = decodeTensors(await readFile(file), file);
    expect(tensors["average of out/weight"]).toEqual(values["out/weight"]);
    const resumed = await fit(watched({ checkpoint: { directory } }));
    expect(resumed.values).toEqual(values);
    expect(resumed.history).toEqual(history);
  });

  it("lets several players descend each its own loss, from the same values, and resumes their game exactly", async () => {
    // x descends x y + noise, y descends −x y: with small steps they circle.
    const [x, y] = ["x", "y"].map((name, i) => parameter(name, [1], [1 - i]));
    const product = reshape(mul(mul(x, y), input("scale", [1])), []);
    const game = (options: Partial<Fit> = {}): Fit => ({
      loss: product,
      parameters: [x],
      players: { other: { loss: mul(product, -1), parameters: [y] } },
      optimiser: sgd({ momentum: 0 }),
      learningRate: 0.1,
      steps: 30,
      every: 10,
      batch: (step) => ({ scale: [1 + (step % 2)] }),
      identity: "game",
      ...options,
    });
    const seen: unknown[] = [];
    const whole = await fit(
      game({ onProgress: ({ loss, players }) => void seen.push([loss, players?.other]) }),
    );
    let [a, b] = [1, 0];
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) {
      const scale = 1 + (step % 2);
      losses.push(a * b * scale);
      [a, b] = [a - 0.1 * b * scale, b + 0.1 * a * scale];
    }
    expect(whole.values.x.data[0]).toBeCloseTo(a, 4);
    expect(whole.values.y.data[0]).toBeCloseTo(b, 4);
    losses.forEach((loss, i) => {
      expect((seen[i] as number[])[0]).toBeCloseTo(loss, 4);
    });
    expect(whole.history.map(({ players }) => players?.other)).toEqual(
      whole.history.map(({ loss }) => -loss),
    );

    const checkpoint = { directory: fresh() };
    const controller = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 14 && controller.abort();
    await expect(fit(game({ checkpoint, signal: controller.signal, onProgress }))).rejects.toThrow(/abort/);
    const resumed = await fit(game({ checkpoint }));
    expect(resumed.values).toEqual(whole.values);
    expect(resumed.history).toEqual(whole.history);

    const bad = named("opponent", log(sub(y, 2)));
    const ill = game({ players: { other: { loss: reshape(bad, []), parameters: [y] } } });
    await expect(fit(ill)).rejects.toThrow(/step 0 the layer "opponent" is the first/);
    await expect(fit(game({ players: { loss: { loss: product, parameters: [y] } } }))).rejects.toMatchObject({
      code: "in-use",
    });
  });

  it("refuses a checkpoint of another training, and a broken one", async () => {
    const directory = fresh();
    await fit(regression({ checkpoint: { directory }, steps: 10 }));
    const other = regression({ checkpoint: { directory }, identity: "another" });
    await expect(fit(other)).rejects.toMatchObject({ code: "not-a-model" });
    const file = join(directory, "checkpoint.safetensors");
    await truncate(file, (await stat(file)).size - 1);
    await expect(fit(regression({ checkpoint: { directory } }))).rejects.toMatchObject({
      code: "not-a-model",
    });
  });

  it("refuses two trainings in one folder at once, but not after one that died", async () => {
    const checkpoint = { directory: fresh() };
    const running = fit(regression({ checkpoint }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(fit(regression({ checkpoint }))).rejects.toMatchObject({ code: "in-use" });
    const first = await running;
    await writeFile(join(checkpoint.directory, "training.lock"), "999999999");
    expect((await fit(regression({ checkpoint }))).values).toEqual(first.values);
  });

  it("stops at a loss that is not finite, naming the step and the layer", async () => {
    const w = parameter("w", [1], [1]);
    const x = input("x", [1]);
    const loss = reshape(named("second", log(named("first", mul(w, x)))), []);
    const training = (batch: Fit["batch"], optimiser = sgd()): Fit => ({
      loss,
      parameters: [w],
      optimiser,
      steps: 40,
      batch,
      learningRate: 1e-3,
    });
    const bad = training((step) => ({ x: [step === 23 ? -1 : 1] }));
    await expect(fit(bad)).rejects.toMatchObject({
      code: "diverged",
      message: expect.stringMatching(/step 23 the layer "second" is the first/),
    });
    const infinite = training((step) => ({ x: [step === 5 ? Number.POSITIVE_INFINITY : 1] }));
    await expect(fit(infinite)).rejects.toThrow(/step 5 the layer "first" is the first/);
    const wild = { ...training(() => ({ x: [1] })), learningRate: 1e38, steps: 3 };
    await expect(fit(wild)).rejects.toThrow(/step 1 /);
    await expect(fit({ ...wild, learningRate: Number.POSITIVE_INFINITY, steps: 1 })).rejects.toThrow(
      /after step 1 the parameter "w"/,
    );
  });

  it("says what it would need, before it starts", async () => {
    await expect(fit(regression({ memoryLimit: 1000 }))).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/about 1 MB/),
    });
    const { memory } = await fit(regression({ steps: 1 }));
    // 4·8 + 8 + 8 + 1 weights, four times (Adam, average), kept twice, at 4 bytes.
    expect(memory.parameters).toBe(49 * 4 * 2 * 4);
  });

  it("leaves the event loop free", async () => {
    // A step of some 10⁹ operations, far longer than the bound.
    const table = parameter("table", [900, 900], new Float32Array(810_000).fill(1e-4));
    let h: Tensor = table;
    for (let i = 0; i < 3; i++) h = matmul(h, table);
    const picked = gather(h, input("row", [1], "int64"));
    const loss = squaredError(picked, sub(add(picked, 1), picked));
    const delays: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      delays.push(now - last - 5);
      last = now;
    }, 5);
    const ends: number[] = [];
    await fit({
      loss,
      parameters: [table],
      optimiser: sgd(),
      learningRate: 1e-6,
      steps: 6,
      batch: () => ({ row: [0] }),
      onProgress: () => void ends.push(performance.now()),
    });
    clearInterval(timer);
    // Other work on the machine may delay a few ticks; a loop that computes would delay nearly all of the little left.
    const sorted = delays.sort((a, b) => a - b);
    expect((ends[5] - ends[0]) / 5).toBeGreaterThan(50);
    expect(sorted[Math.floor(0.95 * sorted.length)]).toBeLessThan(50);
  });
});
