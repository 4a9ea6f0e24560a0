import { sidakLevel } from "../estimate/simultaneous.js";
import { checkCount, checkFields, checkOneOf, checkOpenUnit } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { normalQuantile } from "../numeric/special.js";
import { acceptedForRisk, groupsForRisk } from "./labelsForRisk.js";

/** Rows in groups: pages, users, documents. */
export interface GroupPlan {
  /** Mean number of rows of a group. Default 1: independent rows. */
  groupSize?: number;
  /** The most rows of a group. Default `groupSize`. */
  maxGroupSize?: number;
  /**
   * By how much groups inflate the variance (`designEffect` of earlier data gives it). Default `groupSize`, the worst:
   * rows of a group are all right or all wrong together.
   */
  designEffect?: number;
}

/** "From some threshold on, at most a share `risk` of the answers is wrong, with probability 1 − delta." */
export interface RiskPlan extends GroupPlan {
  claim: "risk";
  /** The risk to be certified, in (0, 1). */
  risk: number;
  /** Probability that the certificate fails. Default 0.05. */
  delta?: number;
  /** The risk you expect at the threshold; below `risk`. */
  expectedRisk: number;
  /** The share of rows you expect above the threshold, in (0, 1]. Default 1. */
  coverage?: number;
  /** Probability with which the labels shall suffice if the expectation is right. Default 0.8. */
  power?: number;
  /** The share of δ the threshold is tested with: 1 with a tuning part, about 0.2 with the default starts. Default 1. */
  share?: number;
}

/** "The accuracy (or any other share) is known to ± halfWidth." */
export interface ProportionPlan extends GroupPlan {
  claim: "proportion";
  /** Half the width of the interval, in (0, ½). */
  halfWidth: number;
  /** The share you expect; ½ is the worst. Default 0.5. */
  expected?: number;
  /** Slices of equal size whose intervals shall all hold together. Default 1. */
  slices?: number;
  /** Coverage of the interval. Default 0.95. */
  level?: number;
}

/** "The binned calibration error is known to ± halfWidth", by the simultaneous interval that is valid near 0. */
export interface CalibrationErrorPlan extends GroupPlan {
  claim: "calibration-error";
  /** Half the width of the interval, in (0, 1). */
  halfWidth: number;
  /** Bins that hold rows. Default 15. */
  bins?: number;
  /** Mean of p(1 − p), the variance of an outcome given its confidence; ¼ is the worst. Default 0.25. */
  variance?: number;
  /** Slices of equal size whose intervals shall all hold together. Default 1. */
  slices?: number;
  /** Coverage of the interval. Default 0.95. */
  level?: number;
}

/** How many labels a claim takes. */
export interface LabelPlan {
  /** Labelled rows to collect. */
  readonly labels: number;
  /** Groups they come from, where `groupSize` was given. */
  readonly groups?: number;
  /** For "risk" with independent rows: how many of them are expected above the threshold. */
  readonly accepted?: number;
  /** For "risk" with independent rows: how many of those may be wrong. */
  readonly allowedErrors?: number;
  /** In words. */
  readonly explanation: string;
}

/**
 * How many labels a claim takes, before any are collected.
 *
 * "risk" with independent rows inverts the exact test of `certifiedThreshold`; with groups it approximates the growth of
 * the betting certificate, which needs many groups, whatever their size. "proportion" inverts the interval
 * ± z √(p(1−p)·designEffect/n). "calibration-error" inverts the width of the simultaneous region for the bin gaps with
 * evenly filled bins, ± c √(bins · variance · designEffect/n) with Šidák's c: generous, since uneven bins and clipping at
 * zero shorten it.
 * @throws CredenceError "out-of-range" where expectedRisk is not below risk (no number of labels would do) or another
 *   number is outside its range; "unknown-option" for an unknown claim.
 * @example
 * ```ts
 * import { planLabels } from "credence/selective";
 * planLabels({ claim: "risk", risk: 0.05, expectedRisk: 0.02, coverage: 0.6 }).labels; // → 390
 * planLabels({ claim: "proportion", halfWidth: 0.03 }).labels; // → 1068
 * ```
 */
