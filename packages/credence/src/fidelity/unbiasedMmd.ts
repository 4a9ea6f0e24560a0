import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { combineJackknives, jackknifeInterval } from "../estimate/jackknifeStrata.js";
import { type Stratum, strataSize } from "../estimate/strata.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import { checkSums, type KernelSums, kernelSums, type PairTiles } from "./kernelSums.js";

interface Units {
  /** The unit of each row; null where each is its own. */
  readonly codes: Int32Array | null;
  readonly count: number;
}

/** The units of both samples, of which each needs two. */
function unitsOf(fn: string, strata: readonly [Stratum, Stratum]): readonly [Units, Units] {
  const [real, generated] = strata.map(
    ({ rows, groups }): Units =>
      groups ? groupCodes(fn, groups, { length: rows }, "rows") : { codes: null, count: rows },
  );
  for (const [argument, { count }] of Object.entries({ real, generated }))
    if (count < 2)
      throw new CredenceError(
        "too-few",
        { function: fn, argument },
        "needs at least two independent rows (groups, where there are groups).",
      );
  return [real, generated];
}

/** A squared MMD: the unbiased estimate with its interval, and the biased one. */
export interface MmdOfPairs {
  readonly unbiased: Estimate;
  /** The V-statistic: means over all pairs, a row with itself included. */
  readonly biased: number;
  /** Of the unbiased one; NaN without interval. */
  readonly standardError: number;
  readonly df: number;
}

/**
 * The squared MMD as a U-statistic (pairs of rows of one group are left out, they are not independent) with the
 * delete-one jackknife in closed form: it counts the second-order part of the variance too, twice, so that it stays safe
 * where the distributions are equal and the first-order part vanishes.
 */
export function mmdOfPairs(
  fn: string,
  pairs: PairTiles,
  kernel: (x: number) => number,
  strata: readonly [Stratum, Stratum],
  options: Omit<EstimateOptions, "groups">,
): MmdOfPairs {
  levelOf(fn, options);
  const units = unitsOf(fn, strata);
  const sums = kernelSums(pairs, kernel, units[0].codes, units[1].codes);
  return mmdOfSums(fn, sums, strata, units, options);
}

/** {@link mmdOfPairs} from the sums of the kernel, where every row is independent. */
export function mmdOfIndependentSums(
  fn: string,
  sums: KernelSums,
  options: Omit<EstimateOptions, "groups">,
): MmdOfPairs {
  checkSums(fn, sums);
  const strata = [{ rows: sums.real.length }, { rows: sums.generated.length }] as const;
  return mmdOfSums(fn, sums, strata, unitsOf(fn, strata), options);
}

function mmdOfSums(
  fn: string,
  sums: KernelSums,
  strata: readonly [Stratum, Stratum],
  units: readonly [Units, Units],
  options: Omit<EstimateOptions, "groups">,
): MmdOfPairs {
  const level = levelOf(fn, options);
  const [n, m] = strata.map(({ rows }) => rows);
  const cross = total(sums.realToGenerated) / (n * m);
  const real = side(sums.real, sums.realToGenerated, units[0]);
  const generated = side(sums.generated, sums.generatedToReal, units[1]);
  const value = real.mean + generated.mean - 2 * cross;
  const biased = sums.allReal / n ** 2 + sums.allGenerated / m ** 2 - 2 * cross;
  if (options.interval === false)
    return {
      unbiased: pointEstimate(value, level, n + m),
      biased,
      standardError: Number.NaN,
      df: Number.NaN,
    };
  const found = combineJackknives({
    value,
    byStratum: [leaveOuts(real, generated.mean, n, m), leaveOuts(generated, real.mean, m, n)],
  });
  return {
    unbiased: {
      value,
      // With two units nothing is left to pair once one is left out: then it says nothing.
      interval: jackknifeInterval(found, level),
      level,
      method: strata.some(({ groups }) => groups) ? "cluster-jackknife" : "jackknife",
      ...strataSize(
        strata,
        units.map(({ count }) => count),
      ),
    },
    biased,
    standardError: found.standardError,
    df: found.df,
  };
}

/** One sample's part of the statistic, added up by unit. */
interface Side {
  readonly mean: number;
  readonly pairs: number;
  readonly within: Float64Array;
  readonly across: Float64Array;
  readonly sizes: Float64Array;
}

function side(within: Float64Array, across: Float64Array, { codes, count }: Units): Side {
  const n = within.length;
  const byUnit = {
    within: new Float64Array(count),
    across: new Float64Array(count),
    sizes: new Float64Array(count),
  };
  for (let i = 0; i < n; i++) {
    const unit = codes ? codes[i] : i;
    byUnit.within[unit] += within[i];
    byUnit.across[unit] += across[i];
    byUnit.sizes[unit]++;
  }
  let pairs = n * n;
  for (const size of byUnit.sizes) pairs -= size * size;
  return { ...byUnit, pairs, mean: total(within) / pairs };
}

/** The statistic without each unit of one side in turn. */
function leaveOuts(
  { within, across, sizes, pairs }: Side,
  otherMean: number,
  n: number,
  m: number,
): Float64Array {
  const sum = total(within);
  const cross = total(across);
  return sizes.map((size, unit) => {
    const rest = pairs - 2 * size * (n - size);
    return (sum - 2 * within[unit]) / rest + otherMean - (2 * (cross - across[unit])) / ((n - size) * m);
  });
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum;
}
