import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { type CertifiedThresholdOptions, certifiedThreshold } from "./certifiedThreshold.js";
import { hostileClustered, hostileIndependent, type Population } from "./populations.test-support.js";

const RUNS = 2000;
const RISK = 0.1;

/** How often the certified threshold has a risk above the target, judged on the whole population. */
function violations(
  population: Population,
  n: number,
  options: (
    sample: ReturnType<Population["draw"]>,
    tuning: ReturnType<Population["draw"]>,
  ) => CertifiedThresholdOptions,
): number {
  const random = createRandom(n);
  let count = 0;
  for (let run = 0; run < RUNS; run++) {
    const sample = population.draw(random, n);
    const tuning = population.draw(random, n);
    const { threshold } = certifiedThreshold(sample.confidences, sample.outcomes, {
      ...options(sample, tuning),
      interval: false,
    });
    if (threshold !== null && population.risk(threshold) > RISK) count++;
  }
  return count;
}

describe.each([0.05, 0.2])("certified thresholds fail no more often than δ = %d", (delta) => {
  const allowed = binomialQuantile(0.999, RUNS, delta);
  const base = { risk: RISK, delta };

  describe.each([200, 1000, 4000])("%d independent rows", (n) => {
    it.each(hostileIndependent)("$name", (population) => {
      expect(violations(population, n, () => base)).toBeLessThanOrEqual(allowed);
      expect(violations(population, n, () => ({ ...base, grid: [0.5] }))).toBeLessThanOrEqual(allowed);
      expect(violations(population, n, (_, tuning) => ({ ...base, tuning }))).toBeLessThanOrEqual(allowed);
    });
  });

  describe.each([60, 300, 1000])("%d groups", (n) => {
    it.each(hostileClustered)("$name", (population) => {
      const { maxGroupSize } = population;
      expect(violations(population, n, ({ groups }) => ({ ...base, groups }))).toBeLessThanOrEqual(allowed);
      expect(
        violations(population, n, ({ groups }) => ({ ...base, groups, maxGroupSize, grid: [0.5] })),
      ).toBeLessThanOrEqual(allowed);
      expect(
        violations(population, n, ({ groups }, tuning) => ({ ...base, groups, tuning })),
      ).toBeLessThanOrEqual(allowed);
    });
  });
});
