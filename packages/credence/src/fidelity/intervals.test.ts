/** The short form of scripts/fidelity-intervals.ts: gross undercoverage is found; docs/coverage-fidelity.md has the rest. */
import { expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { intervalCases, measureCoverage, naiveBootstrap, truthOf } from "./intervals.test-support.js";

const caseOf = (name: string) => intervalCases.find((test) => test.name === name)!;

it.each([
  ["prdc coverage", 30],
  ["authenticity", 30],
  ["frechetDistance", 60],
  ["kernelDistance", 60],
  ["kernelDistance at equality", 60],
  ["cmmd (σ = 1)", 60],
  ["inceptionScore", 60],
  ["correlationSimilarity", 40],
])("%s holds the truth at about its level", (name, repetitions) => {
  const test = caseOf(name);
  const truth = truthOf(test, createRandom(5), 100);
  const { covered } = measureCoverage(test, truth, repetitions, 0.9, createRandom(6));
  // 85 % is what the table shows at worst for these.
  expect(repetitions - covered).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.15));
});

it("the naive bootstrap does not: it calls FID and coverage off by far", () => {
  for (const [name, side] of [
    ["frechetDistance at equality", "above"],
    ["prdc coverage", "below"],
  ] as const) {
    const test = caseOf(name);
    const truth = truthOf(test, createRandom(5), 100);
    const naive = measureCoverage(
      test,
      truth,
      20,
      0.9,
      createRandom(6),
      naiveBootstrap(test, 0.9, 40, createRandom(7)),
    );
    expect(naive[side]).toBeGreaterThan(5);
  }
});
