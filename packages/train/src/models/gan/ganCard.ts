import type { LossPoint } from "../../loop/index.js";
import type { Card } from "../card.js";
import type { Diversity, GanWarning } from "./diversity.js";
import type { GanArchitecture } from "./ganNet.js";

/** What an adversarial network says about itself. */
export interface GanFacts {
  /** Number of latent variables. */
  readonly latent: number;
  /** Values of one sample. */
  readonly features: number;
  /** What the data were standardised with, a number for each column, or channel where a `shape` is given. */
  readonly scale: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  readonly options: GanArchitecture & { readonly r1?: number; readonly loss?: string };
  /** How much of the data's variety the samples have. */
  readonly diversity: Diversity;
  /** What seemed wrong at the end; empty for a good model. */
  readonly warnings: readonly GanWarning[];
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve. */
  readonly history: readonly LossPoint[];
}

export interface GanCard extends GanFacts, Card {
  readonly kind: "gan";
}

export interface ConditionalGanCard extends GanFacts, Card {
  readonly kind: "conditionalGan";
  readonly classes: number;
}
