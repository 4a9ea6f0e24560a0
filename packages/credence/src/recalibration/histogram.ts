import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { type Binning, type BinningOptions, binIndices, binOf, createBinning } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import type { JsonFields } from "../numeric/json.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { emptyLesson } from "./emptyLesson.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";

/** Options of histogram binning: number of bins (default 15), equal width or mass, closed side, as in `ece`. */
export interface HistogramOptions extends FitOptions, BinningOptions {}

/** One value per bin; a bin that held no rows keeps its centre. */
export interface HistogramParameters {
  readonly edges: readonly number[];
  readonly closed: "right" | "left";
  readonly values: readonly number[];
  /** Rows (weight) per bin. */
  readonly counts: readonly number[];
}

const definition: MethodDefinition<HistogramParameters, ArrayLike<number>, Float64Array> = {
  method: "histogram",
  readParameters(fields) {
    const { edges, closed } = readBinning(fields);
    const values = fields.numbers("values", edges.length - 1);
    if (values.some((v) => v < 0 || v > 1)) throw fields.refuse("values", "must be probabilities.");
    return { edges: [...edges], closed, values, counts: fields.numbers("counts", edges.length - 1) };
  },
  predictor: ({ edges, closed, values }) => {
    const binning: Binning = { edges: Float64Array.from(edges), closed };
    return (scores) => {
      checkScores("histogramBinning.predict", scores, "probabilities");
      return mapNumbers(scores, (s) => values[binOf(binning, s)]);
    };
  },
};

/** Histogram binning: every score is replaced by the success rate of its bin (Zadrozny & Elkan 2001). */
export const histogramBinning = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @returns Predictions in [0, 1]; a bin without rows predicts its centre. `status` "one-class" where all outcomes are
   * equal.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range",
   * "unknown-option".
   * @example
   * ```ts
   * import { histogramBinning } from "credence/recalibration";
   * const calibrator = histogramBinning.fit([0.6, 0.7, 0.8, 0.9], [0, 1, 1, 0], { bins: 2 });
   * calibrator.predict([0.1, 0.95]); // → [0.25, 0.5]
   * ```
   */
  fit(
    scores: ArrayLike<number>,
    outcomes: Outcomes,
    options: HistogramOptions = {},
  ): Calibrator<HistogramParameters> {
    const fn = "histogramBinning.fit";
    checkOptions(fn, options);
    checkFitInput(fn, scores, outcomes, "probabilities");
    const weights = checkedWeights(fn, options.weights, scores.length);
    const binning = createBinning(fn, scores, options);
    const bins = binIndices(fn, "scores", scores, binning);
    const { edges, closed } = binning;
    const counts = new Array<number>(edges.length - 1).fill(0);
    const successes = counts.slice();
    for (let i = 0; i < bins.length; i++) {
      const weight = weights ? weights[i] : 1;
      counts[bins[i]] += weight;
      successes[bins[i]] += weight * Number(outcomes[i]);
    }
    const values = counts.map((count, b) =>
      count > 0 ? successes[b] / count : (edges[b] + edges[b + 1]) / 2,
    );
    const parameters = { edges: [...edges], closed, values, counts };
    // Equal scores are nothing special here: their bin gets its rate, the others keep their centres.
    const lesson = emptyLesson(outcomes, weights, false);
    return createCalibrator(
      definition,
      parameters,
      recordFit(fn, scores, outcomes, options),
      lesson?.status,
      lesson?.notes,
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<HistogramParameters> => readCalibrator(definition, json),
};

/** Reads a cut of [0, 1] back. */
export function readBinning(fields: JsonFields): Binning {
  const edges = fields.numbers("edges");
  if (edges.length < 2 || edges[0] !== 0 || edges[edges.length - 1] !== 1)
    throw fields.refuse("edges", "must run from 0 to 1.");
  if (edges.some((edge, i) => i > 0 && !(edge > edges[i - 1])))
    throw fields.refuse("edges", "must ascend strictly.");
  return { edges: Float64Array.from(edges), closed: fields.oneOf("closed", ["right", "left"]) };
}
