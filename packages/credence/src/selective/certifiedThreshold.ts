import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { fixedSequenceTest } from "../estimate/fixedSequence.js";
import { proportionEstimate } from "../estimate/proportion.js";
import { checkDisjoint, type RowsUsed } from "../estimate/split.js";
import { checkOpenUnit, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createTally, type Tally } from "./clusterTally.js";
import { type ConfidenceLevels, confidenceLevels } from "./confidenceLevels.js";
import { labelsNeeded } from "./labelsNeeded.js";
import { certificateFor } from "./riskCertificate.js";
import { certificateInWords, refusalInWords, type TestedThreshold } from "./thresholdInWords.js";
import {
  defaultSequence,
  fixedSequence,
  type ThresholdSequence,
  tunedSequence,
} from "./thresholdSequence.js";

/** Rows, other than those that certify, from which grid and start are learnt. */
export interface TuningPart {
  readonly confidences: ArrayLike<number>;
  readonly outcomes: Outcomes;
  /** Which part of which split they are. */
  readonly rows?: RowsUsed;
}

/** Options of {@link certifiedThreshold}. */
export interface CertifiedThresholdOptions extends EstimateOptions {
  /** The risk that must not be exceeded: the largest tolerable share of wrong answers among those given, in (0, 1). */
  risk: number;
  /** Probability with which the promise may fail, over the draw of the labelled rows, in (0, 1). Default 0.05. */
  delta?: number;
  /** A cluster id per row; the promise then holds for rows that are alike within groups. Default: independent rows. */
  groups?: Groups;
  /** The most rows a group can have, where that is known beforehand. Default: the largest group seen. */
  maxGroupSize?: number;
  /** Thresholds to try, fixed **before** seeing the rows. Default: hundredths, and finer towards 1. */
  grid?: ArrayLike<number>;
  /** Where on the grid walks start; δ is shared among them equally. Default with `grid`: its top; see the remarks. */
  starts?: ArrayLike<number>;
  /** Learn grid and start from these rows instead, which must be others than the certifying ones. */
  tuning?: TuningPart;
  /** Which part of which split the rows are. */
  rows?: RowsUsed;
  /** What the calibrator (or anything else that made the confidences) was fitted on; needs `rows`, and must not overlap. */
  fittedOn?: RowsUsed | readonly RowsUsed[];
}

/** What {@link certifiedThreshold} found. */
export interface CertifiedThreshold {
  /** Whether there is a threshold that keeps the promise. */
  readonly certified: boolean;
  /** Give answers with at least this confidence; null where none could be certified (give none). */
  readonly threshold: number | null;
  /** The promise: selective risk ≤ `target` with probability ≥ 1 − `delta`. */
  readonly target: number;
  readonly delta: number;
  /** Upper confidence bound for the risk at this threshold taken alone; at most `target`. Null without a threshold. */
  readonly bound: number | null;
  /** Share of rows that are answered at the threshold; 0, without an interval, where there is none. */
  readonly coverage: Estimate;
  /** Observed risk among them, with a two-sided interval. Null without a threshold. */
  readonly risk: Estimate | null;
  /** "clopper-pearson" for independent rows, "betting" for groups. */
  readonly method: "clopper-pearson" | "betting";
  /** In words. */
  readonly reason: string;
  /** Without a threshold: about how many labelled rows would be needed for one (power 80 %); null where no number would do. */
  readonly labelsNeeded: number | null;
  /** Every threshold that was tested, in order. */
  readonly tested: readonly TestedThreshold[];
  readonly n: number;
  readonly groups?: number;
  /** Which rows certified, where the caller said so. */
  readonly rows?: RowsUsed;
}

/**
 * The smallest confidence from which answers may be given without review: with probability at least 1 − δ over the
 * labelled rows, no more than a share `risk` of all future answers above it will be wrong.
 *
 * **How.** Thresholds are tested downwards in an order fixed in advance (Learn then Test, Angelopoulos et al. 2021), each
 * by a p-value of "the risk exceeds the target" that is valid in any finite sample; the first that fails ends the walk, so
 * that no correction for the many thresholds is needed. Starting at the very top certifies nothing (a risk of 5 % at
 * δ = 5 % takes 59 flawless answers), so by default walks start at eight places between 1 − risk/500 and 1 − 5·risk, which
 * share δ unequally (Wiens' fallback procedure). With a `tuning` part there is one start, where that part speaks most
 * clearly, and it has all of δ.
 *
 * **What is promised for groups.** The risk is E[wrong answers given]/E[answers given], over groups drawn like those seen:
 * a large group counts as its rows do. Each group is one bet (Waudby-Smith & Ramdas 2024) whose size is bounded by the
 * largest group. The promise is exact for independent groups if `maxGroupSize` was known beforehand; with the largest
 * group seen it is exact given the sizes seen, for the average risk over groups of these sizes. It is the number of
 * groups that counts, not that of rows: rows treated as independent when they are not certify what is not true.
 *
 * The rows must not have been used for fitting: hand over `rows` and `fittedOn` to have that checked.
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError "rows-overlap" where the rows were fitted or tuned on, or nobody can tell; "empty-input",
 *   "length-mismatch", "not-a-probability", "not-finite", "not-binary", "out-of-range".
 * @example
 * ```ts
 * import { certifiedThreshold } from "credence/selective";
 * const confidences = Array.from({ length: 1000 }, (_, i) => i / 1000);
 * const outcomes = confidences.map((confidence) => confidence >= 0.5);
 * const { certified, threshold, bound } = certifiedThreshold(confidences, outcomes, { risk: 0.05 });
 * certified; // → true
 * threshold; // → 0.49
 * bound; // → 0.0438
 * ```
 */
