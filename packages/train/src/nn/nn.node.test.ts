import { startRuntime } from "@credence/runtime";
import { afterAll, describe, expect, it } from "vitest";
import {
  add,
  compile,
  compileSteps,
  constant,
  flatten,
  gradients,
  input,
  mean,
  relu,
  square,
  sum,
  type Tensor,
} from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";
import { sgd } from "../optim/index.js";
import {
  batchNorm,
  conv,
  createWeights,
  dense,
  dropout,
  embedding,
  groupNorm,
  layerNorm,
  type Scope,
  selfAttention,
} from "./index.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

describe("scopes", () => {
  it("find parameters again by name, and tell learnt from kept", () => {
    const weights = createWeights(1);
    const build = (training: boolean) => {
      const scope = weights.scope({ training });
      return batchNorm(scope, "norm", dense(scope, "first", input("x", [4, 3]), 2));
    };
    build(true);
    const before = weights.parameters();
    build(false);
    expect(weights.parameters()).toEqual(before);
    expect(before.map(nameOf).sort()).toEqual(["first/bias", "first/weight", "norm/scale", "norm/shift"]);
    expect(weights.states().map(nameOf)).toEqual(["norm/mean", "norm/variance"]);
  });

  it("start every layer with activations of about the same size", async () => {
    const n = 400;
    const weights = createWeights(2);
    const scope = weights.scope({ training: true });
    let h: Tensor = input("x", [64, n]);
    for (let i = 0; i < 6; i++) h = relu(dense(scope, `layer ${i}`, h, n));
    const program = await compile({ size: mean(square(h)) }, { runtime });
    const x = Float32Array.from({ length: 64 * n }, (_, i) => Math.sin(i * i));
    const { size } = await program.run({ x });
    const before = x.reduce((total, v) => total + v * v, 0) / x.length;
    expect(Number(size.data[0]) / before).toBeGreaterThan(0.4);
    expect(Number(size.data[0]) / before).toBeLessThan(2.5);
  });
});

describe("layers", () => {
  it("all learn something: no parameter has a gradient of zero", async () => {
    const weights = createWeights(3);
    const scope = weights.scope({ training: true });
    const image = relu(
      groupNorm(
        scope,
        "group",
        conv(scope, "conv", input("image", [2, 2, 6, 6]), 4, 3, { padding: 1, groups: 2 }),
        2,
      ),
    );
    const words = embedding(scope, "words", constant([1, 0, 2, 1, 2, 0], [2, 3], "int64"), 3, 8);
    const seen = layerNorm(
      scope,
      "layer",
      selfAttention(scope, "attention", words, { heads: 2, causal: true }),
    );
    const parts = [image, seen].map((part, i) => sum(square(dense(scope, `head ${i}`, flatten(part), 3))));
    const parameters = weights.parameters();
    const slopes = gradients(add(parts[0], parts[1]), parameters);
    const sizes = Object.fromEntries(slopes.map((g, i) => [nameOf(parameters[i]), sum(square(g))]));
    const program = await compile<string>(sizes, { runtime });
    const found = await program.run({ image: Float32Array.from({ length: 144 }, (_, i) => Math.cos(i)) });
    for (const [name, { data }] of Object.entries(found))
      expect([name, Number(data[0]) > 1e-9]).toEqual([name, true]);
  });

  it("dropout does nothing outside training, and scales inside", async () => {
    const x = constant(new Float32Array(10_000).fill(1), [10_000]);
    const at = (training: boolean) => dropout(createWeights().scope({ training }), x, 0.25);
    const program = await compile({ off: mean(at(false)), on: mean(at(true)) }, { runtime });
    const { off, on } = await program.run();
    expect(Number(off.data[0])).toBe(1);
    expect(Number(on.data[0])).not.toBe(1);
    expect(Math.abs(Number(on.data[0]) - 1)).toBeLessThan(6 * Math.sqrt(1 / 3 / 10_000));
  });

  it("batch normalisation learns the running averages that it uses afterwards", async () => {
    const weights = createWeights();
    const x = input("x", [4, 1]);
    const net = (scope: Scope) => batchNorm(scope, "norm", x, 0.5);
    const updates = new Map<Tensor, Tensor>();
    const loss = sum(square(net(weights.scope({ training: true, updates }))));
    const parameters = weights.parameters();
    const optimiser = sgd();
    const all = new Map([...optimiser.updates(parameters, gradients(loss, parameters)), ...updates]);
    const own = startRuntime();
    const stepper = await compileSteps({ outputs: { loss }, updates: all }, { runtime: own });
    const feeds = { x: [1, 2, 3, 6], ...optimiser.scalars(0, 0) };
    await stepper.run([feeds, feeds], { step: 0 });
    const values = await stepper.parameters();
    // Mean 3 and unbiased variance 14/3, approached by half twice from 0 and 1.
    expect(Number(values["norm/mean"].data[0])).toBeCloseTo(2.25, 6);
    expect(Number(values["norm/variance"].data[0])).toBeCloseTo(0.25 + 0.75 * (14 / 3), 5);
    const program = await compile({ y: net(weights.scope({ training: false })) }, { runtime: own });
    const { y } = await program.run({ x: [2.25, 0, 0, 0] });
    expect(Number(y.data[0])).toBeCloseTo(0, 6);
    await own.close();
  });
});
