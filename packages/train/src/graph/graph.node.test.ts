import { startRuntime } from "@credence/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { gradientError } from "./finite-difference.test-support.js";
import { operationsBehind } from "./gradients.js";
import {
  add,
  attention,
  cast,
  clip,
  compile,
  compileSteps,
  concat,
  constant,
  conv,
  gather,
  gradients,
  groupNorm,
  input,
  layerNorm,
  linear,
  matmul,
  maxPool,
  mul,
  named,
  noise,
  parameter,
  pow,
  reshape,
  round,
  scatterAdd,
  sin,
  slice,
  split,
  square,
  stopGradient,
  straightThrough,
  sum,
  type Tensor,
  tanh,
  transpose,
  where,
  withGradient,
} from "./index.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

async function evaluate(x: Tensor, feeds = {}): Promise<number[]> {
  const program = await compile({ x }, { runtime });
  const result = await program.run(feeds);
  await program.release();
  return Array.from(result.x.data, Number);
}
const f64 = (values: number[]) => constant(values, [values.length], "float64");

describe("gradients", () => {
  it("adds up over all uses of a tensor", async () => {
    const x = f64([2, 3]);
    const y = add(mul(x, x), mul(x, 5));
    expect(await evaluate(gradients(sum(y), [x])[0])).toEqual([9, 11]);
  });

  it("is zero for what the loss does not depend on", async () => {
    const [x, other] = [f64([1]), f64([4, 5])];
    expect(await evaluate(gradients(sum(x), [other])[0])).toEqual([0, 0]);
    expect(await evaluate(gradients(sum(stopGradient(x)), [x])[0])).toEqual([0]);
  });

  it("can be taken of gradients, to any order", async () => {
    let y: Tensor = f64([2]);
    const x = y;
    y = sum(pow(y, 5));
    for (const expected of [80, 160, 240, 240, 120, 0]) {
      [y] = gradients(sum(y), [x]);
      expect(await evaluate(y)).toEqual([expected]);
    }
  });

  it("gives Hessian-vector products", async () => {
    // f = x₀² x₁ + sin x₁, at (1, 2), times (3, −1): H = [[2 x₁, 2 x₀], [2 x₀, −sin x₁]].
    const x = f64([1, 2]);
    const [a, b] = [slice(x, 0, 0, 1), slice(x, 0, 1, 2)];
    const [slope] = gradients(sum(add(mul(square(a), b), sin(b))), [x]);
    const [product] = gradients(sum(mul(slope, f64([3, -1]))), [x]);
    const [first, second] = await evaluate(product);
    expect(first).toBeCloseTo(10, 12);
    expect(second).toBeCloseTo(6 + Math.sin(2), 12);
  });

  it("works through graphs deeper than the call stack", () => {
    const x = f64([0.5]);
    let y: Tensor = x;
    for (let i = 0; i < 20_000; i++) y = mul(y, 0.999);
    const [slope] = gradients(sum(y), [x]);
    expect(operationsBehind([slope]).length).toBeGreaterThan(20_000);
  });

  it("detects a wrong gradient: the test of the tests", async () => {
    const wrong = (x: Tensor) => withGradient(tanh(x), [x], (g) => [g]);
    expect(await gradientError({ runtime, of: wrong, shapes: [[3]] })).toBeGreaterThan(0.05);
  });

  it("passes straight through where asked", async () => {
    const x = f64([-0.6, 0.2, 1.7]);
    const hard = straightThrough(round(x), x);
    expect(await evaluate(hard)).toEqual([-1, 0, 2]);
    expect(await evaluate(gradients(sum(mul(hard, f64([1, 2, 3]))), [x])[0])).toEqual([1, 2, 3]);
    expect(await evaluate(gradients(sum(round(x)), [x])[0])).toEqual([0, 0, 0]);
    expect(await evaluate(gradients(sum(clip(x, 0, 1)), [x])[0])).toEqual([0, 1, 0]);
    expect(await evaluate(gradients(sum(clip(x, 0, 1, { straightThrough: true })), [x])[0])).toEqual([
      1, 1, 1,
    ]);
  });
});