export function certifiedThreshold(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: CertifiedThresholdOptions = {} as CertifiedThresholdOptions, // a forgotten risk is then named by its check
): CertifiedThreshold {
  const fn = "certifiedThreshold";
  checkOptions(fn, options);
  const { risk: target, delta = 0.05, groups, rows } = options;
  checkOpenUnit(fn, "risk", target);
  checkOpenUnit(fn, "delta", delta);
  const level = levelOf(fn, options);
  checkRowsUnused(fn, options);
  const levels = confidenceLevels(fn, confidences, outcomes);
  const coded = groups ? groupCodes(fn, groups, confidences) : null;
  const certificate = certificateFor(fn, coded, options.maxGroupSize, delta);
  const { thresholds, shares } = chooseSequence(fn, target, options);

  const walk = walkDown(levels, outcomes, createTally(coded));
  const counted: Omit<TestedThreshold, "budget" | "certified">[] = [];
  let tooRisky = true;
  const pValue = (i: number) => {
    const tally = walk(thresholds[i]);
    const p = certificate.pValue(tally, target);
    // What no interval reaches down to the target stays out of reach with more labels.
    if (tally.accepted > 0 && tally.riskInterval(level)[0] <= target) tooRisky = false;
    counted.push({ threshold: thresholds[i], accepted: tally.accepted, errors: tally.errors, pValue: p });
    return p;
  };
  const budgets = shares.map((share) => share * delta);
  const steps = fixedSequenceTest(pValue, budgets).filter((step) => step.budget > 0);
  const tested = counted.map((count, k) => ({
    ...count,
    budget: steps[k].budget,
    certified: steps[k].rejected,
  }));

  const best = tested.findLast((step) => step.certified);
  const common = {
    target,
    delta,
    method: certificate.method,
    tested,
    n: levels.n,
    ...(coded && { groups: coded.count }),
    ...(rows && { rows }),
  };
  if (!best) {
    const needed = labelsNeeded(
      levels,
      outcomes,
      coded,
      { thresholds, shares, target, delta },
      certificate.method,
    );
    return {
      ...common,
      certified: false,
      threshold: null,
      bound: null,
      coverage: pointEstimate(0, level, levels.n),
      risk: null,
      reason: refusalInWords(
        tested,
        needed,
        target,
        delta,
        coded !== null,
        tooRisky && tested.some((step) => step.accepted > 0),
      ),
      labelsNeeded: needed,
    };
  }
  const tally = walkDown(levels, outcomes, createTally(coded))(best.threshold);
  return {
    ...common,
    certified: true,
    threshold: best.threshold,
    bound: certificate.upperBound(tally, best.budget),
    coverage: proportionEstimate(
      Uint8Array.from({ length: levels.n }, (_, i) => Number(confidences[i] >= best.threshold)),
      { groups, level, interval: options.interval },
    ),
    risk: {
      value: tally.errors / tally.accepted,
      interval: options.interval === false ? null : tally.riskInterval(level),
      level,
      method: options.interval === false ? "none" : coded ? "cluster-clopper-pearson" : "clopper-pearson",
      n: tally.accepted,
      ...(coded && { groups: tally.groupCount() }),
    },
    reason: certificateInWords(best, levels.n, target, delta),
    labelsNeeded: null,
  };
}

/** Accepts rows from the most confident down to a threshold; each call may only go further down. */
function walkDown(
  { order, counts, confidences }: ConfidenceLevels,
  outcomes: Outcomes,
  tally: Tally,
): (threshold: number) => Tally {
  let level = 0;
  return (threshold) => {
    for (; level < counts.length && confidences[level] >= threshold; level++)
      for (const end = tally.accepted + counts[level]; tally.accepted < end; )
        tally.add(order[tally.accepted], 1 - Number(outcomes[order[tally.accepted]]));
    return tally;
  };
}

function chooseSequence(fn: string, risk: number, options: CertifiedThresholdOptions): ThresholdSequence {
  const { grid, starts, tuning } = options;
  if (tuning && (grid || starts))
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "tuning" },
      "cannot be combined with grid or starts: either they are fixed in advance, or they are learnt.",
    );
  if (tuning) {
    checkScored(fn, tuning.confidences, tuning.outcomes, "tuning.confidences");
    return tunedSequence(confidenceLevels(fn, tuning.confidences, tuning.outcomes), tuning.confidences, risk);
  }
  if (grid) return fixedSequence(fn, grid, starts);
  const byDefault = defaultSequence(risk);
  return starts ? fixedSequence(fn, byDefault.thresholds, starts) : byDefault;
}

function checkRowsUnused(fn: string, { rows, fittedOn, tuning }: CertifiedThresholdOptions): void {
  const before = [fittedOn ?? [], tuning?.rows ?? []].flat() as RowsUsed[];
  if (before.length > 0 && !rows)
    throw new CredenceError(
      "rows-overlap",
      { function: fn, argument: "rows" },
      'is missing, so nobody can tell whether these rows were fitted on; pass the part of the split they are, e.g. "rows: split.certify.rows".',
    );
  for (const used of before) checkDisjoint(fn, "rows", rows!, used);
}
