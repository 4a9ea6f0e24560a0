import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "./random.js";
import { argsort, sortedCopy } from "./sort.js";

/** The definition: a stable comparison sort of the indices. */
const slowArgsort = (values: ArrayLike<number>) =>
  Array.from(values, (_, i) => i).sort((a, b) =>
    values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : a - b,
  );

const special = [
  0,
  -0,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  1,
  -1,
  0.1,
  1 / 3,
];

describe("argsort", () => {
  it("equals the stable comparison sort, specials and ties included, at every length of the two paths", () => {
    const value = fc.oneof(
      fc.constantFrom(...special),
      fc.double({ noNaN: true }),
      fc.integer({ min: -3, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), (values) => {
        expect([...argsort(values)]).toEqual(slowArgsort(values));
      }),
    );
  });

  it.each<[string, (random: () => number, i: number) => number]>([
    ["uniform", (u) => u()],
    ["few distinct values", (u) => Math.floor(10 * u()) / 10],
    ["equal in the upper word", (u) => 0.5 + 1e-9 * u()],
    [
      "a few long runs that agree in the upper word",
      (u) => Math.floor(3 * u()) + 1e-10 * Math.floor(1e4 * u()),
    ],
    ["negative and huge", (u) => (u() - 0.5) * 10 ** (600 * (u() - 0.5))],
    ["ascending", (_, i) => i],
    ["descending", (_, i) => -i],
    ["constant", () => 0.25],
    ["float32 values", (u) => Math.fround(u())],
    ["signed zeros", (u) => (u() < 0.5 ? 0 : -0)],
  ])("sorts 20 000 values stably: %s", (_, draw) => {
    const random = createRandom(7);
    const values = Float64Array.from({ length: 20_000 }, (__, i) => draw(random.uniform, i));
    expect([...argsort(values)]).toEqual(slowArgsort(values));
  });

  it("keeps the order of −0 and 0, which are equal", () => {
    expect([...argsort([0, -0, 0, -0])]).toEqual([0, 1, 2, 3]);
    const long = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 ? 0 : -0));
    expect([...argsort(long)]).toEqual(Array.from(long, (_, i) => i));
  });

  it("takes any array-like and leaves it alone", () => {
    const values = Float32Array.of(3, 1, 2);
    expect([...argsort(values)]).toEqual([1, 2, 0]);
    expect([...values]).toEqual([3, 1, 2]);
    expect(argsort([]).length).toBe(0);
  });
});

describe("sortedCopy", () => {
  it("sorts numerically, not as text, and leaves its input alone", () => {
    const values = [10, 9, -1, 100, Infinity, -Infinity];
    expect([...sortedCopy(values)]).toEqual([-Infinity, -1, 9, 10, 100, Infinity]);
    expect(values[0]).toBe(10);
  });
});
