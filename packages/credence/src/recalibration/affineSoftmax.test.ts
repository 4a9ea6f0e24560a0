import { expect, test } from "vitest";
import type { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import type { AffineCalibrator } from "./affineSoftmax.js";
import { calibratorFromJSON } from "./calibratorFromJSON.js";
import { dirichletCalibration } from "./dirichlet.js";
import { matrixScaling } from "./matrixScaling.js";
import { referenceLogits } from "./simulate.test-support.js";
import { structuredMatrixScaling } from "./structuredMatrix.js";
import { temperatureScaling } from "./temperature.js";
import { vectorScaling } from "./vectorScaling.js";

const { logits, labels } = referenceLogits();
const diagonal = (calibrator: AffineCalibrator) =>
  calibrator.parameters.weights.filter((_, i) => i % 5 === 0);

const close = (found: readonly number[], expected: readonly number[], digits = 5) => {
  found.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], digits);
  });
};

test("vector scaling equals scipy 1.10.1 BFGS without ridge", () => {
  const calibrator = vectorScaling.fit(logits, labels, { ridge: 0 });
  close(diagonal(calibrator), [0.69804809, 1.39078289, 1.5060404, 0.53519365]);
  close(calibrator.parameters.bias, [1.01462482, -0.49366393, -1.63672378, 1.11575892]);
});

test("vector scaling equals scipy 1.10.1 BFGS with ridge 1", () => {
  const calibrator = vectorScaling.fit(logits, labels);
  close(diagonal(calibrator), [0.76743275, 1.18861854, 0.9547728, 0.63208169]);
  close(calibrator.parameters.bias, [0.5050987, -0.40823616, -0.65820631, 0.56134386]);
});

/** Mean log loss of softmax(W z + b). */
function logLoss(
  { data, columns }: Matrix,
  truth: ArrayLike<number>,
  weights: number[],
  bias: number[],
): number {
  let loss = 0;
  for (let i = 0; i < truth.length; i++) {
    const eta = bias.map((b, k) => {
      let sum = b;
      for (let j = 0; j < columns; j++) sum += weights[k * columns + j] * data[i * columns + j];
      return sum;
    });
    loss += Math.log(eta.reduce((sum, e) => sum + Math.exp(e), 0)) - eta[truth[i]];
  }
  return loss / truth.length;
}

const ridge = (weights: number[], bias: number[]) =>
  weights.reduce((sum, w, i) => sum + (w - Number(i % 5 === 0)) ** 2, 0) +
  bias.reduce((sum, b) => sum + b * b, 0);

const odir = (weights: number[], bias: number[]) =>
  weights.reduce((sum, w, i) => sum + (i % 5 === 0 ? 0 : w * w), 0) / 12 +
  bias.reduce((sum, b) => sum + b * b, 0) / 4;

const structured = (weights: number[], bias: number[]) => {
  const scale = (weights[0] + weights[5] + weights[10] + weights[15]) / 4; // the best common scale
  const off = weights.reduce((sum, w, i) => sum + (i % 5 === 0 ? 0 : w * w), 0);
  const on = weights.reduce((sum, w, i) => sum + (i % 5 === 0 ? (w - scale) ** 2 : 0), 0);
  return 4 * (on + bias.reduce((sum, b) => sum + b * b, 0)) + 16 * off;
};

const softmax = ({ data, rows, columns }: Matrix): Matrix => {
  const result = Float64Array.from(data as ArrayLike<number>, Math.exp);
  for (let i = 0; i < rows; i++) {
    const row = result.subarray(i * columns, (i + 1) * columns);
    const sum = row.reduce((a, b) => a + b);
    for (let j = 0; j < columns; j++) row[j] /= sum;
  }
  return { data: result, rows, columns };
};
const probabilities = softmax(logits);
const logProbabilities = { ...probabilities, data: Float64Array.from(probabilities.data, Math.log) };

test.each([
  {
    name: "matrix",
    calibrator: matrixScaling.fit(logits, labels),
    z: logits,
    penalty: ridge,
    strength: 1 / 120,
  },
  {
    name: "structured",
    calibrator: structuredMatrixScaling.fit(logits, labels),
    z: logits,
    penalty: structured,
    strength: 1 / 120,
  },
  {
    name: "Dirichlet",
    calibrator: dirichletCalibration.fit(probabilities, labels, { lambda: 0.02 }),
    z: logProbabilities,
    penalty: odir,
    strength: 0.02,
  },
])(
  "the penalised log loss of $name scaling, written out, is stationary at the fit",
  ({ calibrator, z, penalty, strength }) => {
    const { weights, bias } = calibrator.parameters;
    const theta = [...weights, ...bias];
    const value = (x: number[]) => {
      const [w, b] = [x.slice(0, 16), x.slice(16)];
      return logLoss(z, labels, w, b) + strength * penalty(w, b);
    };
    theta.forEach((_, i) => {
      const moved = (by: number) => value(theta.map((t, j) => (i === j ? t + by : t)));
      expect(Math.abs((moved(1e-4) - moved(-1e-4)) / 2e-4)).toBeLessThan(2e-6);
    });
    expect(calibrator.status).toBe("ok");
  },
);