export function planLabels(plan: RiskPlan | ProportionPlan | CalibrationErrorPlan): LabelPlan {
  const fn = "planLabels";
  checkFields(fn, "plan", plan);
  checkOneOf(fn, "claim", plan.claim, ["risk", "proportion", "calibration-error"]);
  const { groupSize = 1, maxGroupSize = groupSize, designEffect = groupSize } = plan;
  checkAtLeast(fn, "groupSize", groupSize, 1);
  checkAtLeast(fn, "maxGroupSize", maxGroupSize, groupSize);
  checkAtLeast(fn, "designEffect", designEffect, 0);
  if (plan.claim === "risk") return planRisk(fn, plan, groupSize, maxGroupSize, designEffect);
  checkOpenUnit(fn, "halfWidth", plan.halfWidth);
  const { level = 0.95, slices = 1 } = plan;
  checkOpenUnit(fn, "level", level);
  checkCount(fn, "slices", slices);
  const width = `± ${plan.halfWidth} at level ${level}${slices > 1 ? ` in each of ${slices} slices together` : ""}`;
  if (plan.claim === "proportion") {
    const { expected = 0.5 } = plan;
    checkOpenUnit(fn, "expected", expected);
    const z = normalQuantile((1 + sidakLevel(level, slices)) / 2);
    const labels = (slices * z * z * expected * (1 - expected) * designEffect) / plan.halfWidth ** 2;
    return inGroups(
      labels,
      groupSize,
      (rows) => `With ${rows} a share near ${expected} is known to ${width}.`,
    );
  }
  const { bins = 15, variance = 0.25 } = plan;
  checkCount(fn, "bins", bins);
  checkOpenUnit(fn, "variance", variance);
  const c = normalQuantile((1 + sidakLevel(level, bins * slices)) / 2);
  const labels = (slices * c * c * bins * variance * designEffect) / plan.halfWidth ** 2;
  return inGroups(
    labels,
    groupSize,
    (rows) => `With ${rows} a calibration error over ${bins} bins is known to ${width}.`,
  );
}

function planRisk(
  fn: string,
  plan: RiskPlan,
  groupSize: number,
  maxGroupSize: number,
  designEffect: number,
): LabelPlan {
  const { risk, expectedRisk, delta = 0.05, coverage = 1, power = 0.8, share = 1 } = plan;
  checkOpenUnit(fn, "risk", risk);
  checkOpenUnit(fn, "delta", delta);
  checkOpenUnit(fn, "power", power);
  for (const [argument, value] of [
    ["coverage", coverage],
    ["share", share],
  ] as const)
    if (!(value > 0 && value <= 1))
      throw new CredenceError("out-of-range", { function: fn, argument, value }, "must lie in (0, 1].");
  if (!(expectedRisk >= 0 && expectedRisk < risk))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "expectedRisk", value: expectedRisk },
      `must lie in [0, ${risk}): a risk that is not below the target cannot be certified with any number of labels.`,
    );
  const promise = `a risk of ${risk} is certified at δ = ${delta} with probability ${power} if it is ${expectedRisk}`;
  if (maxGroupSize === 1) {
    const { accepted, allowedErrors } = acceptedForRisk(risk, delta * share, expectedRisk, power);
    const labels = Math.ceil(accepted / coverage);
    return {
      labels,
      accepted,
      allowedErrors,
      explanation: `With ${labels} labelled rows ${promise}: about ${accepted} of them above the threshold, of which ${allowedErrors} may be wrong.`,
    };
  }
  const accepted = groupSize * coverage;
  const groups = groupsForRisk({
    margin: (risk - expectedRisk) * accepted,
    variance: designEffect * expectedRisk * (1 - expectedRisk) * accepted,
    largestLoss: (1 - risk) * maxGroupSize,
    delta: delta * share,
    power,
  });
  return inGroups(Math.ceil(groups) * groupSize, groupSize, (rows) => `With ${rows} ${promise}.`);
}

function inGroups(labels: number, groupSize: number, explain: (rows: string) => string): LabelPlan {
  const whole = Math.ceil(labels - 1e-9);
  if (groupSize === 1) return { labels: whole, explanation: explain(`${whole} labelled rows`) };
  const groups = Math.ceil(labels / groupSize - 1e-9);
  return {
    labels: Math.ceil(groups * groupSize),
    groups,
    explanation: explain(`${Math.ceil(groups * groupSize)} labelled rows in ${groups} groups`),
  };
}

function checkAtLeast(fn: string, argument: string, value: number, least: number): void {
  if (!(value >= least && value < Infinity))
    throw new CredenceError("out-of-range", { function: fn, argument, value }, `must be at least ${least}.`);
}