describe("shapes are checked when the graph is built, and both are named", () => {
  const x = input("x", [128, 784]);
  const w = parameter("w1", [700, 256], new Float32Array(700 * 256));
  const image = input("image", [2, 3, 8, 8]);
  const kernel = parameter("kernel", [4, 2, 3, 3], new Float32Array(72));
  const index = constant([0], [1], "int64");
  const cases: [string, () => unknown, RegExp][] = [
    [
      "matmul",
      () => matmul(x, w),
      /^matmul: x: has shape \[128, 784\], and w1 has \[700, 256\]; the inner dimensions 784 and 700/,
    ],
    ["matmul of a vector", () => matmul(x, input("v", [3])), /v: has shape \[3\]/],
    ["linear", () => linear(x, w, null), /x: has shape \[128, 784\], and w1 has \[700, 256\]/],
    ["add", () => add(x, w), /add: x: has shape \[128, 784\], and w1.*128 meets 700/],
    ["types", () => add(x, constant([1], [1], "float64")), /x: is float32, but constant is float64/],
    ["named", () => matmul(named("hidden", x), w), /hidden: has shape/],
    ["operations", () => matmul(tanh(x), w), /Tanh output: has shape/],
    ["where", () => where(cast(x, "bool"), x, w), /x: has shape \[128, 784\], and w1/],
    ["reshape", () => reshape(x, [5, 5]), /x: has shape \[128, 784\]; it cannot become \[5, 5\]/],
    ["transpose", () => transpose(x, [0, 0]), /is not an order/],
    ["transpose, unknown axis", () => transpose(x, [0, 5]), /an axis it lacks/],
    ["concat", () => concat([x, w], 0), /x: has shape .* and w1/],
    ["split", () => split(x, [1, 2], 0), /do not add up/],
    ["slice", () => slice(x, 1, 700, 800), /not a range within its axis 1/],
    ["sum", () => sum(x, { axes: 2 }), /it has no axis 2/],
    ["gather", () => gather(x, x), /indices must be int64/],
    ["scatterAdd", () => scatterAdd(x, index, w, 0), /one index for each update/],
    [
      "conv groups",
      () => conv(image, kernel),
      /image: has shape \[2, 3, 8, 8\], and kernel .* 3 channels are not 1 groups of 2/,
    ],
    ["conv kernel", () => conv(input("small", [2, 2, 2, 2]), kernel), /the kernel is larger/],
    ["conv of a matrix", () => conv(x, w), /at least one spatial axis/],
    ["maxPool", () => maxPool(image, 9), /the window is larger/],
    [
      "layerNorm",
      () => layerNorm(x, input("scale", [5]), input("shift", [784])),
      /x: has shape .* and scale has \[5\]/,
    ],
    ["groupNorm", () => groupNorm(image, 2, index, index), /its 3 channels do not fall into 2 groups/],
    ["straightThrough", () => straightThrough(x, w), /the same shape/],
    ["attention", () => attention(x, w, w), /784/],
    ["gradients", () => gradients(x, [x]), /gradients: x: has shape \[128, 784\]; a loss is a single number/],
  ];
  for (const [name, build, message] of cases)
    it(name, () => {
      expect(build).toThrow(message);
      expect(build).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
    });

  it("parameters and inputs", () => {
    expect(() => parameter("w", [2, 2], [1])).toThrow(/w: has 1 values, but its shape \[2, 2\] holds 4/);
    expect(() => input("x", [0])).toThrow(/at least 1/);
  });
});

