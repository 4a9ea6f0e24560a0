import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { isotonicRegression } from "./isotonic.js";
import { oneVsRest } from "./oneVsRest.js";

const random = createRandom(8);
const rows = 200;
const data = Array.from({ length: rows }, () => {
  const e = [random.uniform(), random.uniform(), random.uniform()];
  const sum = e[0] + e[1] + e[2];
  return e.map((x) => x / sum);
}).flat();
const scores = { data, rows, columns: 3 };
const labels = Array.from({ length: rows }, (_, i) => {
  const u = random.uniform();
  return u < data[3 * i] ? 0 : u < data[3 * i] + data[3 * i + 1] ? 1 : 2;
});

test("is the binary method per class, normalised", () => {
  const found = oneVsRest.fit(scores, labels).predict(scores);
  const each = [0, 1, 2].map((k) => {
    const column = labels.map((_, i) => data[3 * i + k]);
    return isotonicRegression
      .fit(
        column,
        labels.map((label) => label === k),
      )
      .predict(column);
  });
  for (let i = 0; i < rows; i++) {
    const sum = each[0][i] + each[1][i] + each[2][i];
    for (let k = 0; k < 3; k++) expect(found.data[3 * i + k]).toBeCloseTo(each[k][i] / sum, 12);
  }
});

test("a row that every class denies keeps its scores", () => {
  const four = { data: [0.1, 0.9, 0.9, 0.1, 0.1, 0.9, 0.9, 0.1], rows: 4, columns: 2 };
  const { predict } = oneVsRest.fit(four, [1, 0, 1, 0]);
  expect([...predict({ data: [0.5, 0.5], rows: 1, columns: 2 }).data]).toEqual([0.5, 0.5]);
  const denied = oneVsRest.fit({ data: [0.4, 0.6, 0.6, 0.4], rows: 2, columns: 2 }, [0, 1]);
  for (const p of denied.predict({ data: [0.5, 0.5], rows: 1, columns: 2 }).data) expect(p).toBe(0.5);
});

test("survives JSON exactly, with any method", () => {
  for (const method of ["isotonic", "platt", "beta"] as const) {
    const calibrator = oneVsRest.fit(scores, labels, { method });
    const text = JSON.stringify(calibrator);
    const back = oneVsRest.fromJSON(text);
    expect(JSON.stringify(back)).toBe(text);
    expect(back.predict(scores)).toEqual(calibrator.predict(scores));
  }
  expect(() => oneVsRest.fit(scores, labels, { method: "mystery" as never })).toThrow("mystery");
  expect(() => oneVsRest.fit({ data: [0.5, 0.4], rows: 1, columns: 2 }, [0])).toThrow("sums to 0.9");
});

test("names classes never seen", () => {
  const scores = { data: [0.5, 0.3, 0.2, 0.2, 0.6, 0.2, 0.4, 0.3, 0.3], rows: 3, columns: 3 };
  expect(oneVsRest.fit(scores, [0, 1, 0]).notes).toEqual([
    "No row is of class 2: it may be given the probability 0.",
  ]);
  expect(oneVsRest.fit(scores, [0, 1, 2], { weights: [1, 0, 1] }).notes[0]).toContain("class 1");
});
