import { expect, test } from "vitest";
import { logLoss } from "../calibration/logLoss.js";
import type { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { automaticMulticlass } from "./automaticMulticlass.js";
import { calibratorFromJSON } from "./calibratorFromJSON.js";
import { identity } from "./identity.js";

/** Rows of three classes; what the model says is the truth to the power of `sharpness`, normalised. */
function simulate(rows: number, random: Random, sharpness: number) {
  const columns = 3;
  const data = new Float64Array(rows * columns);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const odds = Array.from({ length: columns }, () => Math.exp(4 * random.uniform()));
    const total = odds.reduce((a, b) => a + b);
    let left = random.uniform() * total;
    while (labels[i] < columns - 1 && left > odds[labels[i]]) left -= odds[labels[i]++];
    const said = odds.map((x) => x ** sharpness);
    const sum = said.reduce((a, b) => a + b);
    said.forEach((x, k) => {
      data[i * columns + k] = x / sum;
    });
  }
  return { scores: { data, rows, columns }, labels };
}

test("keeps identity on calibrated probabilities", () => {
  const runs = 8;
  const random = createRandom(1);
  let replaced = 0;
  for (let run = 0; run < runs; run++) {
    const { scores, labels } = simulate(250, random, 1);
    const { chosen } = automaticMulticlass.fit(scores, labels, { folds: 5, seed: run }).parameters;
    if (chosen !== "identity") replaced++;
  }
  expect(replaced).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, runs, 0.05));
});

test("finds what helps rows it never saw", () => {
  const random = createRandom(2);
  const { scores, labels } = simulate(1500, random, 2);
  const fresh = simulate(3000, random, 2);
  const calibrator = automaticMulticlass.fit(scores, labels, { folds: 5 });
  expect(calibrator.parameters.chosen).not.toBe("identity");
  const loss = (probabilities: Matrix) => logLoss(probabilities, fresh.labels).value;
  const truth = fresh.scores.data.map(Math.sqrt);
  for (let i = 0; i < truth.length; i += 3) {
    const sum = truth[i] + truth[i + 1] + truth[i + 2];
    for (let k = i; k < i + 3; k++) truth[k] /= sum;
  }
  const best = loss({ ...fresh.scores, data: truth });
  expect(loss(calibrator.predict(fresh.scores)) - best).toBeLessThan(0.1 * (loss(fresh.scores) - best));
});

test("the table starts with identity, whose loss is that of the probabilities as they are", () => {
  const { scores, labels } = simulate(200, createRandom(3), 1.5);
  const { parameters, fitted } = automaticMulticlass.fit(scores, labels, {
    folds: 5,
    candidates: ["vector"],
  });
  expect(parameters.candidates.map(({ method }) => method)).toEqual(["identity", "vector"]);
  // Folds of equal size: the mean over folds is the mean over rows.
  expect(parameters.candidates[0].logLoss).toBeCloseTo(logLoss(scores, labels).value, 10);
  expect(parameters.candidates[1].improvement.method).toBe("nadeau-bengio");
  expect(fitted.n).toBe(200);
});

test("survives JSON, whatever was chosen", () => {
  for (const sharpness of [1, 2]) {
    const { scores, labels } = simulate(200, createRandom(4), sharpness);
    const calibrator = automaticMulticlass.fit(scores, labels, { folds: 3 });
    const again = calibratorFromJSON(JSON.stringify(calibrator)) as unknown as typeof calibrator;
    expect(JSON.stringify(again)).toBe(JSON.stringify(calibrator));
    expect(again.predict(scores)).toEqual(calibrator.predict(scores));
  }
});

test("three groups cannot be compared: the probabilities are left alone", () => {
  const { scores, labels } = simulate(90, createRandom(5), 2);
  const groups = Int32Array.from(labels, (_, i) => i % 3);
  const calibrator = automaticMulticlass.fit(scores, labels, { groups });
  expect(calibrator).toMatchObject({ status: "too-few", parameters: { chosen: "identity" } });
  expect(calibrator.predict(scores)).toEqual(scores);
});

test("groups stay whole: copies of a row in one group do not make overfitting look good", () => {
  const { scores, labels } = simulate(40, createRandom(6), 1);
  const copies = 10;
  const rows = 40 * copies;
  const at = (i: number) => i % 40;
  const many = {
    data: Float64Array.from({ length: rows * 3 }, (_, i) => scores.data[3 * at(Math.floor(i / 3)) + (i % 3)]),
    rows,
    columns: 3,
  };
  const groups = Int32Array.from({ length: rows }, (_, i) => at(i));
  const repeated = Int32Array.from(groups, (g) => labels[g]);
  const memorises = {
    method: "memory",
    fit(seen: Matrix, known: ArrayLike<number>) {
      const answers = new Map(Array.from({ length: seen.rows }, (_, i) => [seen.data[3 * i], known[i]]));
      return {
        ...identity.fit(seen, known),
        method: "memory",
        predict: ({ data, rows: count, columns }: Matrix) => ({
          data: Float64Array.from({ length: count * columns }, (_, i) => {
            const answer = answers.get(data[3 * Math.floor(i / 3)]);
            return answer === undefined ? 1 / 3 : answer === i % 3 ? 1 : 0;
          }),
          rows: count,
          columns,
        }),
      };
    },
  };
  const options = { folds: 4, candidates: [memorises] };
  const torn = automaticMulticlass.fit(many, repeated, options);
  const whole = automaticMulticlass.fit(many, repeated, { ...options, groups });
  expect(torn.parameters.chosen).toBe("memory");
  expect(whole.parameters.chosen).toBe("identity");
});

test.each([
  ["unknown-option", { candidates: ["platt" as never] }],
  ["empty-input", { candidates: [] }],
  ["out-of-range", { folds: 1 }],
])("refuses %s", (code, options) => {
  const { scores, labels } = simulate(20, createRandom(7), 1);
  expect(() => automaticMulticlass.fit(scores, labels, options)).toThrow(
    expect.objectContaining({ code }) as CredenceError,
  );
});
