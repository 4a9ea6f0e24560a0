import { conformalQuantile } from "credence/conformal";
import { proportionEstimate } from "credence/estimate";
import { createRandom } from "credence/numeric";
import { expect, it } from "vitest";
import { coverageFinding } from "./coverageBySlice.js";

/** How often calibrations on exchangeable rows are called broken, in `repetitions`. */
function blamed(calibrate: number, judge: number, shift: number, seen: boolean, repetitions = 400): number {
  const random = createRandom(7);
  let count = 0;
  for (let r = 0; r < repetitions; r++) {
    const scores = Float64Array.from({ length: calibrate }, () => random.uniform());
    const threshold = conformalQuantile(scores, 0.1);
    const covered = Uint8Array.from({ length: judge }, () => Number(random.uniform() + shift <= threshold));
    const found = coverageFinding(proportionEstimate(covered), 0.9, seen ? { units: calibrate } : undefined);
    if (found === "broken") count++;
  }
  return count;
}

it("blames a faultless calibration no more often than it says, however many rows judge", () => {
  // Nominal 2.5 % of 400 are 10; more than 27 happen with probability below 1e-5.
  expect(blamed(100, 1000, 0, true)).toBeLessThanOrEqual(27);
  expect(blamed(450, 450, 0, true)).toBeLessThanOrEqual(27);
  // Without the luck of calibrating: one in four or five.
  expect(blamed(100, 1000, 0, false)).toBeGreaterThan(50);
});

it("still sees rows that are unlike those that calibrated", () => {
  expect(blamed(450, 450, 0.1, true)).toBeGreaterThan(360);
});
