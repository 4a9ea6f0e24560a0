import fc from "fast-check";
import { expect, it } from "vitest";
import { groupCodes, groupRows } from "./groups.js";

it("numbers groups in order of first appearance, whatever the ids are", () => {
  const ids = ["b", "a", "b", "c"];
  expect(groupCodes("test", ids, ids)).toEqual({
    codes: Int32Array.of(0, 1, 0, 2),
    count: 3,
    labels: ["b", "a", "c"],
  });
});

it("gives the same codes for a typed column as for a list, small numbers or not", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer()), { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 }), // often numbered already
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 10 }), // some too large for a table
      ),
      (ids) => {
        expect(groupCodes("test", Int32Array.from(ids), ids)).toEqual(groupCodes("test", ids, ids));
      },
    ),
  );
});

it("lists the rows of each group in row order", () => {
  const ids = Int32Array.of(2, 0, 2, 2, 0);
  expect(groupRows(groupCodes("test", ids, ids))).toEqual([Int32Array.of(0, 2, 3), Int32Array.of(1, 4)]);
});
