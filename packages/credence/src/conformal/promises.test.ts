import { describe, test } from "vitest";
import { adaptiveKeepsPromise, keepsPromise, PROMISES } from "./promises.test-support.js";

describe.each(PROMISES)("$name", (promise) => {
  // Margins make a false failure rarer than one in a million; promises.long.test.ts looks closer.
  test.each([
    [19, 600],
    [99, 300],
    [1000, 40],
  ])("n = %i", (n, repeats) => {
    keepsPromise(promise, n, 0.1, repeats, 1e-7);
  });
});

test("adaptive conformal inference: within its bound in the long run", () => {
  for (const alpha of [0.05, 0.1, 0.3]) adaptiveKeepsPromise(alpha, 0.02, 0.0099);
});
