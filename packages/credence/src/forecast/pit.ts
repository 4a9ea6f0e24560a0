import { checkFinite, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { normalCdf } from "../numeric/special.js";
import { requireThat } from "./rowScores.js";

/** Normal forecasts, one mean and standard deviation (> 0) per row. */
export interface GaussianForecasts {
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
}

/** Any forecast distribution, by its distribution function. */
export interface CdfForecasts {
  /** P(Y ≤ y) by the forecast of a row. */
  readonly cdf: (row: number, y: number) => number;
  /** P(Y < y), for distributions with atoms (counts): the transform is then randomised between the two. */
  readonly below?: (row: number, y: number) => number;
}

/** Forecast distributions: normal, by distribution function, or ensembles (rows × members). */
export type Forecasts = GaussianForecasts | CdfForecasts | Matrix;

/** Options of {@link pit}. */
export interface PitOptions {
  /** Seed of the randomisation of counts and ensembles. Default 0. */
  seed?: number;
}

/**
 * Probability integral transform: the forecast's distribution function at the observation. Uniform on [0, 1] if and
 * only if the forecasts are (probabilistically) calibrated. Atoms are randomised: F(y−) + v (F(y) − F(y−)); for
 * ensembles of m members (rank + v)/(m + 1), ties at random.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "not-a-probability".
 * @see Dawid 1984; Gneiting, Balabdaoui & Raftery 2007; Czado, Gneiting & Held 2009.
 * @example
 * ```ts
 * import { pit } from "credence/forecast";
 * Array.from(pit({ mean: [0, 0], sd: [1, 1] }, [0, 1])); // → [0.5, 0.8413]
 * ```
 */
export function pit(
  forecasts: Forecasts,
  observed: ArrayLike<number>,
  options: PitOptions = {},
): Float64Array {
  const fn = "pit";
  checkOptions(fn, options);
  checkNotEmpty(fn, "observed", observed);
  checkFinite(fn, "observed", observed);
  const random = createRandom(options.seed ?? 0);
  const n = observed.length;
  const transform = (of: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => of(i));
  if (typeof forecasts !== "object" || forecasts === null)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "forecasts", value: forecasts },
      "forecasts are { mean, sd }, { cdf } or a matrix of ensemble members.",
    );
  if ("cdf" in forecasts) {
    const { cdf, below } = forecasts;
    return transform((i) => {
      const top = probability(fn, i, cdf(i, observed[i]));
      if (!below) return top;
      const bottom = probability(fn, i, below(i, observed[i]));
      return bottom + random.uniform() * (top - bottom);
    });
  }
  if ("columns" in forecasts) {
    checkMatrix(fn, "forecasts", forecasts);
    const { data, rows, columns } = forecasts;
    checkSameLength(fn, "observed", observed, "rows of forecasts", { length: rows });
    checkFinite(fn, "forecasts", data);
    return transform((i) => {
      let less = 0;
      let equal = 0;
      for (let j = i * columns; j < (i + 1) * columns; j++) {
        if (data[j] < observed[i]) less++;
        else if (data[j] === observed[i]) equal++;
      }
      return (less + random.uniform() * (equal + 1)) / (columns + 1);
    });
  }
  const { mean, sd } = forecasts;
  checkSameLength(fn, "mean", mean, "observed", observed);
  checkSameLength(fn, "sd", sd, "observed", observed);
  checkFinite(fn, "mean", mean);
  return transform((i) => {
    requireThat(fn, `sd[${i}]`, sd[i], sd[i] > 0 && sd[i] < Infinity, "must be positive and finite.");
    return normalCdf((observed[i] - mean[i]) / sd[i]);
  });
}

function probability(fn: string, index: number, value: number): number {
  if (!(value >= 0 && value <= 1))
    throw new CredenceError(
      "not-a-probability",
      { function: fn, argument: "forecasts.cdf", index, value },
      "a distribution function lies in [0, 1].",
    );
  return value;
}
