import { expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { measureCoverage, wideFrechet } from "./intervals.test-support.js";

it.each([false, true])("holds the truth with 512 columns and 2.5 rows each; heavy tails: %s", (heavy) => {
  const test = wideFrechet(512, heavy);
  const repetitions = 30;
  const { covered } = measureCoverage(test, test.truth as number, repetitions, 0.9, createRandom(8));
  expect(repetitions - covered).toBeLessThanOrEqual(binomialQuantile(0.999, repetitions, 0.1));
});
