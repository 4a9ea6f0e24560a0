import { statSync } from "node:fs";
import { expect, it } from "vitest";
import { readDigits } from "./digits.js";

it("is small enough to keep", () =>
  expect(statSync(new URL("data/digits.bin.gz", import.meta.url)).size).toBeLessThan(1.5e6));

it("holds ten thousand digits, about as many of each", () => {
  const { data, rows, columns, labels } = readDigits();
  expect([data.length, labels.length]).toEqual([rows * columns, rows]);
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]++;
  expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  expect(data.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
  expect(data.reduce((sum, ink) => sum + ink, 0) / data.length).toBeCloseTo(0.131, 2);
});
