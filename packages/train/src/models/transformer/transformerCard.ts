import type { LossPoint } from "../../loop/index.js";
import type { Card } from "../card.js";
import type { TokeniserJson } from "./tokeniser.js";
import type { Dimensions } from "./transformerNet.js";

/** What a saved transformer says about itself. */
export interface TransformerCard<K extends string = "transformer" | "conditionalTransformer"> extends Card {
  readonly kind: K;
  readonly dimensions: Dimensions;
  readonly overflow: "refuse" | "slide";
  readonly tokens: TokeniserJson;
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve, in nats a token. */
  readonly history: readonly LossPoint[];
}
