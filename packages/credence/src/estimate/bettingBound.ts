import { checkNotEmpty, checkOneOf, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";
import { sortedCopy } from "../numeric/sort.js";
import { mixtureLogCapital } from "./mixtureCapital.js";

/** How to bet. */
export interface BettingOptions {
  /** Probability that the bound fails, in (0, 1). Default 0.05. */
  delta?: number;
  /**
   * "predictable": each stake is set from the values before it (the predictable plug-in of the paper). For values with
   * one common mean.
   * "mixture": capital spread over constant stakes. Blunter, but needs no order and holds for independent values that
   * differ in distribution; the bound is then for the average of their means.
   * Default "predictable".
   */
  bets?: "predictable" | "mixture";
  /**
   * For predictable bets. "shuffled": the values are sorted, then shuffled by `seed`, so that the order of the rows never
   * matters. "given": as they come, which peers do; only for an order that has nothing to do with the values.
   * Default "shuffled".
   */
  order?: "shuffled" | "given";
  /** Seed of the shuffle. Default 0. */
  seed?: number;
}

/**
 * An upper confidence bound for the mean of independent values in [0, 1], by betting against every larger mean: the
 * capital of a gambler who stakes on "the values come out below m" cannot grow beyond 1/δ with probability above δ if
 * the mean is m or more. Needs neither normality nor a known variance, and adapts to it: for 0/1 values near the exact
 * bound, for values that vary little much sharper than Hoeffding's or Bentkus'.
 *
 * For rows in clusters give one value per cluster: it is their number that makes the bound sharp.
 * @param values One per independent unit, each in [0, 1].
 * @returns A number in (0, 1]; 1 where nothing can be said.
 * @throws CredenceError "empty-input", "out-of-range" for a value outside [0, 1] or δ outside (0, 1), "unknown-option".
 * @see Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting", JRSS B 86(1).
 * @example
 * ```ts
 * import { bettingUpperBound } from "credence/estimate";
 * const flawless = new Float64Array(59);
 * bettingUpperBound(flawless, { delta: 0.05 }); // → 0.05
 * ```
 */
export function bettingUpperBound(values: ArrayLike<number>, options: BettingOptions = {}): number {
  checkOptions("bettingUpperBound", options);
  return upperBound("bettingUpperBound", values, options);
}

/** The lower confidence bound that belongs to {@link bettingUpperBound}; 0 where nothing can be said. */
export function bettingLowerBound(values: ArrayLike<number>, options: BettingOptions = {}): number {
  checkOptions("bettingLowerBound", options);
  checkNotEmpty("bettingLowerBound", "values", values);
  checkUnit("bettingLowerBound", values);
  const mirrored = Float64Array.from(values as ArrayLike<number>, (x) => 1 - x);
  return 1 - upperBound("bettingLowerBound", mirrored, options);
}

function upperBound(fn: string, values: ArrayLike<number>, options: BettingOptions): number {
  const { delta = 0.05, bets = "predictable", order = "shuffled", seed = 0 } = options;
  checkNotEmpty(fn, "values", values);
  checkUnit(fn, values);
  checkOpenUnit(fn, "delta", delta);
  checkOneOf(fn, "bets", bets, ["predictable", "mixture"]);
  checkOneOf(fn, "order", order, ["shuffled", "given"]);
  if (bets === "mixture")
    return leastRejected((mean) => mixtureLogCapital(values, (x) => (mean - x) / (1 - mean), delta), delta);
  const sequence = order === "given" ? values : shuffle(createRandom(seed), sortedCopy(values));
  const stakes = predictableStakes(sequence, delta);
  return leastRejected((mean) => predictableLogCapital(sequence, stakes, mean), delta);
}

/** The smallest mean in (0, 1) at which the capital reaches 1/δ; the capital must grow with the mean. */
export function leastRejected(logCapital: (mean: number) => number, delta: number): number {
  const enough = -Math.log(delta);
  let low = 0;
  let high = 1;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (logCapital(middle) >= enough) high = middle;
    else low = middle;
  }
  return high;
}

/** λᵢ = √(2 ln(1/δ) / (n σ̂²ᵢ₋₁)), with mean and variance shrunk towards ½ and ¼ by one pseudo-observation. */
function predictableStakes(values: ArrayLike<number>, delta: number): Float64Array {
  const n = values.length;
  const stakes = new Float64Array(n);
  let sum = 0.5;
  let squares = 0.25;
  for (let i = 0; i < n; i++) {
    stakes[i] = Math.sqrt((-2 * Math.log(delta) * (i + 1)) / (n * squares));
    sum += values[i];
    squares += (values[i] - sum / (i + 2)) ** 2;
  }
  return stakes;
}

/** The largest ln capital on the way: Ville's inequality lets the best moment be taken. */
function predictableLogCapital(values: ArrayLike<number>, stakes: Float64Array, mean: number): number {
  let log = 0;
  let most = 0;
  for (let i = 0; i < values.length && log > -Infinity; i++) {
    log += Math.log1p(Math.max(-1, Math.min(stakes[i], 1 / (1 - mean)) * (mean - values[i])));
    most = Math.max(most, log);
  }
  return most;
}

function checkUnit(fn: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!(values[i] >= 0 && values[i] <= 1))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "values", index: i, value: values[i] },
        "must lie in [0, 1]; divide bounded losses by their bound first.",
      );
}
