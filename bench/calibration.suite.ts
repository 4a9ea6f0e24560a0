import {
  bootstrapCalibrationError,
  expectedCalibrationError,
  smoothCalibrationError,
} from "credence/calibration";
import { createRandom } from "credence/numeric";
import { isotonicRegression, temperatureScaling } from "credence/recalibration";
import type { Row, Suite } from "./bench.js";

/** Scores uniform on [0, 1] whose outcomes come true at the rate p^1.2. */
function scored(n: number): { p: Float64Array; y: Uint8Array } {
  const random = createRandom(1);
  const p = Float64Array.from({ length: n }, () => random.uniform());
  return { p, y: Uint8Array.from(p, (value) => (random.uniform() < value ** 1.2 ? 1 : 0)) };
}

/** Logits of an over-confident classifier: one class raised by 3, labels drawn from the softmax at half the scale. */
function classified(rows: number, columns: number): { logits: Float32Array; labels: Int32Array } {
  const random = createRandom(2);
  const logits = Float32Array.from({ length: rows * columns }, () => 4 * random.uniform());
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    labels[i] = Math.floor(random.uniform() * columns);
    logits[i * columns + labels[i]] += 3 * random.uniform();
    if (random.uniform() < 0.3) labels[i] = Math.floor(random.uniform() * columns);
  }
  return { logits, labels };
}

function* rows(): Iterable<Row> {
  {
    const { p, y } = scored(10_000_000);
    yield {
      work: "ECE, 10 M pairs, 15 bins",
      bar: "≤ 0.08 s, ≤ 0.5 × NumPy",
      inputs: { p, y },
      ours: () => expectedCalibrationError(p, y, { interval: false }),
      peers: {
        "NumPy digitize": "ece_bincount",
        "NumPy multiply (approximate edges)": "ece_multiply",
        "scikit-learn": "ece_sklearn",
      },
    };
    yield {
      work: "smECE, 10 M pairs",
      bar: "≤ 1.0 s",
      ours: () => smoothCalibrationError(p, y, { interval: false }),
    };
  }
  {
    const { p, y } = scored(1_000_000);
    yield {
      work: "isotonic fit, 1 M unsorted",
      bar: "≤ 0.18 s",
      inputs: { p, y },
      ours: () => isotonicRegression.fit(p, y),
      peers: { "scikit-learn": "isotonic_sklearn" },
    };
  }
  {
    const { p, y } = scored(100_000);
    yield {
      work: "ECE bootstrap, 1 000 resamples of 100 k rows",
      bar: "≤ 0.04 s",
      inputs: { p, y },
      ours: () => bootstrapCalibrationError(p, y, { resamples: 1000 }),
      peers: { "NumPy, rows resampled": "ece_bootstrap_numpy" },
      repetitions: 3,
    };
  }
  {
    const { logits, labels } = classified(100_000, 100);
    const matrix = { data: logits, rows: 100_000, columns: 100 };
    yield {
      work: "temperature, 100 k × 100 logits",
      bar: "≤ 0.3 s",
      inputs: { logits, labels },
      ours: () => temperatureScaling.fit(matrix, labels),
      peers: { "SciPy bounded Brent": "temperature_scipy", "torch LBFGS": "temperature_lbfgs" },
    };
  }
}

export const suite: Suite = { name: "calibration", rows };
