import { type Estimate, levelOf } from "../estimate/estimate.js";
import { jackknifeInterval } from "../estimate/jackknifeStrata.js";
import type { Stratum } from "../estimate/strata.js";
import { checkOptions } from "../numeric/check.js";
import { expBelow, expTable } from "../numeric/exp.js";
import type { Matrix } from "../numeric/matrix.js";
import { squaredDistances } from "../numeric/tiles.js";
import {
  checkGrams,
  type Grams,
  type KernelSums,
  type PairTiles,
  squaresOfGrams,
  tilesOfRows,
} from "./kernelSums.js";
import { requirePositive } from "./require.js";
import { checkedSamples, type FidelityOptions } from "./samples.js";
import { type MmdOfPairs, mmdOfIndependentSums, mmdOfPairs } from "./unbiasedMmd.js";

const fn = "cmmd";

/** Options of {@link cmmd}. */
export interface CmmdOptions extends FidelityOptions {
  /** Bandwidth of the Gaussian kernel. Default 10. */
  sigma?: number;
  /** What the squared discrepancy is multiplied by. Default 1000. */
  scale?: number;
}

/** The published (biased) value with what is known of its bias. */
export interface Cmmd extends Estimate {
  /** The unbiased U-statistic: what `interval` is centred on; may be negative. */
  readonly corrected: number;
}

/**
 * CMMD (where the features are CLIP embeddings): 1000 × the squared maximum mean discrepancy with a Gaussian kernel of
 * bandwidth 10. `value` is the biased V-statistic that is published, above 0 even at equality; the interval is around
 * the unbiased one.
 * @throws CredenceError as {@link kernelDistance}.
 * @see Jayasumana et al. 2024.
 * @example
 * ```ts
 * import { cmmd } from "credence/fidelity";
 * const sample = { data: [0, 1], rows: 2, columns: 1 };
 * cmmd(sample, sample).value; // → 0
 * ```
 */
export function cmmd(real: Matrix, generated: Matrix, options: CmmdOptions = {}): Cmmd {
  checkOptions("cmmd", options);
  const samples = checkedSamples(fn, real, generated, options);
  return cmmdOfPairs(tilesOfRows(samples.real, samples.generated, squaredDistances), samples.strata, options);
}

/** {@link cmmd} from Gram matrices made elsewhere: of rows less a common centre, where float32 is to be exact enough. */
export function cmmdFromGrams(grams: Grams, options: Omit<CmmdOptions, "dropNonFinite"> = {}): Cmmd {
  checkOptions("cmmdFromGrams", options);
  checkGrams("cmmdFromGrams", grams);
  const { groups = {} } = options;
  return cmmdOfPairs(
    squaresOfGrams(grams),
    [
      { rows: grams.real.rows, groups: groups.real },
      { rows: grams.generated.rows, groups: groups.generated },
    ],
    options,
  );
}

/** {@link cmmd} from the sums of the Gaussian kernel made elsewhere, where every row is independent. */
export function cmmdFromSums(
  sums: KernelSums,
  options: Pick<CmmdOptions, "scale" | "level" | "interval"> = {},
): Cmmd {
  checkOptions("cmmdFromSums", options);
  return scaled(mmdOfIndependentSums("cmmdFromSums", sums, options), options);
}

/** γ of the kernel exp(−γ ‖x − y‖²). */
export function gaussianRate({ sigma = 10 }: Pick<CmmdOptions, "sigma">): number {
  requirePositive(fn, "sigma", sigma);
  return 1 / (2 * sigma * sigma);
}

/** @param pairs Squared distances. */
function cmmdOfPairs(pairs: PairTiles, strata: readonly [Stratum, Stratum], options: CmmdOptions): Cmmd {
  const { groups: _, ...rest } = options;
  const gamma = gaussianRate(options);
  const powers = expTable();
  const kernel = (square: number) => expBelow(powers, -gamma * square);
  return scaled(mmdOfPairs(fn, pairs, kernel, strata, rest), options);
}

function scaled(mmd: MmdOfPairs, options: Pick<CmmdOptions, "scale" | "level" | "interval">): Cmmd {
  const { scale = 1000 } = options;
  requirePositive(fn, "scale", scale);
  const { unbiased, biased, standardError, df } = mmd;
  const level = levelOf(fn, options);
  const corrected = scale * unbiased.value;
  if (options.interval === false) return { ...unbiased, value: scale * biased, corrected };
  const spread = { value: corrected, corrected, standardError: scale * standardError, df };
  return { ...unbiased, value: scale * biased, interval: jackknifeInterval(spread, level), corrected };
}
