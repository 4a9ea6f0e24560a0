import {
  adaptiveConformal,
  aggregatedAdaptiveConformal,
  aps,
  conformalPid,
  cvPlus,
  dynamicAdaptiveConformal,
  runOnline,
  stronglyAdaptiveConformal,
} from "credence/conformal";
import { createRandom } from "credence/numeric";
import type { Row, Suite } from "./bench.js";

/** Softmax rows of a classifier that is sure of a few classes; labels drawn from them. */
function classified(rows: number, columns: number): { probabilities: Float32Array; labels: Int32Array } {
  const random = createRandom(3);
  const probabilities = new Float32Array(rows * columns);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      probabilities[j] = Math.exp(6 * random.uniform() ** 4 * (random.uniform() < 0.02 ? 2 : 1));
      sum += probabilities[j];
    }
    let u = random.uniform();
    labels[i] = columns - 1;
    for (let j = 0; j < columns; j++) {
      probabilities[i * columns + j] /= sum;
      u -= probabilities[i * columns + j];
      if (u < 0 && labels[i] === columns - 1) labels[i] = j;
    }
  }
  return { probabilities, labels };
}

function* rows(): Iterable<Row> {
  const { probabilities, labels } = classified(50_000, 1000);
  const matrix = { data: probabilities, rows: 50_000, columns: 1000 };
  const half = { data: probabilities.subarray(0, 25_000_000), rows: 25_000, columns: 1000 };
  const fitted = aps.fit(half, labels.subarray(0, 25_000), { alpha: 0.1 });
  yield {
    work: "APS sets, 50 k × 1 000 classes",
    bar: "≤ 1.0 s",
    inputs: { probabilities, labels },
    ours: () => fitted.predict(matrix),
    peers: { "NumPy, full sort": "aps_sets" },
    repetitions: 3,
  };

  yield* crossValidated();
  yield* online();
}

/** Intervals of 100 000 points from 10 models and 100 000 residuals: no matrix of one by the other. */
function* crossValidated(): Iterable<Row> {
  const random = createRandom(4);
  const [n, folds] = [100_000, 10];
  const residuals = Float64Array.from({ length: n }, () => random.uniform() - 0.5);
  const foldOf = Int32Array.from({ length: n }, (_, i) => i % folds);
  const data = Float64Array.from({ length: n * folds }, () => random.uniform() / 100);
  yield {
    work: "CV+ intervals, 100 k training × 100 k new rows, 10 folds",
    bar: "< 500 MB",
    ours: () => cvPlus.fit(residuals, foldOf, { alpha: 0.1 }).predict({ data, rows: n, columns: folds }),
    repetitions: 1,
  };
}

/** A million steps of a stream whose scale drifts. */
function* online(): Iterable<Row> {
  const random = createRandom(5);
  const scores = Float64Array.from(
    { length: 1_000_000 },
    (_, t) => (2 + Math.sin(t / 1e4)) * random.uniform(),
  );
  const methods = {
    "ACI, 1 M steps": adaptiveConformal,
    "AgACI, 1 M steps": aggregatedAdaptiveConformal,
    "DtACI, 1 M steps": dynamicAdaptiveConformal,
    "Conformal PID, 1 M steps": conformalPid,
  };
  for (const [work, create] of Object.entries(methods))
    yield { work, bar: "< 1 s", ours: () => runOnline(create({ alpha: 0.1 }), scores), repetitions: 3 };
  yield {
    work: "SAOCP (about 160 experts at a time), 1 M steps",
    bar: "< 1 s",
    ours: () => runOnline(stronglyAdaptiveConformal({ alpha: 0.1, largestScore: 3 }), scores),
    repetitions: 3,
  };
}

export const suite: Suite = { name: "conformal", rows };