test("an infinite ridge toward a common scale is temperature scaling", () => {
  const { parameters } = structuredMatrixScaling.fit(logits, labels, { ridge: 1e6 });
  const beta = temperatureScaling.fit(logits, labels).parameters.inverseTemperature;
  close(parameters.weights as number[], [beta, 0, 0, 0, 0, beta, 0, 0, 0, 0, beta, 0, 0, 0, 0, beta], 3);
});

test("an optimiser that stops short says so", () => {
  const { status, notes } = matrixScaling.fit(logits, labels, { maxIterations: 3 });
  expect(status).toBe("not-converged");
  expect(notes[0]).toMatch(/Stopped after 3 steps with a derivative of/);
});

test("separable data and classes never seen stay finite, and the class is named", () => {
  const data = [9, 0, 0, 0, 9, 0, 9, 0, 0, 0, 9, 0];
  for (const { fit } of [vectorScaling, matrixScaling, structuredMatrixScaling]) {
    const { status, notes, predict } = fit({ data, rows: 4, columns: 3 }, [0, 1, 0, 1]);
    expect(status).toBe("separable");
    expect(notes[0]).toContain("true class first in every row");
    expect(notes.join()).toContain("class 2");
    for (const p of predict({ data: [1, 2, 3], rows: 1, columns: 3 }).data) expect(p > 0 && p < 1).toBe(true);
  }
});

test("recovers a distortion of every logit", () => {
  const random = createRandom(3);
  const [rows, columns] = [8000, 3];
  const truth = Float64Array.from({ length: rows * columns }, () => 4 * random.uniform());
  const drawn = Array.from({ length: rows }, (_, i) => {
    const gumbel = [0, 1, 2].map((k) => truth[i * columns + k] - Math.log(-Math.log(random.uniform())));
    return gumbel.indexOf(Math.max(...gumbel));
  });
  const distorted = { data: truth.map((z, i) => (z - 0.5 * (i % 3)) * (1 + (i % 3))), rows, columns };
  const { parameters } = vectorScaling.fit(distorted, drawn);
  [0, 4, 8].forEach((at, k) => {
    expect(Math.abs(parameters.weights[at] * (1 + k) - 1)).toBeLessThan(0.12);
  });
  expect(Math.abs(parameters.bias[2] - parameters.bias[0] - 1)).toBeLessThan(0.3);
});

test.each([vectorScaling, matrixScaling, structuredMatrixScaling, dirichletCalibration])(
  "$method survives JSON exactly and refuses bad input by code",
  (method) => {
    const calibrator = method.fit(probabilities, labels);
    const text = JSON.stringify(calibrator);
    for (const back of [method.fromJSON(text), calibratorFromJSON(text)]) {
      expect(JSON.stringify(back)).toBe(text);
      expect(back.predict(probabilities as never)).toEqual(calibrator.predict(probabilities));
    }
    const json = calibrator.toJSON();
    const broken = { ...json, parameters: { ...json.parameters, bias: [0] } };
    expect(() => method.fromJSON(broken)).toThrow("parameters.bias");
    const codeOf = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as CredenceError).code;
      }
      return "none";
    };
    const wide = { data: [0.5, 0.5], rows: 1, columns: 2 };
    expect(codeOf(() => method.fit(wide, [2]))).toBe("unknown-class");
    expect(codeOf(() => method.fit(wide, []))).toBe("length-mismatch");
    expect(codeOf(() => method.fit({ data: [0.5, 0.5, 0.5], rows: 1, columns: 2 }, [0]))).toBe(
      "length-mismatch",
    );
    expect(codeOf(() => method.fit({ data: [1], rows: 1, columns: 1 }, [0]))).toBe("too-few");
    expect(codeOf(() => method.fit(wide, [0], { weights: [0] }))).toBe("out-of-range");
    expect(codeOf(() => calibrator.predict(wide))).toBe("length-mismatch");
  },
);

test("a negative ridge and rows that do not sum to 1 are refused", () => {
  expect(() => vectorScaling.fit(logits, labels, { ridge: -1 })).toThrow("ridge");
  expect(() => dirichletCalibration.fit({ data: [0.5, 0.4], rows: 1, columns: 2 }, [0])).toThrow(
    "sums to 0.9",
  );
});

test("values in [0, 1] that do not sum to 1 are taken neither for probabilities nor, silently, for logits", () => {
  const rounded = { data: [0.7, 0.2, 0.09, 0.2, 0.5, 0.3, 0.1, 0.1, 0.8], rows: 3, columns: 3 };
  for (const method of [temperatureScaling, vectorScaling, matrixScaling, structuredMatrixScaling]) {
    expect(() => method.fit(rounded, [0, 1, 2])).toThrow(/scores\[0\].*row 0 sums to 0\.9.*input: "logits"/);
    expect(method.fit(rounded, [0, 1, 1], { input: "logits" }).parameters.input).toBe("logits");
    const outside = { ...rounded, data: rounded.data.map((x) => x - 0.5) };
    expect(method.fit(outside, [0, 1, 1]).parameters.input).toBe("logits");
  }
});
