import { describe, expect, it } from "vitest";
import { sampleGamma } from "../numeric/distributions.js";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { codeOf } from "./codeOf.test-support.js";
import { ece } from "./ece.js";
import {
  adaptiveCalibrationError,
  classwiseCalibrationError,
  topKCalibrationError,
  topLabelCalibrationError,
} from "./multiclassCalibrationError.js";

const columns = 4;

/** Dirichlet probabilities; the truth is drawn from them raised to a power (1: calibrated). */
function draw(n: number, power: number, random: Random) {
  const data = new Float64Array(n * columns);
  const classes = Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < columns; j++) row[j] = sampleGamma(random, 0.6);
    const sum = row.reduce((s, v) => s + v, 0);
    const truth = row.map((v) => (v / sum) ** power);
    for (let j = 0; j < columns; j++) row[j] /= sum;
    let u = random.uniform() * truth.reduce((s, v) => s + v, 0);
    let j = 0;
    while (j < columns - 1 && u >= truth[j]) u -= truth[j++];
    return j;
  });
  return { probabilities: { data, rows: n, columns }, classes };
}

const sample = draw(300, 0.6, createRandom(1));
const { probabilities, classes } = sample;
const row = (i: number) => Array.from(probabilities.data.subarray(i * columns, (i + 1) * columns));

describe("calibration errors of class probabilities", () => {
  it("top label: the ECE of the largest probability", () => {
    const top = classes.map((_, i) => row(i).indexOf(Math.max(...row(i))));
    const expected = ece(
      top.map((j, i) => row(i)[j]),
      top.map((j, i) => +(j === classes[i])),
    );
    expect(topLabelCalibrationError(probabilities, classes)).toEqual(expected);
    let within = 0;
    for (let label = 0; label < columns; label++) {
      const rows = top.flatMap((j, i) => (j === label ? [i] : []));
      const part = ece(
        rows.map((i) => row(i)[label]),
        rows.map((i) => +(classes[i] === label)),
      );
      within += (rows.length / 300) * part.value;
    }
    const byLabel = topLabelCalibrationError(probabilities, classes, { byLabel: true });
    expect(byLabel.value).toBeCloseTo(within, 12);
    expect(byLabel.n).toBe(300);
  });

  it("top k: the ECE of the sum of the k largest", () => {
    const order = classes.map((_, i) => [0, 1, 2, 3].sort((a, b) => row(i)[b] - row(i)[a]).slice(0, 2));
    const expected = ece(
      order.map((js, i) =>
        Math.min(
          1,
          js.reduce((s, j) => s + row(i)[j], 0),
        ),
      ),
      order.map((js, i) => +js.includes(classes[i])),
    );
    expect(topKCalibrationError(probabilities, classes, 2).value).toBeCloseTo(expected.value, 12);
    expect(topKCalibrationError(probabilities, classes, 1).value).toBeCloseTo(
      topLabelCalibrationError(probabilities, classes).value,
      12,
    );
    expect(topKCalibrationError(probabilities, classes, 4).value).toBeCloseTo(0, 12);
  });

  it("classwise and adaptive: the mean over classes, in every norm", () => {
    const part = (j: number, options: object) =>
      ece(
        classes.map((_, i) => row(i)[j]),
        classes.map((c) => +(c === j)),
        options,
      ).value;
    const all = (options: object) => [0, 1, 2, 3].map((j) => part(j, options));
    const mean = (values: number[]) => values.reduce((s, v) => s + v, 0) / values.length;
    expect(classwiseCalibrationError(probabilities, classes).value).toBeCloseTo(mean(all({})), 12);
    expect(classwiseCalibrationError(probabilities, classes, { norm: "l2" }).value).toBeCloseTo(
      Math.sqrt(mean(all({ norm: "l2" }).map((v) => v * v))),
      12,
    );
    expect(classwiseCalibrationError(probabilities, classes, { norm: "max" }).value).toBeCloseTo(
      Math.max(...all({ norm: "max" })),
      12,
    );
    expect(adaptiveCalibrationError(probabilities, classes, { bins: 10 }).value).toBeCloseTo(
      mean(all({ bins: 10, binning: "mass" })),
      12,
    );
    const p = classes.map((_, i) => row(i)[0]);
    const y = classes.map((c) => c === 0);
    expect(adaptiveCalibrationError(p, y)).toEqual(ece(p, y, { binning: "mass" }));
  });

  it("have intervals that cover", () => {
    const random = createRandom(9);
    const large = draw(300_000, 0.6, random);
    const measures = {
      classwise: classwiseCalibrationError,
      byLabel: (m: typeof probabilities, c: number[], options: object = {}) =>
        topLabelCalibrationError(m, c, { ...options, byLabel: true }),
    };
    const repetitions = 80;
    for (const measure of Object.values(measures))
      for (const power of [1, 0.6]) {
        const truth =
          power === 1 ? 0 : measure(large.probabilities, large.classes, { interval: false }).value;
        let missed = 0;
        for (let k = 0; k < repetitions; k++) {
          const { probabilities, classes } = draw(300, power, random);
          const groups = classes.map((_, i) => i >> 1);
          const options = k % 2 ? { groups } : {};
          const { value, interval } = measure(probabilities, classes, options);
          const [low, high] = interval as [number, number];
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          if (low > truth || high < truth) missed++;
        }
        expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.05));
      }
  });

  it("refuse bad input", () => {
    const one = { data: [0.5, 0.5], rows: 1, columns: 2 };
    expect(codeOf(() => topKCalibrationError(one, [0], 3))).toBe("out-of-range");
    expect(codeOf(() => topKCalibrationError(one, [0], 0))).toBe("out-of-range");
    expect(codeOf(() => classwiseCalibrationError(one, [0.5]))).toBe("unknown-class");
    expect(codeOf(() => topLabelCalibrationError({ ...one, data: [0.5, 0.6] }, [0]))).toBe("not-normalised");
    expect(codeOf(() => topLabelCalibrationError({ ...one, data: [1.5, -0.5] }, [0]))).toBe(
      "not-a-probability",
    );
    expect(codeOf(() => classwiseCalibrationError({ data: [], rows: 0, columns: 2 }, []))).toBe(
      "empty-input",
    );
    expect(classwiseCalibrationError(one, [0], { interval: false }).interval).toBeNull();
    expect(topLabelCalibrationError(one, [0]).interval).toEqual([0, Infinity]);
  });
});
