import fc from "fast-check";
import { expect, it } from "vitest";
import { createDenseCoder } from "./denseCodes.js";

it("numbers keys as a Map would, through every growth of the table", () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(key, { maxLength: 4000 }), (keys) => {
      const coder = createDenseCoder();
      const map = new Map<number, number>();
      for (const k of keys) {
        if (!map.has(k)) map.set(k, map.size);
        expect(coder.code(k)).toBe(map.get(k));
      }
      expect(coder.count()).toBe(map.size);
    }),
    { numRuns: 30 },
  );
});
