import { describe, expect, it, test } from "vitest";
import { sampleBeta } from "../numeric/distributions.js";
import type { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";
import { designEffect } from "./designEffect.js";

describe("designEffect", () => {
  it("is about 1 + (size − 1) · correlation", () => {
    const random = createRandom(6);
    const outcomes: number[] = [];
    const groups: number[] = [];
    for (let g = 0; g < 4000; g++) {
      const p = sampleBeta(random, 1, 3); // correlation within groups 1/(1 + 3 + 1)
      for (let i = 0; i < 6; i++) {
        outcomes.push(Number(random.uniform() < p));
        groups.push(g);
      }
    }
    expect(designEffect(outcomes, groups)).toBeCloseTo(1 + 5 / 5, 0);
    expect(
      designEffect(
        outcomes,
        outcomes.map((_, i) => i),
      ),
    ).toBeCloseTo(1, 3);
  });

  it("is NaN where nothing varies", () => {
    expect(designEffect([1, 1, 1], ["a", "b", "c"])).toBeNaN();
  });
});

test("designEffect refuses what are no numbers", () => {
  const code = (values: unknown, groups: unknown = ["a", "b"]) => {
    try {
      designEffect(values as number[], groups as string[]);
    } catch (error) {
      return (error as CredenceError).code;
    }
    return "accepted";
  };
  expect(code([1, Number.NaN])).toBe("not-finite");
  expect(code([1, "2"])).toBe("not-finite");
  expect(code([1, null])).toBe("not-finite");
  expect(code([])).toBe("empty-input");
  expect(code(null)).toBe("shape-mismatch");
  expect(code([1, 2], null)).toBe("shape-mismatch");
  expect(code([1, 2], ["a"])).toBe("length-mismatch");
  expect(code([true, false])).toBe("accepted");
});
