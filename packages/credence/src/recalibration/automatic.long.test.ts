import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { automatic } from "./automatic.js";
import { excessLogLoss, simulate } from "./simulate.test-support.js";

test("calibrated data, n = 500, 1000 runs: identity kept at least 95 %, mean excess log loss at most .002", () => {
  const random = createRandom(500);
  const runs = 1000;
  let replaced = 0;
  let excess = 0;
  for (let run = 0; run < runs; run++) {
    const { scores, outcomes } = simulate(500, random);
    const fresh = simulate(2000, random);
    const calibrator = automatic.fit(scores, outcomes, { seed: run });
    if (calibrator.parameters.chosen !== "identity") replaced++;
    excess += excessLogLoss(calibrator.predict(fresh.scores), fresh.truth) / runs;
  }
  expect(replaced).toBeLessThanOrEqual(binomialQuantile(0.999, runs, 0.05));
  expect(excess).toBeLessThanOrEqual(0.002);
});
