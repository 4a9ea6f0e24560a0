import { expect, test } from "vitest";
import { expBelow, expTable } from "./exp.js";
import { createRandom } from "./random.js";

test("equals Math.exp to 5e-15 relative on [−41.5, 0], and is 0 below", () => {
  const table = expTable();
  const random = createRandom(1);
  for (let i = 0; i < 20_000; i++) {
    const x = -41.4 * random.uniform();
    expect(Math.abs(expBelow(table, x) / Math.exp(x) - 1)).toBeLessThan(5e-15);
  }
  expect(expBelow(table, 0)).toBe(1);
  for (const x of [-42, -1e6, -1e300, -Infinity]) expect(expBelow(table, x)).toBe(0);
});
