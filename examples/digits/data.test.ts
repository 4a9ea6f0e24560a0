import { statSync } from "node:fs";
import { expect, it } from "vitest";
import { readDigits, readFashion, takeImages } from "./digits.js";

it.each([
  ["digits", 1.5e6],
  ["fashion", 0.5e6],
])("%s: small enough to keep", (name, bytes) =>
  expect(statSync(new URL(`data/${name}.bin.gz`, import.meta.url)).size).toBeLessThan(bytes),
);

it("holds ten thousand digits, about as many of each", () => {
  const { data, rows, columns, labels } = readDigits();
  expect([data.length, labels.length]).toEqual([rows * columns, rows]);
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]++;
  expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  expect(data.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
  expect(data.reduce((sum, ink) => sum + ink, 0) / data.length).toBeCloseTo(0.131, 2);
});

it("holds a thousand items of clothing, a hundred of each kind", () => {
  const { data, rows, columns, labels } = readFashion();
  expect([rows, data.length]).toEqual([1000, 1000 * columns]);
  expect(Array.from(labels)).toEqual(Array.from({ length: 1000 }, (_, i) => Math.floor(i / 100)));
  expect(data.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
});

it("takes some images with their labels", () => {
  const digits = readDigits();
  const { data, rows, columns, labels } = takeImages(digits, [9999, 3]);
  expect([rows, columns, ...labels]).toEqual([2, 784, 9, 0]);
  expect(data.subarray(columns)).toEqual(digits.data.subarray(3 * columns, 4 * columns));
});
