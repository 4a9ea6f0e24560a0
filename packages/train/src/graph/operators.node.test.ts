import { startRuntime } from "@credence/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { type Check, gradientError } from "./finite-difference.test-support.js";
import * as op from "./index.js";
import type { Shape, Tensor } from "./tensor.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

interface Case {
  name: string;
  of: Check["of"];
  shapes: readonly Shape[];
  at?: Check["at"];
  /** float32 where ONNX Runtime has the operator in no other type. */
  float32?: boolean;
  /** Also the second derivative. Default true. */
  second?: boolean;
}

const m: Shape = [3, 4];
const positive = (u: number) => 0.6 + 0.4 * u;
/** Away from the kink at 0, on both sides. */
const offZero = (u: number) => (u < 0 ? -0.3 : 0.3) + 0.6 * u;
/** All values at least 0.04 apart, so that maxima do not change. */
const spread = (_: number, i: number) => ((i * 7) % 25) * 0.08 - 1;
const indices = op.constant([2, 0, 2], [3], "int64");

const cases: Case[] = [
  { name: "add, broadcast", of: op.add, shapes: [m, [4]] },
  { name: "sub, broadcast", of: op.sub, shapes: [[3, 1], m] },
  { name: "mul, broadcast", of: op.mul, shapes: [m, [3, 1]] },
  { name: "div, broadcast", of: (a, b) => op.div(a, op.add(2, b)), shapes: [m, [4]] },
  { name: "div by itself", of: (a) => op.div(op.square(a), op.add(a, 3)), shapes: [m] },
  { name: "neg", of: op.neg, shapes: [m] },
  { name: "exp", of: op.exp, shapes: [m] },
  { name: "log", of: op.log, shapes: [m], at: positive },
  { name: "sqrt", of: op.sqrt, shapes: [m], at: positive },
  { name: "abs", of: op.abs, shapes: [m], at: offZero },
  { name: "sin", of: op.sin, shapes: [m] },
  { name: "cos", of: op.cos, shapes: [m] },
  { name: "tanh", of: op.tanh, shapes: [m] },
  { name: "sigmoid", of: op.sigmoid, shapes: [m] },
  { name: "softplus", of: op.softplus, shapes: [m] },
  { name: "relu", of: op.relu, shapes: [m], at: offZero },
  { name: "erf", of: op.erf, shapes: [m], float32: true },
  { name: "square", of: op.square, shapes: [m] },
  { name: "pow 3", of: (x) => op.pow(x, 3), shapes: [m] },
  { name: "pow −½", of: (x) => op.pow(x, -0.5), shapes: [m], at: positive },
  { name: "gelu", of: op.gelu, shapes: [m], float32: true },
  { name: "gelu by tanh", of: op.geluTanh, shapes: [m] },
  { name: "silu", of: op.silu, shapes: [m] },
  { name: "where", of: (a, b) => op.where(op.greater(a, b), op.square(a), op.exp(b)), shapes: [m, [4]] },
  { name: "maximum", of: (a, b) => op.maximum(op.square(a), b), shapes: [m, m] },
  { name: "minimum", of: (a, b) => op.minimum(a, op.square(b)), shapes: [m, m] },
  { name: "clip", of: (x) => op.square(op.clip(x, -0.5, 0.4)), shapes: [m], at: spread },
  { name: "cast", of: (x) => op.square(op.cast(op.cast(x, "float64"), "float64")), shapes: [m] },
  { name: "sum", of: (x) => op.square(op.sum(x, { axes: 1 })), shapes: [m] },
  { name: "sum of all", of: (x) => op.exp(op.sum(x)), shapes: [m] },
  {
    name: "mean, kept",
    of: (x) => op.mul(x, op.mean(x, { axes: [0, -1], keep: true })),
    shapes: [[2, 3, 2]],
  },
  { name: "max", of: (x) => op.square(op.max(x, { axes: 0 })), shapes: [m], at: spread },
  { name: "min", of: (x) => op.square(op.min(x, { axes: -1, keep: true })), shapes: [m], at: spread },
  { name: "log-sum-exp", of: (x) => op.logSumExp(x, { axes: 1 }), shapes: [m] },
  { name: "reshape", of: (x) => op.square(op.reshape(x, [2, 6])), shapes: [m] },
  { name: "flatten", of: (x) => op.square(op.flatten(x)), shapes: [[2, 3, 2]] },
  { name: "transpose", of: (x) => op.square(op.transpose(x, [2, 0, 1])), shapes: [[2, 3, 2]] },
  { name: "expand", of: (x) => op.square(op.expand(x, [2, 3, 4])), shapes: [[3, 1]] },
  { name: "concat", of: (a, b) => op.square(op.concat([a, b, a], 1)), shapes: [m, [3, 2]] },
  {
    name: "split",
    of: (x) => {
      const [a, , c] = op.split(x, [1, 2, 1], 1);
      return op.mul(a, op.square(c));
    },
    shapes: [m],
  },
  { name: "slice", of: (x) => op.square(op.slice(x, 1, 1, 3)), shapes: [m] },
  { name: "pad", of: (x) => op.square(op.pad(x, 0, 2, 1)), shapes: [m] },
  { name: "matmul", of: op.matmul, shapes: [m, [4, 2]] },
  {
    name: "matmul, batched",
    of: op.matmul,
    shapes: [
      [2, 3, 4],
      [2, 4, 2],
    ],
  },
  {
    name: "matmul, broadcast",
    of: op.matmul,
    shapes: [
      [2, 1, 3, 2],
      [3, 2, 2],
    ],
  },
  { name: "linear", of: op.linear, shapes: [[2, 3, 4], [4, 2], [2]] },
  { name: "gather rows", of: (x) => op.square(op.gather(x, indices)), shapes: [m] },
  { name: "gather columns", of: (x) => op.square(op.gather(x, indices, 1)), shapes: [m] },
  {
    name: "gather elements",
    of: (x) => op.square(op.gatherElements(x, op.constant([3, 0, 3, 1, 1, 2], [3, 2], "int64"), 1)),
    shapes: [m],
  },
  {
    name: "scatter-add",
    of: (x, u) => op.square(op.scatterAdd(x, op.constant([3, 0, 3, 1, 1, 1], [3, 2], "int64"), u, 1)),
    shapes: [m, [3, 2]],
  },
  { name: "cumsum", of: (x) => op.square(op.cumsum(x, 1)), shapes: [m] },
  { name: "cumsum, reversed", of: (x) => op.square(op.cumsum(x, 0, { reverse: true })), shapes: [m] },
  { name: "softmax", of: (x) => op.softmax(x), shapes: [m] },
  { name: "softmax, first axis", of: (x) => op.softmax(x, 0), shapes: [m] },
  { name: "log-softmax", of: (x) => op.square(op.logSoftmax(x)), shapes: [m] },
  { name: "layer norm", of: op.layerNorm, shapes: [m, [4], [4]] },
  { name: "layer norm, fused", of: op.layerNorm, shapes: [m, [4], [4]], float32: true, second: false },
  { name: "batch norm", of: (x, a, b) => op.batchNorm(x, a, b).y, shapes: [[3, 2, 4], [2], [2]] },
  {
    name: "batch norm, given",
    of: (x, c, v, a, b) => op.normalise(x, c, op.exp(v), a, b),
    shapes: [[2, 2, 3], [2], [2], [2], [2]],
  },
  { name: "group norm", of: (x, a, b) => op.groupNorm(x, 2, a, b), shapes: [[2, 4, 3], [4], [4]] },
  {
    name: "attention",
    of: (q, k, v) => op.attention(q, k, v),
    shapes: [
      [2, 3, 2],
      [2, 3, 2],
      [2, 3, 2],
    ],
  },
  {
    name: "attention, causal",
    of: (q, k, v) => op.attention(q, k, v, { causal: true }),
    shapes: [
      [2, 3, 2],
      [2, 3, 2],
      [2, 3, 2],
    ],
  },
  { name: "max pool", of: (x) => op.square(op.maxPool(x, 2)), shapes: [[1, 1, 4, 4]], at: spread },
  {
    name: "max pool, overlapping",
    of: (x) => op.square(op.maxPool(x, 3, { stride: 1, padding: 1 })),
    shapes: [[1, 1, 4, 5]],
    at: spread,
  },
  { name: "max pool, 1-D", of: (x) => op.square(op.maxPool(x, 2)), shapes: [[2, 2, 5]], at: spread },
  { name: "average pool", of: (x) => op.square(op.averagePool(x, 2)), shapes: [[1, 2, 4, 5]], float32: true },
  { name: "global average pool", of: (x) => op.square(op.globalAveragePool(x)), shapes: [[2, 2, 3, 2]] },
  { name: "upsample", of: (x) => op.square(op.upsample(x, 2)), shapes: [[1, 2, 2, 3]] },
];

