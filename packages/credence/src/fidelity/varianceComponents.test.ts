import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { modifiedLargeSample } from "./meanSquares.js";
import { type VarianceComponents, varianceComponents } from "./varianceComponents.js";

const planted = { data: 0.7, seed: 1, generated: 0.3, reference: 0.5, interaction: 0.2, residual: 0.1 };
type Name = keyof typeof planted;

/** T = μ + data + m + g(m) + r + mr + e with the planted variances. */
function scores(
  random: Random,
  sets: number,
  perSet: number,
  G: number,
  R: number,
  variances = planted,
): number[][][] {
  const draw = (name: Name) => Math.sqrt(variances[name]) * sampleNormal(random);
  const reference = Array.from({ length: R }, () => draw("reference"));
  return Array.from({ length: sets }, () => draw("data")).flatMap((data) =>
    Array.from({ length: perSet }, () => {
      const model = data + draw("seed");
      const interaction = reference.map(() => draw("interaction"));
      return Array.from({ length: G }, () => {
        const generated = model + draw("generated");
        return reference.map((r, i) => generated + r + interaction[i] + draw("residual"));
      });
    }),
  );
}

describe("varianceComponents", () => {
  it("recovers planted variances on average, and their intervals cover", () => {
    const random = createRandom(4);
    const repetitions = 1000;
    const single = { ...planted, data: 0 };
    const names: Name[] = ["seed", "generated", "reference", "interaction", "residual"];
    const sums: Record<string, number> = {};
    const misses: Record<string, number> = {};
    for (let b = 0; b < repetitions; b++) {
      const found = varianceComponents(scores(random, 1, 8, 3, 4, single), { level: 0.9 });
      for (const name of names) {
        const part = found[name as keyof VarianceComponents]!;
        sums[name] = (sums[name] ?? 0) + part.raw / repetitions;
        const [low, high] = part.interval;
        if (planted[name] < low || planted[name] > high) misses[name] = (misses[name] ?? 0) + 1;
      }
    }
    const tooMany = binomialQuantile(1 - 1e-7, repetitions, 0.1);
    for (const name of names) {
      expect(Math.abs(sums[name] / planted[name] - 1), name).toBeLessThan(0.15);
      expect(misses[name], name).toBeLessThanOrEqual(tooMany);
      expect(misses[name], name).toBeGreaterThan(20);
    }
  });

  it("separates the training data from the seed", () => {
    const random = createRandom(8);
    const datasets = Array.from({ length: 24 }, (_, s) => Math.floor(s / 4));
    let data = 0;
    let seed = 0;
    let covered = 0;
    for (let b = 0; b < 400; b++) {
      const found = varianceComponents(scores(random, 6, 4, 2, 2), { datasets, level: 0.9 });
      data += found.data!.raw / 400;
      seed += found.seed.raw / 400;
      const [low, high] = found.data!.interval;
      if (low <= planted.data && planted.data <= high) covered++;
    }
    expect(data).toBeCloseTo(planted.data, 0);
    expect(Math.abs(seed - planted.seed)).toBeLessThan(0.15);
    expect(covered).toBeGreaterThan(400 - binomialQuantile(1 - 1e-7, 400, 0.1));
  });

  it("says what cannot be told apart", () => {
    const random = createRandom(2);
    const oneFold = varianceComponents(scores(random, 1, 5, 1, 3));
    expect(oneFold.generated).toBeNull();
    expect(oneFold.residual).toBeNull();
    const oneReference = varianceComponents(scores(random, 1, 5, 3, 1));
    expect([oneReference.reference, oneReference.interaction, oneReference.data]).toEqual([null, null, null]);
    expect(varianceComponents(scores(random, 1, 5, 1, 1)).generated).toBeNull();
  });

  it("refuses one model and unbalanced designs", () => {
    expect(() => varianceComponents([[[1, 2]]])).toThrow(/one model/);
    expect(() => varianceComponents([])).toThrow(/empty/);
    expect(() =>
      varianceComponents([
        [[1, 2]],
        [
          [1, 2],
          [3, 4],
        ],
      ]),
    ).toThrow(/2 generated folds, not 1/);
    expect(() => varianceComponents([[[1, 2]], [[1]]])).toThrow(/against 1 references, not 2/);
    expect(() => varianceComponents([[[1, 2]], [[1, Number.NaN]]])).toThrow(/finite/);
    expect(() => varianceComponents([[[1]], [[2]], [[3]]], { datasets: [1, 1, 2] })).toThrow(/equally often/);
  });
});

describe("modifiedLargeSample", () => {
  it("is the exact chi-squared interval for one mean square", () => {
    // 10 · 2.5 / χ²: quantiles of chi-squared with 10 degrees of freedom, R 4.2.
    const [low, high] = modifiedLargeSample([{ weight: 1, meanSquare: 2.5, df: 10 }], 0.95);
    expect(low).toBeCloseTo(25 / 20.483177, 6);
    expect(high).toBeCloseTo(25 / 3.246973, 5);
  });
});
