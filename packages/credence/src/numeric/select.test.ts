import fc from "fast-check";
import { expect, test } from "vitest";
import { selectSmallest } from "./select.js";

test("the k-th smallest, ties and infinities included", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true })), {
        minLength: 1,
        maxLength: 60,
      }),
      fc.nat(),
      (values, seed) => {
        const k = (seed % values.length) + 1;
        const sorted = Float64Array.from(values).sort();
        expect(selectSmallest(Float64Array.from(values), k) + 0).toBe(sorted[k - 1] + 0);
      },
    ),
  );
});
