import { bernoulliDivergence } from "../estimate/riskPValue.js";
import { checkProbabilities } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { quantileSorted } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";
import type { ConfidenceLevels } from "./confidenceLevels.js";

/** Thresholds in the order in which they are tested, and where the walk may start. */
export interface ThresholdSequence {
  /** Descending. */
  readonly thresholds: Float64Array;
  /** The share of δ that is available at each threshold to start a walk; they sum to 1. */
  readonly shares: Float64Array;
}

/**
 * Where walks start by default, in units of the risk r below 1, and their shares of δ. A calibrated confidence c errs at
 * 1 − c, so thresholds at 1 − r/3 … 1 − r are where a certificate is likely to begin; the far ends are for models that are
 * over- or underconfident. Chosen by simulation over nine families of models, 300 to 4 000 rows and risks of 2–20 %.
 */
const STARTS = [
  { below: 0.002, share: 0.03 },
  { below: 0.02, share: 0.07 },
  { below: 0.1, share: 0.15 },
  { below: 0.3, share: 0.2 },
  { below: 0.6, share: 0.2 },
  { below: 1, share: 0.2 },
  { below: 2, share: 0.1 },
  { below: 5, share: 0.05 },
];

/** The sequence used where the caller fixes none: hundredths, and 1 − 1, 2, 5 · 10⁻ᵏ towards 1. Needs no data. */
export function defaultSequence(risk: number): ThresholdSequence {
  const near = [6, 5, 4, 3].flatMap((k) => [1, 2, 5].map((digit) => 1 - digit * 10 ** -k));
  const hundredths = Array.from({ length: 101 }, (_, i) => i / 100);
  const starts = STARTS.map(({ below, share }) => ({ at: Math.max(0, 1 - below * risk), share }));
  return sequence([...near, ...hundredths, ...starts.map((start) => start.at)], starts);
}

/** A sequence fixed by the caller: a walk starts at the first threshold that is at most each start, δ shared equally. */
export function fixedSequence(
  fn: string,
  grid: ArrayLike<number>,
  starts: ArrayLike<number> | undefined,
): ThresholdSequence {
  checkProbabilities(fn, "grid", grid);
  if (starts) checkProbabilities(fn, "starts", starts);
  const lowest = sortedCopy(grid)[0];
  const first = starts ?? [1];
  for (let j = 0; j < first.length; j++)
    if (!(first[j] >= lowest))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "starts", index: j, value: first[j] },
        `lies below every threshold of the grid (the lowest is ${lowest}); a walk cannot start there.`,
      );
  return sequence(
    Array.from(grid as ArrayLike<number>),
    Array.from(first as ArrayLike<number>, (at) => ({ at, share: 1 / first.length })),
  );
}

/**
 * A sequence learnt from a tuning part: a hundred quantiles of its confidences, one start with the whole of δ, where the
 * tuning rows speak most clearly for a risk below the target.
 */
export function tunedSequence(
  tuning: ConfidenceLevels,
  confidences: ArrayLike<number>,
  risk: number,
): ThresholdSequence {
  const sorted = sortedCopy(confidences);
  const grid = Array.from({ length: 101 }, (_, i) => quantileSorted(sorted, i / 100));
  let at = tuning.confidences[0];
  let clearest = -Infinity;
  let accepted = 0;
  let errors = 0;
  tuning.confidences.forEach((threshold, l) => {
    accepted += tuning.counts[l];
    errors += tuning.errors[l];
    const rate = (errors + 0.5) / (accepted + 1); // flawless, but few, is not yet clear
    const evidence = Math.sign(risk - rate) * accepted * bernoulliDivergence(rate, risk);
    if (evidence > clearest) {
      clearest = evidence;
      at = threshold;
    }
  });
  return sequence([...grid, at], [{ at, share: 1 }]);
}

function sequence(
  grid: readonly number[],
  starts: readonly { readonly at: number; readonly share: number }[],
): ThresholdSequence {
  const thresholds = Float64Array.from(new Set(grid)).sort().reverse();
  const shares = new Float64Array(thresholds.length);
  for (const { at, share } of starts) shares[thresholds.findIndex((threshold) => threshold <= at)] += share;
  return { thresholds, shares };
}
