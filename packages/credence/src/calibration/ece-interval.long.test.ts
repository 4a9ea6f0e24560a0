import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { coverageOf, designs, overconfident, populationError } from "./coverage.test-support.js";
import { ece } from "./ece.js";

const repetitions = 2000;
const error = Math.sqrt((0.05 * 0.95) / repetitions);

describe("coverage of the 95 % interval of the calibration error", () => {
  for (const { population, n } of designs())
    for (const norm of ["l1", "l2", "max"] as const)
      it(`${population.name}, n = ${n}, ${norm}`, () => {
        const { coverage } = coverageOf(
          population,
          n,
          populationError(population, norm),
          repetitions,
          createRandom(n),
          ({ confidences, outcomes, groups }) =>
            ece(confidences, outcomes, { norm, groups }).interval as [number, number],
        );
        expect(coverage).toBeGreaterThanOrEqual(0.95 - 2 * error);
      });

  it("lies between 92 and 98 % where every bin has a clear gap", () => {
    const population = { name: "gap in every bin", a: 1, truth: overconfident };
    for (const norm of ["l1", "l2"] as const) {
      const { coverage } = coverageOf(
        population,
        20_000,
        populationError(population, norm),
        repetitions,
        createRandom(3),
        ({ confidences, outcomes }) => ece(confidences, outcomes, { norm }).interval as [number, number],
      );
      expect(coverage).toBeGreaterThan(0.92);
      expect(coverage).toBeLessThan(0.98);
    }
  });
});