describe("compile", () => {
  it("refuses feeds that do not fit, and names taken twice", async () => {
    const x = input("x", [2]);
    const program = await compile({ y: mul(x, 2) }, { runtime });
    await expect(program.run({})).rejects.toMatchObject({ code: "empty-input" });
    await expect(program.run({ x: [1, 2, 3] })).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(compile({ y: add(x, input("x", [2])) }, { runtime })).rejects.toMatchObject({
      code: "in-use",
    });
    await program.release();
  });

  it("gives an output under several names, and inputs and constants as outputs", async () => {
    const x = input("x", [1]);
    const y = mul(x, 2);
    const program = await compile({ a: y, b: y, x, d: constant(7) }, { runtime });
    const result = await program.run({ x: [3] });
    expect(Object.values(result).map(({ data }) => data[0])).toEqual([6, 6, 3, 7]);
    await program.release();
  });

  it("takes batches of any size where that is asked for", async () => {
    const x = input("x", [1, 2, 2]);
    const y = sum(reshape(mul(reshape(x, [1, 4]), constant([1, 2, 3, 4], [4])), [2, 2]), { axes: 1 });
    const program = await compile({ y }, { runtime, batch: "rows" });
    expect(Array.from((await program.run({ x: [1, 1, 1, 1] })).y.data, Number)).toEqual([3, 7]);
    const three = await program.run({ x: new Float32Array(12).fill(1) });
    expect(Array.from(three.y.data, Number)).toEqual([3, 7, 3, 7, 3, 7]);
    await program.release();
  });

  it("draws noise by seed and step", async () => {
    const n = 20_000;
    const outputs = {
      normal: noise([n], { kind: "normal" }),
      uniform: noise([n], { kind: "uniform" }),
      keep: noise([n], { kind: "keep", share: 0.8 }),
    };
    const program = await compile(outputs, { runtime, seed: 1 });
    const first = await program.run({}, { step: 4 });
    expect(await program.run({}, { step: 4 })).toEqual(first);
    expect((await program.run({}, { step: 5 })).normal).not.toEqual(first.normal);
    const moments = (values: ArrayLike<number>) => {
      const list = Array.from(values);
      const mean = list.reduce((a, b) => a + b) / n;
      return [mean, list.reduce((a, b) => a + (b - mean) ** 2, 0) / n];
    };
    // Six standard errors each.
    const check = (values: unknown, mean: number, variance: number, kurtosis: number) => {
      const [m, v] = moments(values as ArrayLike<number>);
      expect(Math.abs(m - mean)).toBeLessThan(6 * Math.sqrt(variance / n));
      expect(Math.abs(v - variance)).toBeLessThan(6 * variance * Math.sqrt((kurtosis - 1) / n));
    };
    check(first.normal.data, 0, 1, 3);
    check(first.uniform.data, 0.5, 1 / 12, 1.8);
    check(first.keep.data, 1, 0.25, 3.25);
    await program.release();
  });
});

describe("compileSteps", () => {
  it("runs steps that differ in their feeds and noise, the same however they are divided", async () => {
    const make = async () => {
      const w = parameter("w", [3], [1, 2, 3]);
      const next = add(mul(w, 0.9), mul(noise([3], { kind: "normal" }), input("size", [])));
      const twice = await compileSteps(
        { outputs: { total: sum(w) }, updates: new Map([[w, next]]) },
        { seed: 2 },
      );
      return twice;
    };
    const feeds = Array.from({ length: 7 }, (_, i) => ({ size: i / 10 }));
    const [once, parts] = [await make(), await make()];
    const whole = await once.run(feeds, { step: 0 });
    const divided = [
      await parts.run(feeds.slice(0, 2), { step: 0 }),
      await parts.run(feeds.slice(2), { step: 2 }),
    ];
    expect(divided.flatMap(({ total }) => Array.from(total.data, Number))).toEqual(
      Array.from(whole.total.data, Number),
    );
    expect(whole.total.shape).toEqual([7]);
    expect(await parts.parameters()).toEqual(await once.parameters());
    await once.release();
    await parts.release();
  });

  it("refuses updates of another shape, and of what is no parameter", async () => {
    const w = parameter("w", [2], [1, 2]);
    const attempt = (updates: Map<Tensor, Tensor>) =>
      expect(compileSteps({ outputs: { w }, updates })).rejects;
    await attempt(new Map([[w, sum(w)]])).toMatchObject({ code: "shape-mismatch" });
    await attempt(new Map([[mul(w, 2), w]])).toMatchObject({ code: "unknown-option" });
  });
});
