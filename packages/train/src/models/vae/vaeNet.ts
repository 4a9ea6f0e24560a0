import {
  add,
  concat,
  exp,
  expand,
  maximum,
  mul,
  neg,
  reshape,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
} from "../../graph/index.js";
import { dense, fill, type Scope, scaled } from "../../nn/index.js";
import { type Body, narrow, widen } from "../bodies.js";

/** How the decoder's output is read: chances of ink, or the means of normals. */
export type Likelihood = "bernoulli" | "gaussian";

/** The layers of a variational autoencoder. */
export interface VaeArchitecture extends Body {
  /** Number of latent variables. */
  latent: number;
  /**
   * "gaussian": any numbers; noise of one size for each column, or channel where a `shape` is given, learnt with the
   * rest. "bernoulli": yes or no, or shares from 0 to 1. Default "gaussian".
   */
  likelihood?: Likelihood;
}

/** q(z | x): mean and log-variance of each latent variable. */
export function encoded(scope: Scope, x: Tensor, options: VaeArchitecture, beside?: Tensor) {
  const own = scope.within("encoder");
  const h = narrow(own, x, options, { beside });
  const plain = { initialise: scaled(1) };
  return {
    center: dense(own, "center", h, options.latent, plain),
    logVariance: dense(own, "log variance", h, options.latent, plain),
  };
}

/** What p(x | z) is made from: logits of yes, or standardised means. */
export const decoded = (
  scope: Scope,
  z: Tensor,
  options: VaeArchitecture,
  columns: number,
  beside?: Tensor,
) => widen(scope.within("decoder"), beside ? concat([z, beside], 1) : z, options, columns);

/** Noise below 1 / 150 of a column's spread is not believed: the density of a constant column would have no limit. */
export const LEAST_LOG_VARIANCE = -10;

/** Log-variance of the standardised columns' observation noise: [columns], the same within each run of `span`. */
export function noiseLogVariance(scope: Scope, columns: number, span: number): Tensor {
  const runs = columns / span;
  const learnt = scope.within("decoder").parameter("noise log variance", [runs, 1], fill(0));
  return reshape(expand(maximum(learnt, LEAST_LOG_VARIANCE), [runs, span]), [columns]);
}

/** log p(x | z) of each row. */
export function logLikelihood(x: Tensor, output: Tensor, logVariance: Tensor | null): Tensor {
  // Bernoulli: x log p + (1 − x) log(1 − p), of p's logits.
  if (!logVariance) return sum(sub(mul(x, output), softplus(output)), { axes: 1 });
  const squares = mul(square(sub(x, output)), exp(neg(logVariance)));
  const terms = add(squares, add(logVariance, Math.log(2 * Math.PI)));
  return mul(-0.5, sum(terms, { axes: 1 }));
}

/** KL(q(z | x) ‖ p(z)) of each row. */
export const divergence = (center: Tensor, logVariance: Tensor): Tensor =>
  mul(0.5, sum(sub(add(square(center), exp(logVariance)), add(logVariance, 1)), { axes: 1 }));
