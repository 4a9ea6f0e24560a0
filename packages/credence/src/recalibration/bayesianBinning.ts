import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { type Binning, binOf, equalMassEdges } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { mapNumbers, takeNumbers } from "../numeric/mapNumbers.js";
import { argsort } from "../numeric/sort.js";
import { logGamma } from "../numeric/special.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { readBinning } from "./histogram.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";

/** One histogram of the average. */
export interface WeightedHistogram {
  /** Posterior weight; the weights of all histograms sum to 1. */
  readonly weight: number;
  readonly edges: readonly number[];
  readonly closed: "right" | "left";
  /** Posterior mean success rate of each bin. */
  readonly values: readonly number[];
}

/** Histograms with their posterior weights. */
export interface BayesianBinningParameters {
  readonly histograms: readonly WeightedHistogram[];
}

/** Histograms with less than this share of the best one's posterior are left out. */
const NEGLIGIBLE = 1e-6;

const definition: MethodDefinition<BayesianBinningParameters, ArrayLike<number>, Float64Array> = {
  method: "bayesian-binning",
  readParameters(fields) {
    const histograms = fields.list("histograms").map((histogram) => {
      const { edges, closed } = readBinning(histogram);
      const values = histogram.numbers("values", edges.length - 1);
      if (values.some((v) => v < 0 || v > 1)) throw histogram.refuse("values", "must be probabilities.");
      return { weight: histogram.number("weight"), edges: [...edges], closed, values };
    });
    const total = histograms.reduce((sum, { weight }) => sum + weight, 0);
    if (histograms.some(({ weight }) => weight < 0) || Math.abs(total - 1) > 1e-9)
      throw fields.refuse("histograms", "must carry non-negative weights that sum to 1.");
    return { histograms };
  },
  predictor: ({ histograms }) => {
    const models = histograms.map(({ weight, edges, closed, values }) => ({
      weight,
      values,
      binning: { edges: Float64Array.from(edges), closed } satisfies Binning,
    }));
    return (scores) => {
      checkScores("bayesianBinning.predict", scores, "probabilities");
      return mapNumbers(scores, (s) => {
        let sum = 0;
        for (const { weight, values, binning } of models) sum += weight * values[binOf(binning, s)];
        return Math.min(sum, 1); // against rounding
      });
    };
  },
};

/**
 * Bayesian binning into quantiles (BBQ; Naeini, Cooper & Hauskrecht 2015): the average of equal-mass histograms with
 * n^⅓/10 to 10·n^⅓ bins, weighted by their marginal likelihood under beta priors centred on each bin's middle, of
 * total strength 2.
 */
export const bayesianBinning = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { bayesianBinning } from "credence/recalibration";
   * const scores = Array.from({ length: 1000 }, (_, i) => i / 1000);
   * const calibrator = bayesianBinning.fit(scores, scores.map((s) => s > 0.5));
   * calibrator.predict([0.1, 0.9]); // → [0.0, 1.0]
   * ```
   */
  fit(
    scores: ArrayLike<number>,
    outcomes: Outcomes,
    options: FitOptions = {},
  ): Calibrator<BayesianBinningParameters> {
    const fn = "bayesianBinning.fit";
    checkOptions(fn, options);
    checkFitInput(fn, scores, outcomes, "probabilities");
    const weights = checkedWeights(fn, options.weights, scores.length);
    const histograms = weightedHistograms(scores, outcomes, weights);
    return createCalibrator(definition, { histograms }, recordFit(fn, scores, outcomes, options));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<BayesianBinningParameters> => readCalibrator(definition, json),
};

function weightedHistograms(
  scores: ArrayLike<number>,
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
): WeightedHistogram[] {
  const order = argsort(scores);
  const n = order.length;
  const sorted = takeNumbers(scores, order);
  const totals = new Float64Array(n + 1); // cumulative weight, and of the successes
  const successes = new Float64Array(n + 1);
  order.forEach((i, rank) => {
    const weight = weights ? weights[i] : 1;
    totals[rank + 1] = totals[rank] + weight;
    successes[rank + 1] = successes[rank] + weight * Number(outcomes[i]);
  });
  const root = Math.cbrt(n);
  const models: { score: number; edges: number[]; values: number[] }[] = [];
  let best = -Infinity;
  for (let bins = Math.max(1, Math.floor(root / 10)); bins <= Math.min(Math.ceil(10 * root), n); bins++) {
    const edges = [...equalMassEdges(sorted, bins, "right")];
    // Ties may merge edges; a model seen before would count twice.
    if (models.length > 0 && models[models.length - 1].edges.length >= edges.length) continue;
    const { score, values } = histogramPosterior(edges, sorted, totals, successes);
    best = Math.max(best, score);
    models.push({ score, edges, values });
  }
  const kept = models.filter(({ score }) => Math.exp(score - best) >= NEGLIGIBLE);
  const total = kept.reduce((sum, { score }) => sum + Math.exp(score - best), 0);
  return kept.map(({ score, edges, values }) => ({
    weight: Math.exp(score - best) / total,
    edges,
    closed: "right",
    values,
  }));
}

/** Log marginal likelihood of one histogram, and its bins' posterior means. */
function histogramPosterior(
  edges: readonly number[],
  sorted: Float64Array,
  totals: Float64Array,
  successes: Float64Array,
): { score: number; values: number[] } {
  const bins = edges.length - 1;
  const prior = 2 / bins;
  const values: number[] = [];
  let score = 0;
  let from = 0;
  for (let b = 0; b < bins; b++) {
    const to = b === bins - 1 ? sorted.length : countUpTo(sorted, edges[b + 1]);
    const middle = (edges[b] + edges[b + 1]) / 2;
    const alpha = prior * middle;
    const beta = prior * (1 - middle);
    const hits = successes[to] - successes[from];
    const total = totals[to] - totals[from];
    const misses = Math.max(0, total - hits); // against rounding of weights
    score +=
      logGamma(prior) -
      logGamma(total + prior) +
      logGamma(hits + alpha) -
      logGamma(alpha) +
      logGamma(misses + beta) -
      logGamma(beta);
    values.push((hits + alpha) / (hits + misses + prior));
    from = to;
  }
  return { score, values };
}

/** How many of the ascending values are at most `limit`. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
