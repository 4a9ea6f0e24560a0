import type { LossPoint } from "../../loop/index.js";
import type { Card } from "../card.js";
import type { Likelihood, VaeArchitecture } from "./vaeNet.js";

/** What a variational autoencoder says about itself. */
export interface VaeFacts {
  /** Number of latent variables. */
  readonly latent: number;
  /** Values of one sample. */
  readonly features: number;
  readonly likelihood: Likelihood;
  /**
   * Standard deviation of the Gaussian likelihood's noise of each column, or channel, in the units of the data; none for
   * the Bernoulli likelihood.
   */
  readonly noise: readonly number[];
  readonly options: VaeArchitecture & { readonly beta?: number };
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve. */
  readonly history: readonly LossPoint[];
}

export interface VaeCard extends VaeFacts, Card {
  readonly kind: "vae";
}

export interface ConditionalVaeCard extends VaeFacts, Card {
  readonly kind: "conditionalVae";
  readonly classes: number;
}
