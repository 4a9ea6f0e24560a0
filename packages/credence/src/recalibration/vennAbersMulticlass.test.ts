import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { vennAbers } from "./vennAbers.js";
import { vennAbersMulticlass } from "./vennAbersMulticlass.js";

const random = createRandom(5);
const rows = 300;
const columns = 3;
const scores = {
  data: Float64Array.from({ length: rows }, () => 0)
    .reduce<number[]>((all) => {
      const e = [random.uniform(), random.uniform(), random.uniform()].map((u) => u ** 2 + 0.05);
      const sum = e[0] + e[1] + e[2];
      all.push(...e.map((x) => x / sum));
      return all;
    }, [])
    .map((p) => p),
  rows,
  columns,
};
const labels = Array.from({ length: rows }, (_, i) => {
  const u = random.uniform();
  const [a, b] = [scores.data[i * 3], scores.data[i * 3 + 1]];
  return u < a ? 0 : u < a + b ? 1 : 2;
});

test("couples the binary predictors of every pair", () => {
  const query = { data: [0.2, 0.3, 0.5], rows: 1, columns };
  const pair = (k: number, j: number) => {
    const mine = [...labels.keys()].filter((i) => labels[i] === k || labels[i] === j);
    const ratio = (p: ArrayLike<number>, i: number) => p[i * 3 + k] / (p[i * 3 + k] + p[i * 3 + j]);
    const fitted = vennAbers.fit(
      mine.map((i) => ratio(scores.data, i)),
      mine.map((i) => labels[i] === k),
    );
    return fitted.predict([ratio(query.data, 0)]).probabilities[0];
  };
  const [r01, r02, r12] = [pair(0, 1), pair(0, 2), pair(1, 2)];
  const raw = [
    1 / (1 / r01 + 1 / r02 - 1),
    1 / (1 / (1 - r01) + 1 / r12 - 1),
    1 / (1 / (1 - r02) + 1 / (1 - r12) - 1),
  ];
  const sum = raw.reduce((a, b) => a + b);
  const { probabilities, lower, upper } = vennAbersMulticlass.fit(scores, labels).predict(query);
  raw.forEach((p, k) => {
    expect(probabilities.data[k]).toBeCloseTo(p / sum, 12);
    expect(lower.data[k]).toBeLessThanOrEqual(p);
    expect(upper.data[k]).toBeGreaterThanOrEqual(p);
  });
});

test("with two classes it is the binary predictor", () => {
  const list = [0.1, 0.2, 0.4, 0.6, 0.8, 0.9];
  const truth = [1, 0, 1, 0, 0, 0]; // class numbers; class 0 is the event
  const matrix = { data: list.flatMap((p) => [p, 1 - p]), rows: 6, columns: 2 };
  const binary = vennAbers.fit(
    list.map((p) => p / (p + (1 - p))),
    truth.map((k) => k === 0),
  );
  const expected = binary.predict([0.3]);
  const found = vennAbersMulticlass.fit(matrix, truth).predict({ data: [0.3, 0.7], rows: 1, columns: 2 });
  expect(found.probabilities.data[0]).toBeCloseTo(expected.probabilities[0], 12);
  expect(found.lower.data[0]).toBeCloseTo(expected.lower[0], 12);
  expect(found.upper.data[0]).toBeCloseTo(expected.upper[0], 12);
});

test("a class never seen keeps the scores' ratios, and is named", () => {
  const two = labels.map((k) => Math.min(k, 1));
  const calibrator = vennAbersMulticlass.fit(scores, two);
  expect(calibrator.notes[0]).toContain("class 2");
  const { probabilities, lower, upper } = calibrator.predict({
    data: [0.2, 0.3, 0.5, 1, 0, 0, 0, 0, 1],
    rows: 3,
    columns,
  });
  for (let i = 0; i < 3; i++) {
    let sum = 0;
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      sum += probabilities.data[k];
      expect(lower.data[k] >= 0 && upper.data[k] <= 1 && lower.data[k] <= upper.data[k]).toBe(true);
    }
    expect(sum).toBeCloseTo(1, 12);
  }
});

test("survives JSON exactly and refuses missing pairs", () => {
  const calibrator = vennAbersMulticlass.fit(scores, labels);
  const text = JSON.stringify(calibrator);
  expect(JSON.stringify(vennAbersMulticlass.fromJSON(text))).toBe(text);
  const json = JSON.parse(text);
  json.parameters.pairs.pop();
  expect(() => vennAbersMulticlass.fromJSON(json)).toThrow("parameters.pairs");
});

test("a file that claims very many classes is refused at once", () => {
  const scores = { data: [0.8, 0.2, 0.3, 0.7], rows: 2, columns: 2 };
  const json = JSON.parse(JSON.stringify(vennAbersMulticlass.fit(scores, [0, 1])));
  json.parameters.columns = 65_536;
  expect(() => vennAbersMulticlass.fromJSON(json)).toThrow(/must hold the 2147450880 pairs/);
});
