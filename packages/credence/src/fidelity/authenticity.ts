import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import type { Stratum } from "../estimate/strata.js";
import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { nearestNeighbours } from "../numeric/neighbours.js";
import { mean } from "../numeric/quantile.js";
import { membership, neighboursForHalves, radiusOf } from "./balls.js";
import {
  checkedSample,
  checkedSamples,
  checkNeighbourCount,
  checkSameFeatures,
  type ResamplingOptions,
} from "./samples.js";

/** Options of {@link authenticity}. */
export interface AuthenticityOptions extends ResamplingOptions {
  /** Real rows the model was not trained on: what new data would score. */
  heldOut?: Matrix;
}

/** Authenticity with its baseline. */
export interface Authenticity extends Estimate {
  /** The same of the held-out rows; null without them. */
  readonly baseline: Estimate | null;
}

/**
 * Authenticity: the share of generated rows that are no copy, that is, farther from their nearest training row than that
 * row is from its nearest other one. Even new real data scores only about ½ or so: compare with `baseline`; well below
 * it the model memorises.
 *
 * Intervals are from half samples, around the expected value at these sample sizes.
 * @param training The rows the model was trained on.
 * @param options `groups.real` belongs to the training rows.
 * @throws CredenceError as {@link prdc}.
 * @see Alaa et al. 2022. Its reference implementation looks up training distances by the index of a generated row; here
 *   each generated row is compared with its own nearest training row, as the paper defines it.
 * @example
 * ```ts
 * import { authenticity } from "credence/fidelity";
 * const training = { data: [0, 1, 5, 7], rows: 4, columns: 1 };
 * const generated = { data: [0.1, 9.5], rows: 2, columns: 1 };
 * authenticity(training, generated, { interval: false }).value; // → 0.5
 * ```
 */
export function authenticity(
  training: Matrix,
  generated: Matrix,
  options: AuthenticityOptions = {},
): Authenticity {
  const fn = "authenticity";
  checkOptions(fn, options);
  const { heldOut, dropNonFinite = false } = options;
  const samples = checkedSamples(fn, training, generated, options);
  checkNeighbourCount(fn, "training", samples.real.rows, 1);
  const estimate = authenticShare(samples.real, samples.generated, samples.strata, options);
  if (!heldOut) return { ...estimate, baseline: null };
  const { matrix, stratum } = checkedSample(fn, "heldOut", heldOut, undefined, dropNonFinite);
  checkSameFeatures(fn, "heldOut", matrix, "training", samples.real);
  return {
    ...estimate,
    baseline: authenticShare(samples.real, matrix, [samples.strata[0], stratum], options),
  };
}

function authenticShare(
  training: Matrix,
  queries: Matrix,
  strata: readonly [Stratum, Stratum],
  options: ResamplingOptions,
): Estimate {
  const kept = options.interval === false ? 1 : neighboursForHalves(1, training.rows);
  const own = nearestNeighbours(training, kept);
  const toTraining = nearestNeighbours(training, kept, queries);
  const [estimate] = halfSampleStrata(
    strata,
    ([trainingRows, rows]) => {
      const chosen =
        trainingRows.length === training.rows ? undefined : membership(trainingRows, training.rows);
      const authentic = rows.map((row) => {
        let at = row * kept;
        while (chosen && at < (row + 1) * kept - 1 && !chosen[toTraining.indices[at]]) at++;
        return radiusOf(own, toTraining.indices[at], 1, chosen) < toTraining.distances[at] ? 1 : 0;
      });
      return [mean(authentic)];
    },
    { ...options, resamples: options.resamples ?? 200 },
  );
  return estimate;
}
