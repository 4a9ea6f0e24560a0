import { fixedSequenceTest } from "../estimate/fixedSequence.js";
import { binomialRiskPValue } from "../estimate/riskPValue.js";
import {
  checkFinite,
  checkNotEmpty,
  checkOneOf,
  checkOpenUnit,
  checkOptions,
  checkOutcomes,
  checkSameLength,
  type Outcomes,
} from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";

/** Samples for one prompt, in the order in which they were drawn. */
export interface SampledPrompt {
  /** How good each sample looks, e.g. its length-normalised likelihood. */
  readonly quality: ArrayLike<number>;
  /** How alike two samples are: `similarity(i, j)` with j < i, larger is more alike. */
  readonly similarity: (i: number, j: number) => number;
}

/** A prompt whose samples have been judged. */
export interface JudgedPrompt extends SampledPrompt {
  /** 1 where the sample is an acceptable answer. */
  readonly admissible: Outcomes;
}

/** When to reject and when to stop. */
export interface SamplingRule {
  /** A sample more alike than this to one already in the set is rejected. */
  readonly similarity: number;
  /** A sample of lower quality is rejected. */
  readonly quality: number;
  /** Sampling stops when the confidence of the set reaches this. */
  readonly stop: number;
}

/** Options of {@link conformalLanguageModel}. */
export interface LanguageModelOptions {
  /** Allowed rate of sets without an admissible answer, in (0, 1). */
  alpha: number;
  /** Allowed probability that the promise is broken, in (0, 1). Default 0.05. */
  delta?: number;
  /** Confidence of a set: its best quality, the sum of its qualities, or its size. Default "max". */
  confidence?: "max" | "sum" | "count";
  /** The values tried for each threshold, fixed before seeing these prompts. */
  grid: {
    readonly similarity: readonly number[];
    readonly quality: readonly number[];
    readonly stop: readonly number[];
  };
  /** Share of the prompts that order the rules, the rest tests them; in (0, 1). Default 0.3. */
  tuningShare?: number;
  /** Seed of that split. Default 0. */
  seed?: number;
  /** What is to be small among the certified rules, from the mean size of the set and the mean number of samples. */
  cost?: (size: number, samples: number) => number;
}

/** A set of answers for one prompt. */
export interface AnswerSet {
  /** Indices of the samples in the set, in the order drawn. */
  readonly set: number[];
  /** Samples drawn until sampling stopped. */
  readonly samples: number;
}

/** A fitted {@link conformalLanguageModel}. */
export interface ConformalLanguageModel {
  /** The certified rule of least cost; null where none could be certified. */
  readonly rule: SamplingRule | null;
  /** Every certified rule. */
  readonly certified: readonly SamplingRule[];
  readonly alpha: number;
  readonly delta: number;
  /** Prompts that tested the rules. */
  readonly n: number;
  readonly reason: string | null;
  /** Applies the rule to the samples of a prompt; all of them, where no rule was certified. */
  predict(prompt: SampledPrompt): AnswerSet;
}

/**
 * Conformal language modelling (Quach et al. 2024): draw answers until the set is confident enough, rejecting poor ones
 * and near-duplicates; thresholds are chosen so that P(rate of sets without an admissible answer > α) ≤ δ. Rules of the
 * grid are put in Pareto order (risk against cost) on one part of the prompts and tested in that order on the other by
 * exact binomial tests (fixed sequence).
 *
 * `fit(prompts, { alpha, grid })`: judged prompts; a prompt none of whose samples is admissible counts as a miss.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "not-binary", "out-of-range", "unknown-option",
 * "too-few".
 * @example
 * ```ts
 * import { conformalLanguageModel } from "credence/conformal";
 * const prompts = Array.from({ length: 200 }, (_, i) => ({
 *   quality: [0.2, 0.9],
 *   similarity: () => 0,
 *   admissible: [i % 2, 1],
 * }));
 * const grid = { similarity: [1], quality: [0], stop: [0.1, 0.5] };
 * const fitted = conformalLanguageModel.fit(prompts, { alpha: 0.1, grid });
 * fitted.rule; // → {"similarity":1,"quality":0,"stop":0.5}
 * ```
 */
export const conformalLanguageModel = { fit };

