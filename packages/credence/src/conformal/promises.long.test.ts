import { describe, test } from "vitest";
import { adaptiveKeepsPromise, keepsPromise, PROMISES } from "./promises.test-support.js";

describe.each(PROMISES)("$name", (promise) => {
  test.each([
    [19, 0.1, 20_000],
    [19, 0.3, 20_000],
    [99, 0.1, 10_000],
    [99, 0.05, 10_000],
    [1000, 0.1, 1500],
  ])("n = %i, α = %d", (n, alpha, repeats) => {
    // 110 statements: one false failure in a hundred runs, and the seeds are fixed.
    keepsPromise(promise, n, alpha, repeats, 5e-5);
  });
});

test("adaptive conformal inference: within its bound in the long run", () => {
  for (const alpha of [0.01, 0.05, 0.1, 0.3, 0.5])
    for (const gamma of [0.001, 0.005, 0.05]) adaptiveKeepsPromise(alpha, gamma, 0.0099);
});
