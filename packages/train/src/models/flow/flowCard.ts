import type { LossPoint } from "../../loop/index.js";
import type { Card } from "../card.js";
import type { FlowLayers } from "./couplings.js";

/** All options of a flow, with their defaults. */
export interface FlowSettings extends FlowLayers {
  readonly dequantise: number | null;
  readonly classes: number | null;
}

/** What a saved flow says about itself. */
export interface FlowCard extends Card, FlowSettings {
  /** "flow" models p(x), "conditionalFlow" p(x | y). */
  readonly kind: "flow" | "conditionalFlow";
  /** Values of one sample. */
  readonly features: number;
  /** Cautions in words. */
  readonly notes: readonly string[];
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve: mean negative log-likelihoods, in nats, in the units of the data. */
  readonly history: readonly LossPoint[];
}
