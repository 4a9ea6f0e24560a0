import { aurocEstimate } from "../estimate/auroc.js";
import { bootstrap } from "../estimate/bootstrap.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkFinite, checkNotEmpty, checkOneOf, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { argsort } from "../numeric/sort.js";

/** Options of {@link detectionMetrics}. `groups` holds the ids of the known rows first, then those of the novel rows. */
export interface DetectionOptions extends EstimateOptions {
  /** Which rows the area under precision–recall and the rates treat as positive. Default "known", as OpenOOD. */
  positive?: "known" | "novel";
  /** The true-positive rate of the false-positive rate. Default 0.95. */
  truePositiveRate?: number;
  /** "trapezoid": linear between points, as OpenOOD; "average-precision": a step function. Default "trapezoid". */
  precisionRecall?: "trapezoid" | "average-precision";
  /** Bootstrap resamples of the intervals of aupr and fpr. Default 500. */
  resamples?: number;
}

/** How well scores tell known from novel inputs. */
export interface DetectionMetrics {
  /** Probability that a known input scores above a novel one, ties counting half. */
  readonly auroc: Estimate;
  /** Area under the precision–recall curve. */
  readonly aupr: Estimate;
  /** False-positive rate at the first threshold that reaches the true-positive rate. */
  readonly fpr: Estimate;
}

/**
 * AUROC, AUPR and the false-positive rate at 95 % true positives of novelty scores, with intervals: DeLong's for
 * AUROC (DeLong, DeLong & Clarke-Pearson 1988; cluster-robust with groups; exact, from pairs without a common row, where
 * the ranking is perfect), percentile bootstrap of rows or groups for the others.
 * @param known Scores of inputs like those of training; high scores should mean known.
 * @param novel Scores of novel inputs.
 * @throws CredenceError "empty-input", "not-finite", "out-of-range", "unknown-option", "length-mismatch".
 * @example
 * ```ts
 * import { detectionMetrics } from "credence/novelty";
 * const metrics = detectionMetrics([3, 4, 5, 6], [1, 2, 3.5], { interval: false });
 * metrics.auroc.value; // → 0.9167
 * metrics.fpr.value; // → 0.3333
 * ```
 */
export function detectionMetrics(
  known: ArrayLike<number>,
  novel: ArrayLike<number>,
  options: DetectionOptions = {},
): DetectionMetrics {
  const fn = "detectionMetrics";
  checkOptions(fn, options);
  const {
    positive = "known",
    truePositiveRate = 0.95,
    precisionRecall = "trapezoid",
    resamples = 500,
  } = options;
  for (const [name, values] of [
    ["known", known],
    ["novel", novel],
  ] as const) {
    checkNotEmpty(fn, name, values);
    checkFinite(fn, name, values);
  }
  checkOneOf(fn, "positive", positive, ["known", "novel"]);
  checkOneOf(fn, "precisionRecall", precisionRecall, ["trapezoid", "average-precision"]);
  if (truePositiveRate !== 1) checkOpenUnit(fn, "truePositiveRate", truePositiveRate);
  const level = levelOf(fn, options);
  const n = known.length + novel.length;
  const sign = positive === "known" ? 1 : -1;
  const scores = Float64Array.from({ length: n }, (_, i) =>
    i < known.length ? sign * known[i] : sign * novel[i - known.length],
  );
  const isPositive = Uint8Array.from({ length: n }, (_, i) =>
    Number(i < known.length === (positive === "known")),
  );
  const curve = sweeper(scores, isPositive);
  const curveEstimate = (of: (steps: Steps) => number): Estimate => {
    const weights = new Float64Array(n);
    const statistic = (rows: Int32Array) => {
      weights.fill(0);
      for (const row of rows) weights[row]++;
      return of(curve(weights));
    };
    if (options.interval === false) return pointEstimate(of(curve(weights.fill(1))), level, n);
    return bootstrap(n, statistic, { ...options, resamples, kind: "percentile" });
  };
  const area = precisionRecall === "trapezoid" ? trapezoid : averagePrecision;
  return {
    auroc: aurocEstimate(fn, scores, isPositive, options),
    aupr: curveEstimate(area),
    fpr: curveEstimate((steps) => falsePositiveRate(steps, truePositiveRate)),
  };
}

/** Cumulative weights of positives and negatives after each distinct score, from the highest down. */
interface Steps {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  readonly count: number;
}

/** Sorts once; every resample is then one pass over its row weights. */
function sweeper(scores: Float64Array, isPositive: Uint8Array): (weights: Float64Array) => Steps {
  const order = argsort(scores).reverse();
  const n = scores.length;
  const positives = new Float64Array(n);
  const negatives = new Float64Array(n);
  return (weights) => {
    let count = 0;
    let up = 0;
    let down = 0;
    let seen = false;
    for (let k = 0; k < n; k++) {
      const i = order[k];
      if (weights[i] > 0) seen = true;
      if (isPositive[i]) up += weights[i];
      else down += weights[i];
      if (seen && (k === n - 1 || scores[order[k + 1]] !== scores[i])) {
        positives[count] = up;
        negatives[count++] = down;
        seen = false;
      }
    }
    return { positives, negatives, count };
  };
}

/** Σ (recall step) × precision at its end. NaN without positives. */
function averagePrecision({ positives, negatives, count }: Steps): number {
  const total = positives[count - 1];
  let sum = 0;
  let before = 0;
  for (let s = 0; s < count; s++) {
    sum += ((positives[s] - before) / total) * (positives[s] / (positives[s] + negatives[s]));
    before = positives[s];
  }
  return sum;
}

/** Linear between the points (recall, precision), from (0, 1) on, up to full recall. */
function trapezoid({ positives, negatives, count }: Steps): number {
  const total = positives[count - 1];
  let sum = 0;
  let recall = 0;
  let precision = 1;
  for (let s = 0; s < count; s++) {
    const nextRecall = positives[s] / total;
    const nextPrecision = positives[s] / (positives[s] + negatives[s]);
    sum += ((nextRecall - recall) * (precision + nextPrecision)) / 2;
    recall = nextRecall;
    precision = nextPrecision;
  }
  return sum;
}

function falsePositiveRate({ positives, negatives, count }: Steps, truePositiveRate: number): number {
  const last = count - 1;
  const needed = truePositiveRate * positives[last] * (1 - 1e-12);
  let s = 0;
  while (s < last && positives[s] < needed) s++;
  return negatives[s] / negatives[last];
}
