import { CredenceError } from "credence/numeric";
import {
  add,
  exp,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  oneHot,
  pow,
  softmax,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
} from "../graph/index.js";

/** Class probabilities aimed at: 1 for the label, with `smoothing` of it spread over all classes alike. */
function targets(logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const classes = logits.shape.at(-1) as number;
  const hot = oneHot(labels, classes, logits.type === "float64" ? "float64" : "float32");
  return smoothing === 0 ? hot : add(mul(hot, 1 - smoothing), smoothing / classes);
}

/**
 * The mean cross-entropy in nats of logits […, classes] with labels […] (int64).
 * @param options `labelSmoothing` in [0, 1): the share of the target spread over all classes (Szegedy et al. 2016).
 * Default 0.
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  { labelSmoothing = 0 }: { labelSmoothing?: number } = {},
): Tensor {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    throw new CredenceError(
      "out-of-range",
      { function: "crossEntropy", argument: "labelSmoothing", value: labelSmoothing },
      "must lie in [0, 1).",
    );
  const terms = mul(targets(logits, labels, labelSmoothing), logSoftmax(logits));
  return neg(mean(sum(terms, { axes: -1 })));
}

/**
 * The mean focal loss (1 − p)^γ · (−log p) of the label's probability p (Lin et al. 2017), which weighs down what is
 * right already; γ = 0 is the cross-entropy.
 */
export function focal(logits: Tensor, labels: Tensor, { gamma = 2 }: { gamma?: number } = {}): Tensor {
  if (!(gamma >= 0))
    throw new CredenceError(
      "out-of-range",
      { function: "focal", argument: "gamma", value: gamma },
      "must be at least 0.",
    );
  const logP = sum(mul(targets(logits, labels, 0), logSoftmax(logits)), { axes: -1 });
  if (gamma === 0) return neg(mean(logP));
  // Held off 0, where a power below 1 is infinitely steep.
  const wrong = maximum(sub(1, exp(logP)), 1e-7);
  return neg(mean(mul(pow(wrong, gamma), logP)));
}

/** The mean Brier score Σ (p − y)² over the classes, in [0, 2] (Brier 1950). */
export const brier = (logits: Tensor, labels: Tensor): Tensor =>
  mean(sum(square(sub(softmax(logits), targets(logits, labels, 0))), { axes: -1 }));

/** The mean cross-entropy of logits with probabilities of yes, place by place: softplus(z) − z y. */
export const binaryCrossEntropy = (logits: Tensor, probabilities: Tensor): Tensor =>
  mean(sub(softplus(logits), mul(logits, probabilities)));
