import { checkFinite, checkFunction, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type OnlineThreshold, onlineThreshold } from "./onlineThreshold.js";

/** Options of {@link conformalPid}. */
export interface ConformalPidOptions {
  /** Target rate of misses, in (0, 1). */
  alpha: number;
  /** Step of the quantile tracker as a share of the range of recent scores, > 0. Default 0.1. */
  learningRate?: number;
  /** How many recent finite scores set that range. Default 100. */
  range?: number;
  /** Strength of the integrator in units of the score; 0 turns it off. Default: the range of the recent scores. */
  gain?: number;
  /** The integrator saturates (gives the whole line or the empty set) as errors pile up; larger is later. Default 5. */
  saturation?: number;
  /** Predicts the next score's quantile from the scores so far; the tracker then follows what it leaves. Default: none. */
  scorecaster?: (scores: readonly number[]) => number;
  /** The first threshold. Default 0. */
  start?: number;
}

/**
 * Conformal PID control (Angelopoulos, Candès & Tibshirani 2023): P, online quantile tracking of the score; I, an
 * integrator of the coverage error that saturates, which alone guarantees the long-run error rate for bounded scores; D,
 * a forecast of the score. The threshold is on the scale of the score, no window of past scores is needed.
 * @throws CredenceError "out-of-range".
 * @example
 * ```ts
 * import { conformalPid, runOnline } from "credence/conformal";
 * const scores = Array.from({ length: 2000 }, (_, t) => 1 + Math.sin(t / 50) + ((t * 7919) % 101) / 101);
 * Math.abs(runOnline(conformalPid({ alpha: 0.1 }), scores).errorRate - 0.1) < 0.02; // → true
 * ```
 */
export function conformalPid(options: ConformalPidOptions): OnlineThreshold {
  const fn = "conformalPid";
  checkOptions(fn, options, "alpha");
  const { alpha, learningRate = 0.1, range = 100, gain, saturation = 5, scorecaster, start = 0 } = options;
  checkOpenUnit(fn, "alpha", alpha);
  const numbers = { learningRate, range, saturation, gain: gain ?? 1, start };
  for (const [name, value] of Object.entries(numbers))
    if (
      !Number.isFinite(value) ||
      (value <= 0 && name !== "start" && name !== "gain") ||
      (name === "gain" && value < 0)
    )
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: name, value },
        "must be positive and finite.",
      );
  if (scorecaster !== undefined) checkFunction(fn, "scorecaster", scorecaster);
  const recent = slidingRange(Math.ceil(range));
  const history: number[] = [];
  let tracker = start;
  let forecast = 0;
  let errors = 0;
  let t = 0;
  const integral = () => {
    const strength = gain ?? recent.width();
    if (strength === 0 || t === 0) return 0;
    const angle = (errors * Math.log(t + 1)) / (saturation * (t + 1));
    return Math.abs(angle) >= Math.PI / 2 ? Math.sign(angle) * Infinity : strength * Math.tan(angle);
  };
  return onlineThreshold(
    fn,
    alpha,
    () => tracker + forecast + integral(),
    (score, missed) => {
      t++;
      // An infinite score is a miss or a hit like others, but says nothing about the scale.
      if (Number.isFinite(score)) recent.add(score);
      errors += (missed ? 1 : 0) - alpha;
      tracker += learningRate * recent.width() * ((missed ? 1 : 0) - alpha);
      if (scorecaster) {
        history.push(score);
        // What is forecast need not be tracked.
        const before = forecast;
        forecast = scorecaster(history);
        checkFinite(fn, "scorecaster", [forecast]);
        if (t === 1) tracker += before - forecast;
      }
    },
  );
}

/** Largest − smallest of the last `length` values, in amortised constant time (monotone queues). */
function slidingRange(length: number) {
  const highs = monotoneQueue(length, (a, b) => a >= b);
  const lows = monotoneQueue(length, (a, b) => a <= b);
  let t = 0;
  return {
    add(value: number): void {
      highs.push(value, t);
      lows.push(value, t);
      t++;
    },
    /** While one value is known its size stands for the range. */
    width(): number {
      if (t === 0) return 0;
      const gap = highs.front() - lows.front();
      return gap > 0 ? gap : Math.abs(highs.front());
    },
  };
}

/** The best of the last `length` values in front. */
function monotoneQueue(length: number, better: (a: number, b: number) => boolean) {
  const values = new Float64Array(length + 1);
  const times = new Float64Array(length + 1);
  let head = 0;
  let size = 0;
  const at = (k: number) => (head + k) % (length + 1);
  return {
    push(value: number, t: number): void {
      while (size > 0 && better(value, values[at(size - 1)])) size--;
      values[at(size)] = value;
      times[at(size)] = t;
      size++;
      if (times[head] <= t - length) {
        head = at(1);
        size--;
      }
    },
    front: () => values[head],
  };
}
