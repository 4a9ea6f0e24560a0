import { expect, it } from "vitest";
import {
  formatConfidence,
  formatCount,
  formatList,
  formatNumber,
  formatPercent,
  formatPlural,
  formatShare,
} from "./format.js";

it("writes numbers as people read them", () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(["0", "999", "1 000", "1 234 567"]);
  expect([0.12345, -0.0001, -1.5, Infinity, -Infinity].map((x) => formatNumber(x, 2))).toEqual([
    "0.12",
    "0.00",
    "−1.50",
    "∞",
    "−∞",
  ]);
  expect([0, 0.05, 0.0512, 0.5, 0.947, 0.9999, 1, -0.046].map(formatPercent)).toEqual([
    "0 %",
    "5 %",
    "5.1 %",
    "50 %",
    "94.7 %",
    "100 %",
    "100 %",
    "−4.6 %",
  ]);
  expect([0.05, 1, -0.046, Infinity].map(formatShare)).toEqual(["5.0 %", "100.0 %", "−4.6 %", "∞"]);
  expect([0.9, 0.72, 0.999, 0.99912, 1].map(formatConfidence)).toEqual([
    "0.90",
    "0.72",
    "0.999",
    "0.9991",
    "1.00",
  ]);
  expect(formatPlural(1, "row")).toBe("1 row");
  expect(formatPlural(2000, "row")).toBe("2 000 rows");
  expect(formatList(["a", "b", "c"])).toBe("a, b and c");
});
