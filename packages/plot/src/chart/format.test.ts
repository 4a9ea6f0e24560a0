import { describe, expect, it } from "vitest";
import { formatCount, formatEstimate, formatNumber, formatPercent, formatPlural, writer } from "./format.js";

describe("format", () => {
  it("writes numbers with a true minus and infinities as ∞", () => {
    expect([0.126, -0.126, -0.001, Infinity, -Infinity].map((x) => formatNumber(x))).toEqual([
      "0.13",
      "−0.13",
      "0.00",
      "∞",
      "−∞",
    ]);
  });

  it("writes percentages with two significant digits", () => {
    expect([0, 0.00042, 0.0042, 0.031, 0.05, 0.0996, 0.714, 1, -0.02].map(formatPercent)).toEqual([
      "0 %",
      "0.04 %",
      "0.4 %",
      "3.1 %",
      "5 %",
      "10 %",
      "71 %",
      "100 %",
      "−2 %",
    ]);
  });

  it("sets thousands apart and counts things", () => {
    expect([0, 999, 4164, 1234567].map(formatCount)).toEqual(["0", "999", "4 164", "1 234 567"]);
    expect([formatPlural(1, "row"), formatPlural(2, "row")]).toEqual(["1 row", "2 rows"]);
  });

  it("writes estimates with their intervals, the percent sign once", () => {
    const estimate = { value: 0.8, interval: [0.7, Infinity] as const, level: 0.95, method: "delta", n: 9 };
    expect(formatEstimate(estimate, writer("number"))).toBe("0.800 [0.700, ∞]");
    expect(formatEstimate({ ...estimate, interval: [0.7, 0.85] }, writer("percent"))).toBe("80 % [70, 85 %]");
    expect(formatEstimate({ ...estimate, interval: null }, writer("percent"))).toBe("80 %");
  });
});
