import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { effectiveSampleSize } from "./covariateShift.js";
import { labelShift } from "./labelShift.js";

/** Class k scores normal around k in one dimension; the model knows the densities and equal class shares. */
function draw(rows: number, shares: readonly number[], seed: number) {
  const random = createRandom(seed);
  const columns = shares.length;
  const data = new Float64Array(rows * columns);
  const labels = Array.from({ length: rows }, (_, i) => {
    let u = random.uniform();
    let label = 0;
    while (label < columns - 1 && u >= shares[label]) u -= shares[label++];
    let x = 1.5 * label;
    for (let d = 0; d < 12; d++) x += random.uniform() - 0.5; // nearly normal, variance 1
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      data[i * columns + k] = Math.exp(-((x - 1.5 * k) ** 2) / 2);
      sum += data[i * columns + k];
    }
    for (let k = 0; k < columns; k++) data[i * columns + k] /= sum;
    return label;
  });
  return { scores: { data, rows, columns }, labels };
}

const equal = [1 / 3, 1 / 3, 1 / 3];
const shifted = [0.6, 0.1, 0.3];
const source = draw(6000, equal, 1);
const target = draw(6000, shifted, 2);

test.each(["em", "bbse"] as const)(
  "%s finds the new class shares and improves the predictions",
  (estimator) => {
    const calibrator = labelShift.fit(source.scores, source.labels, { target: target.scores, estimator });
    const { parameters } = calibrator;
    expect(calibrator.status).toBe("ok");
    parameters.target.forEach((share, k) => {
      expect(Math.abs(share - shifted[k])).toBeLessThan(0.04);
    });
    expect(parameters.target.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    const logLoss = (data: ArrayLike<number>) =>
      target.labels.reduce((sum, k, i) => sum - Math.log(data[3 * i + k]), 0) / target.labels.length;
    expect(logLoss(calibrator.predict(target.scores).data)).toBeLessThan(logLoss(target.scores.data) - 0.05);
    const weights = source.labels.map((k) => parameters.weights[k]);
    expect(parameters.effectiveSampleSize).toBeCloseTo(effectiveSampleSize(weights), 6);
    expect(parameters.effectiveSampleSize).toBeLessThan(6000);
  },
);

test("without shift the shares stay", () => {
  const { parameters } = labelShift.fit(source.scores, source.labels, {
    target: draw(6000, equal, 3).scores,
  });
  parameters.weights.forEach((w) => {
    expect(Math.abs(w - 1)).toBeLessThan(0.1);
  });
});

test("EM is at a fixed point: the mean corrected probability is the share", () => {
  const calibrator = labelShift.fit(source.scores, source.labels, { target: target.scores });
  const { data } = calibrator.predict(target.scores);
  calibrator.parameters.target.forEach((share, k) => {
    let sum = 0;
    for (let i = 0; i < 6000; i++) sum += data[3 * i + k];
    expect(sum / 6000).toBeCloseTo(share, 7);
  });
});

test("a class never seen is taken as absent, and that is said", () => {
  const rows = { data: [0.7, 0.2, 0.1, 0.2, 0.7, 0.1], rows: 2, columns: 3 };
  for (const estimator of ["em", "bbse"] as const) {
    const { notes, parameters } = labelShift.fit(rows, [0, 1], { target: rows, estimator });
    expect(notes.join()).toContain("class 2");
    expect(parameters.weights[2]).toBe(0);
  }
});

test("a confusion matrix that cannot be inverted is said to leave the shares open", () => {
  const blind = { data: [0.6, 0.4, 0.6, 0.4], rows: 2, columns: 2 };
  const { notes } = labelShift.fit(blind, [0, 1], { target: blind, estimator: "bbse" });
  expect(notes.join()).toContain("cannot be told apart");
});

test("survives JSON exactly and refuses bad input", () => {
  const calibrator = labelShift.fit(source.scores, source.labels, { target: target.scores });
  const back = labelShift.fromJSON(JSON.stringify(calibrator));
  expect(JSON.stringify(back)).toBe(JSON.stringify(calibrator));
  expect(back.predict(target.scores)).toEqual(calibrator.predict(target.scores));
  const two = { data: [0.5, 0.5], rows: 1, columns: 2 };
  expect(() => labelShift.fit(source.scores, source.labels, { target: two })).toThrow("same classes");
  expect(() => labelShift.fit(two, [0], { target: two, estimator: "x" as never })).toThrow("estimator");
  const json = { ...calibrator.toJSON(), parameters: { ...calibrator.parameters, weights: [0, 0, 0] } };
  expect(() => labelShift.fromJSON(json)).toThrow("parameters.weights");
});
