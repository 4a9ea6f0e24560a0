import type { LossPoint } from "../../loop/index.js";
import type { Body } from "../bodies.js";
import type { Card } from "../card.js";

export interface GanomalyOptions extends Body {
  /** Number of latent variables. */
  latent: number;
  /** Weight of the reconstruction error. Default 50. */
  reconstructionWeight?: number;
  /** Weight of the distance between discriminator features. Default 1. */
  adversarialWeight?: number;
  /** Weight of the distance between the two codes. Default 1. */
  codeWeight?: number;
}

/** What a saved GANomaly says about itself. */
export interface GanomalyCard extends Card {
  readonly kind: "ganomaly";
  /** Values of one sample. */
  readonly features: number;
  readonly options: GanomalyOptions;
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve. */
  readonly history: readonly LossPoint[];
}
