import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CredenceError } from "../numeric/error.js";
import { pathsIn, replaceAt } from "./fuzz.test-support.js";
import {
  automatic,
  bayesianBinning,
  betaCalibration,
  type Calibrator,
  calibratorFromJSON,
  enir,
  type FitOptions,
  histogramBinning,
  identity,
  isotonicRegression,
  plattScaling,
  splineCalibration,
  temperatureScaling,
} from "./index.js";
import { overconfident, simulate } from "./simulate.test-support.js";

type Fit = (
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number | boolean>,
  options?: FitOptions,
) => Calibrator;

/** Every method from binary probabilities to binary probabilities keeps the same promises. */
const METHODS: Record<string, { fit: Fit; fromJSON: (json: unknown) => Calibrator }> = {
  automatic,
  bayesianBinning,
  betaCalibration,
  enir,
  histogramBinning,
  identity,
  isotonicRegression,
  plattScaling,
  splineCalibration,
  temperatureScaling,
};

const fittedAt = "2025-01-31T12:00:00.000Z";
const queries = [0, 1e-300, 0.1, 0.25, 0.5, 0.75, 0.999, 1];

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof CredenceError) return error.code;
    throw error;
  }
  return "none";
};

describe.each(Object.entries(METHODS))("%s", (_, { fit, fromJSON }) => {
  const { scores, outcomes } = simulate(300, 5, overconfident(2));

  test("predicts probabilities and mutates nothing", () => {
    const before = [...scores];
    const calibrator = fit(scores, outcomes);
    for (const p of calibrator.predict(queries)) {
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
    }
    expect([...scores]).toEqual(before);
  });

  test("survives JSON exactly, as text and as a value, through either reader", () => {
    const rows = { dataset: "d", split: "s", part: "fit", n: 300, groups: 30 };
    const groups = Array.from({ length: 300 }, (_, i) => i % 30);
    const calibrator = fit(scores, outcomes, { fittedAt, rows, groups });
    expect(calibrator.fitted).toMatchObject({ n: 300, groups: 30, rows, fittedAt });
    const text = JSON.stringify(calibrator);
    for (const back of [fromJSON(text), fromJSON(JSON.parse(text)), calibratorFromJSON(text)]) {
      expect(JSON.stringify(back)).toBe(text);
      expect(back.toJSON()).toEqual(calibrator.toJSON());
      expect([...back.predict(queries)]).toEqual([...calibrator.predict(queries)]);
    }
  });

  test("does not depend on the order of the rows, nor on the type of the columns", () => {
    const backwards = fit([...scores].reverse(), [...outcomes].reverse().map(Boolean), { fittedAt });
    const forwards = fit(scores, outcomes, { fittedAt });
    if (fit === (automatic.fit as Fit)) return; // its folds are drawn by row
    const expected = forwards.predict(queries);
    backwards.predict(queries).forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i], 9);
    });
  });

  test("takes weights as repetitions", () => {
    if (fit === (automatic.fit as Fit) || fit === (bayesianBinning.fit as Fit)) return; // both look at rows
    const some = scores.slice(0, 60);
    const weights = some.map((_, i) => i % 3);
    const repeated = [...some.keys()].flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const weighted = fit(some, outcomes.slice(0, 60), { weights });
    const plain = fit(
      repeated.map((i) => scores[i]),
      repeated.map((i) => outcomes[i]),
    );
    const expected = plain.predict(queries);
    weighted.predict(queries).forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i], 7);
    });
  });

  test.each([
    ["one row", [0.3], [1]],
    ["one class", [0.2, 0.4, 0.4, 0.9], [1, 1, 1, 1]],
    ["the other class", [0.2, 0.4, 0.4, 0.9], [0, 0, 0, 0]],
    ["constant scores", new Array(20).fill(0.5), Array.from({ length: 20 }, (_, i) => i % 2)],
    ["constant scores at the edge", new Array(20).fill(1), Array.from({ length: 20 }, (_, i) => i % 2)],
    [
      "separable",
      Array.from({ length: 40 }, (_, i) => i / 39),
      Array.from({ length: 40 }, (_, i) => +(i > 20)),
    ],
    [
      "reversed",
      Array.from({ length: 40 }, (_, i) => i / 39),
      Array.from({ length: 40 }, (_, i) => +(i < 20)),
    ],
    ["only 0 and 1", [0, 0, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1]],
    ["confident and always wrong", [0, 0, 1, 1], [1, 1, 0, 0]],
  ])("answers with probabilities for %s", (_, oddScores, oddOutcomes) => {
    const calibrator = fit(oddScores, oddOutcomes);
    for (const p of calibrator.predict(queries)) expect(p >= 0 && p <= 1).toBe(true);
    expect(JSON.stringify(fromJSON(JSON.stringify(calibrator)))).toBe(JSON.stringify(calibrator));
  });

  test("all weights on one row, and groups of one", () => {
    const weights = scores.map((_, i) => +(i === 7));
    for (const p of fit(scores, outcomes, { weights }).predict(queries)) expect(p >= 0 && p <= 1).toBe(true);
    fit(scores.slice(0, 40), outcomes.slice(0, 40), { groups: new Array(40).fill("a") });
  }, 10_000);

  test("refuses bad input by code", () => {
    expect(codeOf(() => fit([], []))).toBe("empty-input");
    expect(codeOf(() => fit([0.5], [0, 1]))).toBe("length-mismatch");
    expect(codeOf(() => fit([Number.NaN], [0]))).toBe("not-finite");
    expect(codeOf(() => fit([0.5], [2]))).toBe("not-binary");
    expect(codeOf(() => fit([0.5, 0.6], [0, 1], { weights: [0, 0] }))).toBe("out-of-range");
    expect(codeOf(() => fit([0.5, 0.6], [0, 1], { weights: [1, -1] }))).toBe("out-of-range");
    expect(codeOf(() => fit([0.5, 0.6], [0, 1], { weights: [1] }))).toBe("length-mismatch");
    expect(codeOf(() => fit([0.5, 0.6], [0, 1], { fittedAt: "yesterday" }))).toBe("out-of-range");
    expect(codeOf(() => fit([0.5, 0.6], [0, 1]).predict([Number.NaN]))).toBe("not-finite");
  });

  test("refuses broken JSON naming the field", () => {
    const json = JSON.parse(JSON.stringify(fit(scores, outcomes, { fittedAt })));
    expect(codeOf(() => fromJSON("{"))).toBe("invalid-json");
    expect(codeOf(() => fromJSON(null))).toBe("invalid-json");
    expect(codeOf(() => fromJSON({ ...json, schema: 99 }))).toBe("invalid-json");
    expect(codeOf(() => fromJSON({ ...json, method: "other" }))).toBe("invalid-json");
    for (const key of Object.keys(json)) {
      const without = { ...json };
      delete without[key];
      expect(() => fromJSON(without)).toThrow(key);
      expect(codeOf(() => fromJSON(without))).toBe("invalid-json");
    }
  });

  test("fuzzed JSON is either refused with invalid-json or predicts probabilities", () => {
    const json = JSON.stringify(fit(scores.slice(0, 50), outcomes.slice(0, 50), { fittedAt }));
    const paths = pathsIn(JSON.parse(json));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const broken = replaceAt(JSON.parse(json), path, value);
        let calibrator: Calibrator;
        try {
          calibrator = calibratorFromJSON(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
          expect((error as CredenceError).code).toBe("invalid-json");
          return;
        }
        for (const p of calibrator.predict([0, 0.5, 1])) expect(p >= 0 && p <= 1).toBe(true);
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});