function fit(prompts: readonly JudgedPrompt[], options: LanguageModelOptions): ConformalLanguageModel {
  const fn = "conformalLanguageModel";
  checkOptions(fn, options, "alpha");
  const { alpha, delta = 0.05, confidence = "max", grid, tuningShare = 0.3, seed = 0 } = options;
  const { cost = (size, samples) => size + samples } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkOpenUnit(fn, "delta", delta);
  checkOpenUnit(fn, "tuningShare", tuningShare);
  checkOneOf(fn, "confidence", confidence, ["max", "sum", "count"]);
  checkNotEmpty(fn, "prompts", prompts);
  prompts.forEach((prompt, i) => {
    checkSameLength(fn, `prompts[${i}].admissible`, prompt.admissible, "quality", prompt.quality);
    checkFinite(fn, `prompts[${i}].quality`, prompt.quality);
    checkOutcomes(fn, `prompts[${i}].admissible`, prompt.admissible);
  });
  const rules = rulesOf(fn, grid);
  const order = shuffle(createRandom(seed), [...prompts]);
  const cut = Math.round(prompts.length * tuningShare);
  const tuning = order.slice(0, cut);
  const testing = order.slice(cut);
  if (tuning.length === 0 || testing.length === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "prompts", value: prompts.length },
      "one part orders the rules and another tests them; give more prompts.",
    );
  const judge = (rule: SamplingRule, part: readonly JudgedPrompt[]) => {
    let misses = 0;
    let size = 0;
    let samples = 0;
    for (const prompt of part) {
      const drawn = drawSet(prompt, rule, confidence);
      if (!drawn.set.some((k) => Boolean(prompt.admissible[k]))) misses++;
      size += drawn.set.length;
      samples += drawn.samples;
    }
    return { misses, cost: cost(size / part.length, samples / part.length) };
  };
  const walk = paretoOrder(rules.map((rule) => ({ rule, ...judge(rule, tuning) })));
  const budgets = new Float64Array(walk.length);
  budgets[0] = delta;
  const n = testing.length;
  const steps = fixedSequenceTest(
    (i) => binomialRiskPValue(judge(walk[i].rule, testing).misses, n, alpha),
    budgets,
  );
  const passed = walk.filter((_, i) => steps[i].rejected);
  const best = passed.reduce<(typeof passed)[number] | null>(
    (a, b) => (a === null || b.cost < a.cost ? b : a),
    null,
  );
  const rule = best?.rule ?? null;
  return {
    rule,
    certified: passed.map((one) => one.rule),
    alpha,
    delta,
    n,
    reason: rule
      ? null
      : `no rule keeps the rate of misses below ${alpha} with certainty on ${n} prompts: the safest missed ${walk[0].misses} of ${tuning.length} tuning prompts. More samples a prompt, a larger alpha or more prompts may help.`,
    predict: (prompt) =>
      rule
        ? drawSet(prompt, rule, confidence)
        : { set: Array.from({ length: prompt.quality.length }, (_, k) => k), samples: prompt.quality.length },
  };
}

function rulesOf(fn: string, grid: LanguageModelOptions["grid"]): SamplingRule[] {
  for (const name of ["similarity", "quality", "stop"] as const)
    checkNotEmpty(fn, `grid.${name}`, grid[name]);
  return grid.similarity.flatMap((similarity) =>
    grid.quality.flatMap((quality) => grid.stop.map((stop) => ({ similarity, quality, stop }))),
  );
}

/** Walks through the samples as they would have been drawn. */
function drawSet(
  { quality, similarity }: SampledPrompt,
  rule: SamplingRule,
  confidence: "max" | "sum" | "count",
): AnswerSet {
  const set: number[] = [];
  let best = -Infinity;
  let sum = 0;
  for (let k = 0; k < quality.length; k++) {
    if (quality[k] < rule.quality || set.some((j) => similarity(k, j) > rule.similarity)) continue;
    set.push(k);
    best = Math.max(best, quality[k]);
    sum += quality[k];
    const reached = confidence === "max" ? best : confidence === "sum" ? sum : set.length;
    if (reached >= rule.stop) return { set, samples: k + 1 };
  }
  return { set, samples: quality.length };
}

/** Only rules that no other beats in both risk and cost, the safest first. */
function paretoOrder<T extends { misses: number; cost: number }>(rules: readonly T[]): T[] {
  const sorted = [...rules].sort((a, b) => a.misses - b.misses || a.cost - b.cost);
  let cheapest = Infinity;
  return sorted.filter(({ cost }) => {
    if (cost >= cheapest) return false;
    cheapest = cost;
    return true;
  });
}
