import type { LossPoint } from "../../loop/index.js";
import type { Card } from "../card.js";
import type { DenoisingNetwork } from "./denoiser.js";
import type { NoiseSchedule } from "./noiseSchedule.js";

/** All options of a diffusion model, with their defaults. */
export interface DiffusionSettings {
  readonly steps: number;
  readonly schedule: NoiseSchedule;
  readonly predict: "noise" | "velocity";
  readonly timesteps: "per-sample" | "per-batch";
  readonly network: DenoisingNetwork;
  readonly shape: readonly number[] | null;
  readonly classes: number | null;
  readonly withheld: number;
  readonly guidance: number;
}

/** What a saved diffusion model says about itself. */
export interface DiffusionCard extends Card, DiffusionSettings {
  /** "diffusion" models p(x), "conditionalDiffusion" p(x | y). */
  readonly kind: "diffusion" | "conditionalDiffusion";
  /** Values of one sample. */
  readonly features: number;
  /** Scale of each channel in the data's units, and its range after standardisation. A vector's columns are channels. */
  readonly channels: readonly {
    readonly mean: number;
    readonly deviation: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** The mean squared error, per standardised value, of the clean sample as estimated at each time 1 … T. */
  readonly errors: readonly number[];
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve. */
  readonly history: readonly LossPoint[];
}
