import { expect, it } from "vitest";
import { studentQuantile } from "../numeric/special.js";
import { studentCritical } from "./studentCritical.js";

it("equals the general quantile", () => {
  for (const df of [1, 2, 3, 4, 7, 30, 99, 100, 1999, 2000, 2001, 5000, 1e7])
    for (const tail of [0.25, 0.05, 0.025, 0.005, 0.0004, 1e-6]) {
      const expected = studentQuantile(1 - tail, df);
      expect(Math.abs(studentCritical(tail, df) / expected - 1)).toBeLessThan(df > 2000 ? 3e-5 : 1e-9);
    }
});
