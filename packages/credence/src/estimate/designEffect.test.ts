import { describe, expect, it } from "vitest";
import { sampleBeta } from "../numeric/distributions.js";
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
