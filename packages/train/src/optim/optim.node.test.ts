import { describe, expect, it } from "vitest";
import { compileSteps, constant, gradients, mul, parameter, square, sum } from "../graph/index.js";
import {
  adam,
  adamW,
  averageName,
  clipByNorm,
  cosine,
  linearDecay,
  movingAverages,
  type Optimiser,
  sgd,
  stepDecay,
  warmup,
} from "./index.js";

/** Four steps on Σ c w², and what else is kept. */
async function descend(
  optimiser: Optimiser,
  rate: number,
  { clip, decay }: { clip?: number; decay?: number } = {},
) {
  const w = parameter("w", [3], [1, -2, 0.3], "float64");
  const loss = sum(mul(square(w), constant([1, 0.1, 10], [3], "float64")));
  const slopes = gradients(loss, [w]);
  const updates = optimiser.updates([w], clip ? clipByNorm(slopes, clip).gradients : slopes);
  if (decay) movingAverages([w], updates, decay);
  const stepper = await compileSteps({ outputs: { w }, updates });
  const feeds = [0, 1, 2, 3].map((step) => optimiser.scalars(step, rate));
  const { w: path } = await stepper.run(feeds, { step: 0 });
  const values = await stepper.parameters();
  await stepper.release();
  return { path: Array.from(path.data, Number), values };
}

describe("optimisers, against PyTorch 1.13 after four steps in float64", () => {
  const cases: [string, Optimiser, number, number[]][] = [
    ["SGD", sgd(), 0.02, [0.84934656, -1.968191488512, 0.03888]],
    [
      "momentum and decay",
      sgd({ momentum: 0.9, weightDecay: 0.1 }),
      0.02,
      [0.643844842096, -1.8924048681919998, -0.24355891223520001],
    ],
    [
      "Nesterov",
      sgd({ momentum: 0.9, nesterov: true }),
      0.02,
      [0.566864510976, -1.903940821610035, -0.105030432],
    ],
    ["Adam", adam(), 0.1, [0.6039390605737459, -1.6015049045604297, -0.0621826787649018]],
    [
      "Adam, other constants",
      adam({ beta1: 0.8, beta2: 0.95, epsilon: 0.5 }),
      0.1,
      [0.6873278147464582, -1.8243197314976314, -0.027841025741055292],
    ],
    [
      "AdamW",
      adamW({ weightDecay: 0.3 }),
      0.1,
      [0.5086202925271098, -1.3909366856412508, -0.07336771873497172],
    ],
  ];
  for (const [name, optimiser, rate, expected] of cases)
    it(name, async () => {
      const { values } = await descend(optimiser, rate);
      Array.from(values.w.data, Number).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
    });

  it("clipping by norm", async () => {
    const { values } = await descend(sgd(), 0.1, { clip: 1 });
    const expected = [0.7742476847204358, -1.9511779585076017, -0.0014181709457503182];
    // PyTorch divides by the norm + 1e-6.
    Array.from(values.w.data, Number).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });

  it("moving averages", async () => {
    const { path, values } = await descend(sgd(), 0.02, { decay: 0.9 });
    const last = Array.from(values.w.data, Number);
    for (let i = 0; i < 3; i++) {
      const visited = [path[3 + i], path[6 + i], path[9 + i], last[i]];
      const expected = visited.reduce((average, w) => average + 0.1 * (w - average), path[i]);
      expect(Number(values[averageName("w")].data[i])).toBeCloseTo(expected, 12);
    }
  });
});

describe("schedules", () => {
  it("go where they say", () => {
    expect(cosine()(0, 100)).toBe(1);
    expect(cosine(0.1)(50, 100)).toBeCloseTo(0.55, 12);
    expect(cosine()(100, 100)).toBeCloseTo(0, 12);
    expect(linearDecay(0.2)(25, 100)).toBeCloseTo(0.8, 12);
    expect([0, 9, 10, 25].map((step) => stepDecay(10, 0.5)(step, 100))).toEqual([1, 1, 0.5, 0.25]);
    const warm = warmup(4, cosine());
    expect([0, 1, 3].map((step) => warm(step, 104))).toEqual([0.25, 0.5, 1]);
    expect(warm(54, 104)).toBeCloseTo(0.5, 12);
  });
});