describe("gradients of operators, against finite differences", () => {
  for (const { name, of, shapes, at, float32, second = true } of cases) {
    const type = float32 ? "float32" : "float64";
    const bound = float32 ? 1e-2 : 1e-6;
    it(name, async () => {
      expect(await gradientError({ runtime, of, shapes, at, type })).toBeLessThan(bound);
      if (second)
        expect(await gradientError({ runtime, of, shapes, at, type, order: 2 })).toBeLessThan(bound);
    });
  }
});

describe("gradients of convolutions, against finite differences", () => {
  for (const stride of [1, 2, 3])
    for (const padding of [0, 1, 2])
      for (const groups of [1, 2])
        it(`2-D, stride ${stride}, padding ${padding}, groups ${groups}`, async () => {
          const of = (x: Tensor, w: Tensor, bias: Tensor) => op.conv(x, w, { stride, padding, groups, bias });
          const shapes = [[2, 2, 5, 6], [4, 2 / groups, 3, 2], [4]];
          const check = { runtime, of, shapes, type: "float32" } as const;
          expect(await gradientError(check)).toBeLessThan(1e-2);
          const squared = (x: Tensor, w: Tensor) => op.square(op.conv(x, w, { stride, padding, groups }));
          const second = {
            ...check,
            of: squared,
            shapes: [
              [1, 2, 4, 4],
              [2, 2 / groups, 2, 3],
            ],
            order: 2,
          } as const;
          expect(await gradientError(second)).toBeLessThan(1e-2);
        });
  for (const [stride, padding, dilation, groups] of [
    [1, 0, 1, 1],
    [2, 1, 1, 2],
    [1, 2, 2, 1],
    [3, 2, 2, 2],
  ])
    it(`1-D, stride ${stride}, padding ${padding}, dilation ${dilation}, groups ${groups}`, async () => {
      const of = (x: Tensor, w: Tensor) => op.conv(x, w, { stride, padding, dilation, groups });
      const shapes = [
        [2, 2, 9],
        [2, 2 / groups, 3],
      ];
      expect(await gradientError({ runtime, of, shapes, type: "float32" })).toBeLessThan(1e-2);
    });
  for (const [stride, padding, outputPadding, groups] of [
    [1, 0, 0, 1],
    [2, 1, 1, 1],
    [2, 0, 0, 2],
    [3, 1, 2, 2],
  ])
    it(`transposed, stride ${stride}, padding ${padding}, output padding ${outputPadding}, groups ${groups}`, async () => {
      const of = (x: Tensor, w: Tensor) => op.convTranspose(x, w, { stride, padding, outputPadding, groups });
      const shapes = [
        [2, 4, 3, 3],
        [4, 2 / groups, 3, 3],
      ];
      expect(await gradientError({ runtime, of, shapes, type: "float32" })).toBeLessThan(1e-2);
      const squared = (x: Tensor, w: Tensor) => op.square(of(x, w));
      expect(
        await gradientError({
          runtime,
          of: squared,
          shapes: [
            [1, 2, 2, 3],
            [2, 2 / groups, 3, 3],
          ],
          type: "float32",
          order: 2,
        }),
      ).toBeLessThan(1e-2);
    });
});
