import { startRuntime } from "@credence/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { gradientError } from "../graph/finite-difference.test-support.js";
import { compile, constant, matmul, square, type Tensor } from "../graph/index.js";
import * as losses from "./index.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

async function evaluate(x: Tensor): Promise<number> {
  const program = await compile({ x }, { runtime });
  const result = await program.run();
  await program.release();
  return Number(result.x.data[0]);
}

const f64 = (values: number[], shape = [values.length]) => constant(values, shape, "float64");
const logits = f64([1, -2, 0.5, 0, 3, -1, 2, 2, 2, -4, 0.1, 1], [4, 3]);
const labels = constant([0, 2, 1, 1], [4], "int64");
const [center, logVariance, truth] = [f64([0.5, -1, 2]), f64([0, 1, -2]), f64([1, 0, 2.5])];

describe("losses, against PyTorch 1.13 and SciPy 1.10", () => {
  const cases: [string, Tensor, number][] = [
    ["cross-entropy", losses.crossEntropy(logits, labels), 1.7287564680998455],
    ["label smoothing", losses.crossEntropy(logits, labels, { labelSmoothing: 0.1 }), 1.7429231347665122],
    ["focal", losses.focal(logits, labels), 1.2818345340641863],
    ["focal, γ = ½", losses.focal(logits, labels, { gamma: 0.5 }), 1.5742707277816619],
    ["focal, γ = 0", losses.focal(logits, labels, { gamma: 0 }), 1.7287564680998455],
    ["Brier", losses.brier(logits, labels), 0.9528680012523998],
    ["Gaussian log loss", losses.gaussianLogLoss(center, logVariance, truth), 1.1631291108553568],
    [
      "binary cross-entropy",
      losses.binaryCrossEntropy(logits, f64([1, 0, 0.5, 0, 1, 0, 0.2, 0.9, 1, 0, 0, 1], [4, 3])),
      0.4563212675859778,
    ],
    [
      "divergence",
      losses.standardNormalDivergence(f64([0.5, -1, 2, 0], [2, 2]), f64([0, 1, -2, 0.3], [2, 2])),
      1.788368979817915,
    ],
    ["pinball", losses.pinball(center, truth, 0.8), 0.5333333333333333],
    ["squared", losses.squaredError(center, truth), 0.5],
    ["absolute", losses.absoluteError(center, truth), 2 / 3],
  ];
  for (const [name, loss, expected] of cases)
    it(name, async () => expect(await evaluate(loss)).toBeCloseTo(expected, 12));

  it("CRPS of a normal", async () => {
    const f32 = (x: number[]) => constant(x, [3]);
    const loss = losses.gaussianCrps(f32([0.5, -1, 2]), f32([0, 1, -2]), f32([1, 0, 2.5]));
    expect(await evaluate(loss)).toBeCloseTo(0.42448831268681236, 6);
  });

  it("adversarial losses", async () => {
    const [real, generated] = [f64([0.5, 2]), f64([-1, 3])];
    const log = (z: number) => Math.log1p(Math.exp(z));
    const { discriminator, generator } = losses.nonSaturating(real, generated);
    expect(await evaluate(discriminator)).toBeCloseTo((log(-0.5) + log(-2)) / 2 + (log(-1) + log(3)) / 2, 12);
    expect(await evaluate(generator)).toBeCloseTo((log(1) + log(-3)) / 2, 12);
    const hinge = losses.hinge(real, generated);
    expect(await evaluate(hinge.discriminator)).toBeCloseTo(0.25 + 2, 12);
    expect(await evaluate(hinge.generator)).toBeCloseTo(-1, 12);
  });

  it("R1 penalty", async () => {
    // D(x) = w · x² has the slope 2 w x.
    const x = f64([1, 2, -1, 0.5], [2, 2]);
    const scores = matmul(square(x), f64([3, -1], [2, 1]));
    expect(await evaluate(losses.r1Penalty(scores, x, 10))).toBeCloseTo((5 * (36 + 16 + 36 + 1)) / 2, 10);
  });
});

describe("gradients of losses, against finite differences", () => {
  const rows: [string, (z: Tensor, ...others: Tensor[]) => Tensor, number[][]][] = [
    ["label smoothing", (z) => losses.crossEntropy(z, labels, { labelSmoothing: 0.1 }), [[4, 3]]],
    ["focal", (z) => losses.focal(z, labels, { gamma: 1.5 }), [[4, 3]]],
    ["Brier", (z) => losses.brier(z, labels), [[4, 3]]],
    ["Gaussian log loss", (m, s) => losses.gaussianLogLoss(m, s, truth), [[3], [3]]],
    ["binary cross-entropy", (z) => losses.binaryCrossEntropy(z, f64([0, 1, 0.3])), [[3]]],
    [
      "divergence",
      losses.standardNormalDivergence as (m: Tensor, s: Tensor) => Tensor,
      [
        [2, 3],
        [2, 3],
      ],
    ],
    ["non-saturating", (a, b) => losses.nonSaturating(a, b).discriminator, [[3], [3]]],
    [
      "R1 penalty",
      (w, x) => losses.r1Penalty(matmul(square(matmul(x, w)), f64([1, -2], [2, 1])), x),
      [
        [3, 2],
        [4, 3],
      ],
    ],
  ];
  for (const [name, of, shapes] of rows)
    it(name, async () =>
      expect(await gradientError({ runtime, of: of as never, shapes })).toBeLessThan(1e-6),
    );
});
