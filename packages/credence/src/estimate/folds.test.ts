import { expect, test } from "vitest";
import { assignFolds, foldRows } from "./folds.js";

test("folds are of nearly equal size, and depend on the seed alone", () => {
  const folds = assignFolds("f", 103, 10, { seed: 4 });
  const sizes = Array.from({ length: 10 }, (_, fold) => foldRows(folds, fold).inside.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  expect([...folds]).toEqual([...assignFolds("f", 103, 10, { seed: 4 })]);
  expect([...folds]).not.toEqual([...assignFolds("f", 103, 10, { seed: 5 })]);
});

test("groups stay whole and large ones are spread", () => {
  const groups = Array.from({ length: 300 }, (_, i) => (i < 90 ? `large ${i % 3}` : `small ${i}`));
  const folds = assignFolds("f", 300, 3, { groups });
  for (const group of new Set(groups))
    expect(new Set([...folds].filter((_, i) => groups[i] === group)).size).toBe(1);
  expect(foldRows(folds, 0).inside.length).toBe(100);
  const { inside, outside } = foldRows(folds, 1);
  expect([...inside, ...outside].sort((a, b) => a - b)).toEqual(groups.map((_, i) => i));
});

test("refuses fewer groups than folds", () => {
  expect(() => assignFolds("f", 10, 3, { groups: new Array(10).fill("a") })).toThrow("there are only 1");
  expect(() => assignFolds("f", 10, 1)).toThrow("at least 2");
});
