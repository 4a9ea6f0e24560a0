import fc from "fast-check";
import { expect, it } from "vitest";
import { editDistance, nearestName } from "./nearestName.js";

it("finds the name that was meant, and none where nothing is close", () => {
  expect(nearestName("Confidance", ["correct", "confidence", "conf"])).toBe("confidence");
  expect(nearestName("is correct", ["is_correct"])).toBe("is_correct");
  expect(nearestName("page", ["degradation", "px"])).toBeNull();
});

it("is a distance: symmetric, 0 only for equal texts, at most the longer length", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const d = editDistance(a, b);
      expect(d).toBe(editDistance(b, a));
      expect(d === 0).toBe(a === b);
      expect(d).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
  expect(editDistance("ab", "ba")).toBe(1);
});
