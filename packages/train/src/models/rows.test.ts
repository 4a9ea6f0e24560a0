import { createRandom } from "credence/numeric";
import { expect, it } from "vitest";
import { scaleOf, standardise, toMatrix } from "./rows.js";

it.each([1, 2, 3])("standardises runs of %i columns, as written out", (span) => {
  const [rows, columns] = [7, 6];
  const random = createRandom(1);
  const given = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (_, j) => (j < span ? 4 : random.uniform() * (j + 1))),
  );
  const data = toMatrix("test", "data", given);
  const before = Array.from(data.data);
  const scale = scaleOf(data, span);
  standardise(data, scale);
  for (let from = 0; from < columns; from += span) {
    const cells = before.filter((_, at) => at % columns >= from && at % columns < from + span);
    const mean = cells.reduce((a, b) => a + b) / cells.length;
    const deviation = Math.sqrt(cells.reduce((s, v) => s + (v - mean) ** 2, 0) / cells.length) || 1;
    before.forEach((value, at) => {
      if (at % columns >= from && at % columns < from + span)
        expect(data.data[at]).toBeCloseTo((value - mean) / deviation, 5);
    });
  }
});

it("names the row and the column of a number that is not finite", () => {
  expect(() =>
    toMatrix("test", "data", [
      [1, 2],
      [3, 1e39],
    ]),
  ).toThrow(/row 1, column 1/);
});
