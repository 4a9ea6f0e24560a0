import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, sampleNormal } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { compile, constant } from "../../graph/index.js";
import { createWeights } from "../../nn/index.js";
import { bayesianClassifier, load } from "../index.js";
import { variationalDense } from "./variationalDense.js";

function clouds(n: number, seed: number) {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const data = Float64Array.from(labels, (label) => 4 * label - 2 + sampleNormal(random));
  return { x: { data, rows: n, columns: 1 }, labels };
}

describe("a layer with normal weights", () => {
  it("has outputs of the right mean and variance, and the divergence by its formula", async () => {
    const rows = 20_000;
    const x = constant(
      Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? -2 : 1)),
      [rows, 2],
    );
    const prior = 0.5;
    const weights = createWeights(1);
    const { output, divergence } = variationalDense(weights.scope({ training: true }), "layer", x, 1, prior);
    const program = await compile({ output, divergence }, { seed: 2 });
    const values = {
      "layer/weight mean": [0.3, -0.1],
      "layer/weight spread": [-1, 0.5],
      "layer/bias mean": [0.7],
      "layer/bias spread": [-2],
    };
    await program.assign(
      Object.fromEntries(
        Object.entries(values).map(([name, data]) => [
          name,
          {
            type: "float32" as const,
            shape: name.includes("weight") ? [2, 1] : [1],
            data: Float32Array.from(data),
          },
        ]),
      ),
    );
    const result = await program.run();
    await program.release();
    const draws = Array.from(result.output.data, Number);
    const softplus = (r: number) => Math.log1p(Math.exp(r));
    const variance = softplus(-1) ** 2 + 4 * softplus(0.5) ** 2 + softplus(-2) ** 2;
    const mean = draws.reduce((a, b) => a + b) / rows;
    const spread = draws.reduce((s, v) => s + (v - mean) ** 2, 0) / rows;
    expect(Math.abs(mean - 1.2)).toBeLessThan(4 * Math.sqrt(variance / rows));
    expect(Math.abs(spread / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / rows));
    const divergenceOf = (m: number, r: number) => {
      const s = softplus(r);
      return Math.log(prior / s) + (s * s + m * m) / (2 * prior * prior) - 0.5;
    };
    const expected = divergenceOf(0.3, -1) + divergenceOf(-0.1, 0.5) + divergenceOf(0.7, -2);
    expect(Number(result.divergence.data[0])).toBeCloseTo(expected, 4);
  });
});

describe("Bayesian neural network", () => {
  const training = { epochs: 60, learningRate: 0.02, batchSize: 50, seed: 3 };

  it("separates clouds, doubts more with few rows, repeats by seed, saves and loads", async () => {
    const [many, few, test] = [clouds(400, 1), clouds(8, 1), clouds(400, 2)];
    const model = await bayesianClassifier({ hidden: [8] }).train(many.x, many.labels, training);
    const { data } = await model.predict(test.x, { seed: 1 });
    let right = 0;
    test.labels.forEach((label, i) => {
      if (data[2 * i + label] > 0.5) right++;
    });
    // The best possible accuracy is 0.977.
    expect(right / 400).toBeGreaterThan(0.94);

    const scarce = await bayesianClassifier({ hidden: [8] }).train(few.x, few.labels, {
      ...training,
      epochs: 1500,
    });
    const epistemic = async (of: typeof model) => {
      const parts = await of.uncertainty(test.x, { passes: 50, seed: 2 });
      return parts.epistemic.reduce((a, b) => a + b) / 400;
    };
    expect(await epistemic(scarce)).toBeGreaterThan(await epistemic(model));
    await scarce.release();

    const folder = await mkdtemp(join(tmpdir(), "credence-bayesian-"));
    await model.save(folder);
    const loaded = await load(folder, "bayesianClassifier");
    const [a, b] = [
      await model.predictMembers(test.x, { passes: 3, seed: 5 }),
      await loaded.predictMembers(test.x, { passes: 3, seed: 5 }),
    ];
    expect(b).toEqual(a);
    expect(a[1].data).not.toEqual(a[0].data);
    await expect(loaded.predict([[1, 2]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await loaded.release();
    await model.release();
    await rm(folder, { recursive: true });
  });

  it("refuses a prior without width and layers without units", async () => {
    const out = { code: "out-of-range" };
    const { x, labels } = clouds(10, 1);
    await expect(bayesianClassifier({ priorDeviation: 0 }).train(x, labels)).rejects.toMatchObject(out);
    await expect(bayesianClassifier({ hidden: [0] }).train(x, labels)).rejects.toMatchObject(out);
  });
});
