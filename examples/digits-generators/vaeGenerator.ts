import { load } from "@credence/train/models";
import type { DigitGenerator } from "./digitGenerator.js";
import { weightsOf } from "./digitParts.js";

/** The conditional variational autoencoder with committed weights. */
export async function openVaeGenerator(): Promise<DigitGenerator> {
  const model = await load(weightsOf("digits-vae"), "conditionalVae");
  return {
    name: "VAE",
    // The chances of ink are what is shown; draws of them would be speckled.
    draw: (classes, seed) => model.sample(classes, { seed, observation: "mean" }),
    likelihood: {
      name: "IWAE bound, 64 samples; pixels drawn as ink or none",
      of: (digits) => model.logProbabilityBound(digits, digits.labels, { samples: 64, seed: 1 }),
    },
    release: () => model.release(),
  };
}
