import { expect, test } from "vitest";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { multicalibration } from "./multicalibration.js";
import { simulate } from "./simulate.test-support.js";

/** Five tribes, of which two are off by ±0.15. */
function tribes(n: number, random: Random) {
  const { truth } = simulate(n, random);
  const tribe = Array.from({ length: n }, () => Math.floor(random.uniform() * 5));
  const size = Array.from({ length: n }, () => Math.floor(random.uniform() * 3));
  const shift = [0.15, -0.15, 0, 0, 0];
  const real = truth.map((p, i) => Math.min(1, Math.max(0, p + shift[tribe[i]])));
  const outcomes = Array.from(real, (p) => Number(random.uniform() < p));
  return { scores: [...truth], truth: real, outcomes, by: { tribe, size } };
}

test("100 runs: where the audit holds, the promise holds in the population", () => {
  const random = createRandom(3);
  const population = tribes(100_000, random);
  const runs = 100;
  let refused = 0;
  let broken = 0;
  for (let run = 0; run < runs; run++) {
    const { scores, outcomes, by } = tribes(40_000, random);
    const calibrator = multicalibration.fit(scores, outcomes, { by, seed: run });
    if (!calibrator.parameters.audit.holds) refused++;
    else if (worstBias(calibrator.predict(population), population, (800 / 28_000) * 100_000) > 0.05) broken++;
  }
  expect(refused).toBeLessThanOrEqual(binomialQuantile(0.999, runs, 0.05));
  expect(broken).toBeLessThanOrEqual(binomialQuantile(0.999, runs, 0.05));
});

/** Largest |bias| against the true probabilities over cells of at least `least` rows. */
function worstBias(p: Float64Array, { truth, by }: ReturnType<typeof tribes>, least: number): number {
  let worst = 0;
  for (const values of Object.values(by)) {
    const sums = new Map<string, { bias: number; n: number }>();
    values.forEach((value, i) => {
      const key = `${value} ${Math.ceil(10 * p[i])}`;
      const cell = sums.get(key) ?? { bias: 0, n: 0 };
      cell.bias += truth[i] - p[i];
      cell.n++;
      sums.set(key, cell);
    });
    for (const { bias, n } of sums.values()) if (n >= least) worst = Math.max(worst, Math.abs(bias / n));
  }
  return worst;
}
