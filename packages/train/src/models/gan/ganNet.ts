import { add, concat, maximum, mul, reshape, sum, type Tensor } from "../../graph/index.js";
import { dense, embedding, type Scope, scaled } from "../../nn/index.js";
import { type Body, narrow, widen } from "../bodies.js";

/** The files of an adversarial network. */
export const GENERATOR = "generator.onnx";
export const DISCRIMINATOR = "discriminator.onnx";

/** The layers of an adversarial network; the generator mirrors the discriminator. */
export interface GanArchitecture extends Body {
  /** Number of latent variables. */
  latent: number;
}

/** Standardised samples from latents [rows, latent]. */
export const generated = (
  scope: Scope,
  z: Tensor,
  options: GanArchitecture,
  columns: number,
  beside?: Tensor,
): Tensor => widen(scope.within("generator"), beside ? concat([z, beside], 1) : z, options, columns);

const leaky = (x: Tensor): Tensor => maximum(x, mul(x, 0.2));

/**
 * The discriminator's logits [rows] of standardised samples, and the features they are read from. A class is seen through
 * its inner product with the features (Miyato & Koyama 2018).
 */
export function judged(
  scope: Scope,
  x: Tensor,
  options: GanArchitecture,
  given?: { labels: Tensor; classes: number },
): { logits: Tensor; features: Tensor } {
  const own = scope.within("discriminator");
  const features = narrow(own, x, options, { activation: leaky });
  const plain = reshape(dense(own, "logit", features, 1, { initialise: scaled(1) }), [x.shape[0]]);
  if (!given) return { logits: plain, features };
  const table = embedding(own, "classes", given.labels, given.classes, features.shape[1]);
  return { logits: add(plain, sum(mul(table, features), { axes: 1 })), features };
}
