import { checkFinite, checkNotEmpty, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { quantileSorted } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";

/**
 * The input of ODIN's second pass (Liang, Li & Srikant 2018): x + ε · sign(gradient), the gradient being that of the log
 * of the largest softmax probability (at temperature 1000) with respect to the input. Run the model on it and take
 * `maxSoftmax(logits, { temperature: 1000 })`.
 * @param epsilon Size of the step, ≥ 0. Default 0.0014.
 * @throws CredenceError "length-mismatch", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { odinInput } from "credence/novelty";
 * Array.from(odinInput([1, 1], [-3, 0.2], 0.5)); // → [0.5, 1.5]
 * ```
 */
export function odinInput(
  inputs: ArrayLike<number>,
  gradients: ArrayLike<number>,
  epsilon = 0.0014,
): Float64Array {
  const fn = "odinInput";
  checkSameLength(fn, "gradients", gradients, "inputs", inputs);
  checkFinite(fn, "inputs", inputs);
  checkFinite(fn, "gradients", gradients);
  if (!(epsilon >= 0 && epsilon < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "epsilon", value: epsilon },
      "must be finite and not negative.",
    );
  return Float64Array.from(
    { length: inputs.length },
    (_, i) => inputs[i] + epsilon * Math.sign(gradients[i]),
  );
}

/**
 * The level at which ReAct cuts activations: a quantile of the training activations of the penultimate layer, all
 * features together (Sun, Guo & Li 2021).
 * @param share Share of the activations left alone, in [0, 1]. Default 0.9.
 * @throws CredenceError "empty-input", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { reactThreshold } from "credence/novelty";
 * reactThreshold([0, 1, 2, 3, 4], 0.5); // → 2
 * ```
 */
export function reactThreshold(activations: ArrayLike<number>, share = 0.9): number {
  const fn = "reactThreshold";
  checkNotEmpty(fn, "activations", activations);
  checkFinite(fn, "activations", activations);
  if (!(share >= 0 && share <= 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "share", value: share },
      "must lie in [0, 1].",
    );
  return quantileSorted(sortedCopy(activations), share);
}

/**
 * Activations cut at the threshold of {@link reactThreshold}; send them through the last layer and score the logits.
 * @throws CredenceError "not-finite".
 * @example
 * ```ts
 * import { reactActivations } from "credence/novelty";
 * Array.from(reactActivations([0.5, 3], 1)); // → [0.5, 1]
 * ```
 */
export function reactActivations(activations: ArrayLike<number>, threshold: number): Float64Array {
  const fn = "reactActivations";
  checkFinite(fn, "activations", activations);
  checkFinite(fn, "threshold", [threshold]);
  return Float64Array.from(activations as ArrayLike<number>, (x) => Math.min(x, threshold));
}
