import { abs, add, div, erf, exp, mean, mul, neg, square, sub, type Tensor } from "../graph/index.js";

/** The mean squared error. */
export const squaredError = (prediction: Tensor, truth: Tensor): Tensor =>
  mean(square(sub(prediction, truth)));

/** The mean absolute error. */
export const absoluteError = (prediction: Tensor, truth: Tensor): Tensor => mean(abs(sub(prediction, truth)));

/** The mean negative log-likelihood of a normal with this mean and log-variance, constant included, in nats. */
export const gaussianLogLoss = (center: Tensor, logVariance: Tensor, truth: Tensor): Tensor =>
  mul(
    0.5,
    mean(
      add(add(logVariance, Math.log(2 * Math.PI)), mul(square(sub(truth, center)), exp(neg(logVariance)))),
    ),
  );

/**
 * The mean CRPS of a normal (Gneiting et al. 2005, eq. 5): σ (z (2 Φ(z) − 1) + 2 φ(z) − 1/√π), z = (y − μ) / σ. float32.
 */
export function gaussianCrps(center: Tensor, logVariance: Tensor, truth: Tensor): Tensor {
  const deviation = exp(mul(0.5, logVariance));
  const z = div(sub(truth, center), deviation);
  const density = mul(exp(mul(-0.5, square(z))), 1 / Math.sqrt(2 * Math.PI));
  const bracket = add(mul(z, erf(mul(z, Math.SQRT1_2))), sub(mul(2, density), 1 / Math.sqrt(Math.PI)));
  return mean(mul(deviation, bracket));
}

/** The mean pinball loss at a quantile level in (0, 1): the gradient stands still where that share lies below. */
export function pinball(prediction: Tensor, truth: Tensor, level: number): Tensor {
  const error = sub(truth, prediction);
  // max(τ e, (τ − 1) e) = (τ − ½) e + ½ |e|
  return mean(add(mul(level - 0.5, error), mul(0.5, abs(error))));
}

/** The mean over rows of Σ KL(N(μ, σ²) ‖ N(0, 1)) over the last axis: the rate of a variational autoencoder. */
export const standardNormalDivergence = (center: Tensor, logVariance: Tensor): Tensor => {
  const terms = sub(add(square(center), exp(logVariance)), add(logVariance, 1));
  return mul(0.5 * (terms.shape.at(-1) as number), mean(terms));
};
