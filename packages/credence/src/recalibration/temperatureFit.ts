import { CredenceError } from "../numeric/error.js";
import type { FitStatus } from "./calibrator.js";
import type { Derivatives, TemperatureObjective } from "./temperatureObjective.js";

/** The best inverse temperature, or what there is instead where the data have no finite positive one. */
export function minimiseTemperature(
  objective: TemperatureObjective,
  n: number,
  classes: number,
): { beta: number; status: FitStatus; notes: string[] } {
  const { atZero, atInfinity, spread } = objective;
  if (spread > 1e100)
    throw new CredenceError(
      "out-of-range",
      { function: "temperatureScaling.fit", argument: "scores", value: spread },
      "the logits of one row differ by more than 1e100; rescale them.",
    );
  if (spread < 1e-100)
    return {
      beta: 1,
      status: "constant-scores",
      notes: ["All classes score alike in every row: left as it is."],
    };
  if (atZero >= 0)
    return {
      beta: 0,
      status: "anti-informative",
      notes: [
        "The scores point away from the truth: no positive temperature beats predicting every class alike.",
      ],
    };
  if (atInfinity <= 0) {
    const { beta, converged } = descend(objective, n, classes / (n + classes));
    return {
      beta,
      status: converged ? "separable" : "not-converged",
      notes: [
        "The largest score is right in every row; each class was given one pseudo-observation in n + K.",
      ],
    };
  }
  const { beta, converged } = descend(objective, n, 0);
  return { beta, status: converged ? "ok" : "not-converged", notes: [] };
}

/**
 * The root of the increasing first derivative: a warm start on every 64th and 8th row where there are many, then all
 * rows. A sample of the rows may be separable; its optimum is then ignored.
 */
function descend(
  objective: TemperatureObjective,
  n: number,
  smoothing: number,
): { beta: number; converged: boolean } {
  let beta = 1 / Math.max(1, objective.spread / 20);
  for (const stride of n >= 8192 ? [64, 8] : []) {
    const sample = halley((b) => objective.derivatives(b, stride, smoothing), beta, 12);
    if (sample.converged) beta = sample.beta;
  }
  return halley((b) => objective.derivatives(b, 1, smoothing), beta, 200);
}

/**
 * Halley steps kept inside a bracket and within a factor of 8. A relative step below 1e-4 is the last: the error left
 * is cubic in it, below 1e-11.
 */
function halley(
  derivatives: (beta: number) => Derivatives,
  start: number,
  maxIterations: number,
): { beta: number; converged: boolean } {
  let beta = start;
  let low = 0;
  let high = Infinity;
  for (let i = 0; i < maxIterations; i++) {
    const { first, second, third } = derivatives(beta);
    if (first > 0) high = beta;
    else low = beta;
    const next = beta - (2 * first * second) / (2 * second * second - first * third);
    if (Math.abs(next - beta) <= 1e-4 * beta && next > 0) return { beta: next, converged: true };
    if (next > Math.max(low, beta / 8) && next < Math.min(high, beta * 8)) beta = next;
    else beta = first > 0 ? Math.max((low + beta) / 2, beta / 8) : Math.min((high + beta) / 2, beta * 8);
  }
  return { beta, converged: false };
}
