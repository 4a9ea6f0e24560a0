import fc from "fast-check";
import { expect, test } from "vitest";
import { CredenceError } from "../numeric/error.js";
import { softmaxRows } from "../numeric/softmax.js";
import { pathsIn, replaceAt } from "./fuzz.test-support.js";
import * as recalibration from "./index.js";
import { referenceLogits, simulate } from "./simulate.test-support.js";

const { logits, labels } = referenceLogits();
const probabilities = recalibration.temperatureScaling.fit(logits, labels).predict(logits);
const sharp = { ...logits, data: logits.data.map((z) => 5 * z) };
softmaxRows(sharp.data, sharp.columns);
const { scores, outcomes } = simulate(200, 1);
const by = Array.from({ length: 200 }, (_, i) => (i % 2 ? "a" : "b"));
const fittedAt = "2025-01-31T12:00:00.000Z";

/** Methods whose scores or predictions are not plain lists; the others are fuzzed in contract.test.ts. */
const FITTED = {
  // Too sure of itself, so that something is chosen.
  automaticMulticlass: recalibration.automaticMulticlass.fit(sharp, labels, { folds: 3, fittedAt }),
  dirichlet: recalibration.dirichletCalibration.fit(probabilities, labels, { fittedAt }),
  groupwise: recalibration.groupwise.fit(scores, outcomes, { by, pooling: 10, fittedAt }),
  labelShift: recalibration.labelShift.fit(probabilities, labels, { target: probabilities, fittedAt }),
  matrix: recalibration.matrixScaling.fit(logits, labels, { fittedAt }),
  multicalibration: recalibration.multicalibration.fit(scores, outcomes, {
    by: { by },
    minRows: 20,
    fittedAt,
  }),
  onlineMixture: recalibration.online.fit(scores, outcomes, { fittedAt }),
  onlineWindow: recalibration.online.fit(scores, outcomes, { strategy: "window", window: 20, fittedAt }),
  oneVsRest: recalibration.oneVsRest.fit(probabilities, labels, { fittedAt }),
  structured: recalibration.structuredMatrixScaling.fit(logits, labels, { fittedAt }),
  temperature: recalibration.temperatureScaling.fit(logits, labels, { fittedAt }),
  vector: recalibration.vectorScaling.fit(logits, labels, { fittedAt }),
  vennAbers: recalibration.vennAbers.fit(scores, outcomes, { fittedAt }),
  vennAbersMulticlass: recalibration.vennAbersMulticlass.fit(probabilities, labels, { fittedAt }),
  vennAbersRegression: recalibration.vennAbersRegression.fit(scores, [...outcomes], {
    range: [0, 1],
    fittedAt,
  }),
};

test.each(Object.entries(FITTED))(
  "%s: fuzzed JSON is read back whole or refused with invalid-json",
  (_, fitted) => {
    const text = JSON.stringify(fitted);
    expect(JSON.stringify(recalibration.calibratorFromJSON(text))).toBe(text);
    const paths = pathsIn(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const broken = replaceAt(JSON.parse(text), path, value);
        try {
          const back = recalibration.calibratorFromJSON(broken);
          expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(broken)));
        } catch (error) {
          if (!(error instanceof CredenceError)) throw error;
          expect(error.code).toBe("invalid-json");
        }
      }),
      { numRuns: 120, seed: 2 },
    );
  },
);
