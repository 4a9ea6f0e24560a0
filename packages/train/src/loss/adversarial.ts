import {
  add,
  gradients,
  mean,
  mul,
  neg,
  relu,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
} from "../graph/index.js";

/** The losses of a discriminator and of a generator, from the discriminator's logits on real and generated samples. */
export interface AdversarialLosses {
  readonly discriminator: Tensor;
  readonly generator: Tensor;
}

/** Non-saturating losses (Goodfellow et al. 2014): cross-entropy, the generator's with its labels swapped. */
export const nonSaturating = (real: Tensor, generated: Tensor): AdversarialLosses => ({
  discriminator: add(mean(softplus(neg(real))), mean(softplus(generated))),
  generator: mean(softplus(neg(generated))),
});

/** Hinge losses (Lim & Ye 2017). */
export const hinge = (real: Tensor, generated: Tensor): AdversarialLosses => ({
  discriminator: add(mean(relu(sub(1, real))), mean(relu(add(1, generated)))),
  generator: neg(mean(generated)),
});

/**
 * The R1 penalty (Mescheder et al. 2018): half of `weight` times the mean over real samples of ‖∇ₓ D(x)‖². Its own
 * gradient is one of a gradient.
 * @param logits The discriminator's logits on `samples`, made in the same graph.
 */
export function r1Penalty(logits: Tensor, samples: Tensor, weight = 10): Tensor {
  const [slope] = gradients(sum(logits), [samples]);
  return mul(sum(square(slope)), weight / 2 / samples.shape[0]);
}
