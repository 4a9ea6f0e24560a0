import { expect, test } from "vitest";
import type { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";
import { overconfident, reference, referenceLogits, simulate } from "./simulate.test-support.js";
import { temperatureScaling } from "./temperature.js";

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as CredenceError).code;
  }
  return "none";
};

test("equals scipy 1.10.1 minimize_scalar on binary probabilities with exact 0 and 1", () => {
  const { inverseTemperature } = temperatureScaling.fit(reference.scores, reference.outcomes).parameters;
  expect(inverseTemperature).toBeCloseTo(0.8737343128, 7);
});

test("equals scipy 1.10.1 minimize_scalar on logits of four classes", () => {
  const { logits, labels } = referenceLogits();
  const { parameters, status } = temperatureScaling.fit(logits, labels);
  expect(status).toBe("ok");
  expect(parameters.inverseTemperature).toBeCloseTo(0.79268714, 7);
});

/** Derivative of the mean log loss, written out. */
function slope(data: ArrayLike<number>, columns: number, labels: ArrayLike<number>, beta: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = Array.from({ length: columns }, (_, k) => data[i * columns + k]);
    const top = Math.max(...row);
    const e = row.map((z) => Math.exp(beta * (z - top)));
    const total = e.reduce((a, b) => a + b);
    sum += row.reduce((a, z, k) => a + (z * e[k]) / total, 0) - row[labels[i]];
  }
  return sum / labels.length;
}

test.each([0.01, 1, 100])("reaches a zero gradient at scale %d with 10 000 rows", (scale) => {
  const random = createRandom(8);
  const columns = 5;
  const rows = 10_000;
  const data = Float32Array.from({ length: rows * columns }, () => scale * 4 * random.uniform());
  const labels = Array.from({ length: rows }, (_, i) => {
    const gumbel = Array.from(
      { length: columns },
      (_, k) => data[i * columns + k] / scale - Math.log(-Math.log(random.uniform())),
    );
    return gumbel.indexOf(Math.max(...gumbel));
  });
  const { parameters } = temperatureScaling.fit({ data, rows, columns }, labels, { input: "logits" });
  expect(parameters.inverseTemperature * scale).toBeCloseTo(1, 1);
  expect(Math.abs(slope(data, columns, labels, parameters.inverseTemperature)) / scale).toBeLessThan(1e-9);
});

test("a binary list and its two-column matrix agree", () => {
  const { scores, outcomes } = simulate(500, 3, overconfident(1.7));
  const data = [...scores].flatMap((p) => [1 - p, p]);
  const list = temperatureScaling.fit(scores, outcomes);
  const matrix = temperatureScaling.fit({ data, rows: 500, columns: 2 }, [...outcomes]);
  expect(matrix.parameters.input).toBe("probabilities");
  expect(matrix.parameters.inverseTemperature).toBeCloseTo(list.parameters.inverseTemperature, 9);
  const predicted = matrix.predict({ data: [0.1, 0.9], rows: 1, columns: 2 });
  expect(predicted.data[1]).toBeCloseTo(list.predict([0.9])[0], 9);
  expect(predicted.data[0] + predicted.data[1]).toBeCloseTo(1, 15);
});

test("separable data: a finite temperature from one pseudo-observation in n + K, and it says so", () => {
  const { status, notes, predict } = temperatureScaling.fit([0.1, 0.1, 0.9, 0.9], [0, 0, 1, 1]);
  expect(status).toBe("separable");
  expect(notes[0]).toContain("pseudo-observation");
  expect(predict([0.9])[0]).toBeCloseTo(5 / 6, 9);
});

test("anti-informative data: every class alike, and it says so", () => {
  const { status, parameters, predict } = temperatureScaling.fit([0.1, 0.2, 0.9], [1, 1, 0]);
  expect(status).toBe("anti-informative");
  expect(parameters.inverseTemperature).toBe(0);
  expect([...predict([0.1, 0.9])]).toEqual([0.5, 0.5]);
});

test("equal logits: left as they are, and it says so", () => {
  const { status, parameters } = temperatureScaling.fit({ data: [1, 1, 2, 2], rows: 2, columns: 2 }, [0, 1]);
  expect(status).toBe("constant-scores");
  expect(parameters.inverseTemperature).toBe(1);
});

test("a class never seen is no trouble", () => {
  const data = [2, 0, 0, 0, 2, 0, 2, 0, 1, 0, 1, 2];
  const { predict } = temperatureScaling.fit({ data, rows: 4, columns: 3 }, [0, 1, 1, 0]);
  expect(predict({ data: [1, 2, 3], rows: 1, columns: 3 }).data.every((p) => p > 0)).toBe(true);
});

test("survives JSON with several classes", () => {
  const { logits, labels } = referenceLogits();
  const calibrator = temperatureScaling.fit(logits, labels);
  const back = temperatureScaling.fromJSON(JSON.stringify(calibrator));
  expect(JSON.stringify(back)).toBe(JSON.stringify(calibrator));
  expect(back.predict(logits as never)).toEqual(calibrator.predict(logits));
});

test("refuses bad matrices by code", () => {
  const fit = (data: number[], columns: number, labels: number[], options = {}) =>
    codeOf(() => temperatureScaling.fit({ data, rows: data.length / columns, columns }, labels, options));
  expect(fit([1, 2, 3, 4], 2, [0, 2])).toBe("unknown-class");
  expect(fit([1, 2, 3, 4], 2, [0, 0.5])).toBe("unknown-class");
  expect(fit([1, 2, 3, 4], 2, [0])).toBe("length-mismatch");
  expect(fit([1, Number.NaN, 3, 4], 2, [0, 1])).toBe("not-finite");
  expect(fit([0.5, 0.4, 0.5, 0.5], 2, [0, 1], { input: "probabilities" })).toBe("not-normalised");
  expect(fit([1e200, 0, 0, 0], 2, [1, 1])).toBe("out-of-range");
  expect(fit([0.5, 0.5], 2, [0], { epsilon: 0.7 })).toBe("out-of-range");
  const { predict } = temperatureScaling.fit({ data: [1, 2, 3, 4], rows: 2, columns: 2 }, [0, 1]);
  expect(codeOf(() => predict({ data: [1, 2, 3], rows: 1, columns: 3 }))).toBe("length-mismatch");
  expect(codeOf(() => temperatureScaling.fit([1.2], [1]))).toBe("not-a-probability");
});
