import type { JsonFields } from "../numeric/json.js";
import { logit, sigmoid } from "../numeric/logistic.js";
import { EPSILON } from "./input.js";

/** State of the mixture: what is needed to go on. */
export interface MixtureState {
  readonly strategy: "mixture";
  /** Share of the weight spread anew over all experts before each row, in [0, 1). */
  readonly forget: number;
  /** Rows seen. */
  readonly seen: number;
  /** Log weight of every expert, slopes outermost. */
  readonly logWeights: readonly number[];
}

/** A learner that predicts, is told the outcome, and learns. */
export interface Learner<State> {
  predict(score: number): number;
  update(score: number, outcome: 0 | 1): void;
  state(): State;
}

/** Experts: sigmoid(slope · log-odds + shift). */
const SLOPES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3];
const SHIFTS = Array.from({ length: 33 }, (_, i) => (i - 16) / 4);
const EXPERTS = SLOPES.length * SHIFTS.length;
const IDENTITY = SLOPES.indexOf(1) * SHIFTS.length + SHIFTS.indexOf(0);

/** Half of the prior belongs to identity, the rest is spread evenly. */
const PRIOR = Float64Array.from({ length: EXPERTS }, (_, i) => (i === IDENTITY ? 0.5 : 0.5 / (EXPERTS - 1)));

/**
 * The Bayesian mixture over a fixed grid of Platt maps. For log loss its regret is exact and needs no tuning: after any
 * sequence of rows, its total loss exceeds that of identity by at most ln 2, and that of any expert on the grid by at
 * most ln 1186 = 7.1 nats (Vovk 1990). With `forget` > 0 it follows drift (fixed share; Herbster & Warmuth 1998).
 */
export function mixtureLearner(start: {
  forget: number;
  seen?: number;
  logWeights?: readonly number[];
}): Learner<MixtureState> {
  const { forget } = start;
  let seen = start.seen ?? 0;
  const logWeights = Float64Array.from(start.logWeights ?? PRIOR.map((w) => Math.log(w)));
  const likelihoods = new Float64Array(EXPERTS);
  /** Fills the experts' probabilities of success and returns their weighted mean. */
  const mix = (score: number): number => {
    const x = logit(score, EPSILON);
    let top = -Infinity;
    for (let i = 0; i < EXPERTS; i++) top = Math.max(top, logWeights[i]);
    let mass = 0;
    let sum = 0;
    for (let i = 0; i < EXPERTS; i++) {
      const weight = Math.exp(logWeights[i] - top);
      likelihoods[i] = sigmoid(SLOPES[Math.floor(i / SHIFTS.length)] * x + SHIFTS[i % SHIFTS.length]);
      mass += weight;
      sum += weight * likelihoods[i];
    }
    return Math.min(1, sum / mass); // against rounding
  };
  return {
    predict: mix,
    update(score, outcome) {
      mix(score);
      let top = -Infinity;
      for (let i = 0; i < EXPERTS; i++) {
        // A sigmoid rounded to 0 would rule its expert out for ever.
        logWeights[i] += Math.log(Math.max(outcome ? likelihoods[i] : 1 - likelihoods[i], EPSILON));
        top = Math.max(top, logWeights[i]);
      }
      let mass = 0;
      for (let i = 0; i < EXPERTS; i++) mass += Math.exp(logWeights[i] - top);
      const all = top + Math.log(mass);
      for (let i = 0; i < EXPERTS; i++) {
        logWeights[i] -= all;
        if (forget > 0) logWeights[i] = Math.log((1 - forget) * Math.exp(logWeights[i]) + forget * PRIOR[i]);
      }
      seen++;
    },
    state: () => ({ strategy: "mixture", forget, seen, logWeights: Array.from(logWeights) }),
  };
}

/** Reads the state back. */
export function readMixture(fields: JsonFields): MixtureState {
  const forget = fields.number("forget");
  if (!(forget >= 0 && forget < 1)) throw fields.refuse("forget", "must lie in [0, 1).");
  const logWeights = fields.numbers("logWeights", EXPERTS);
  return { strategy: "mixture", forget, seen: fields.count("seen"), logWeights };
}
