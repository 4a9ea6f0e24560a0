import { load } from "@credence/train/models";
import type { DigitGenerator } from "./digitGenerator.js";
import { weightsOf } from "./digitParts.js";

/** The conditional adversarial network with committed weights; it knows no probabilities. */
export async function openGanGenerator(): Promise<DigitGenerator> {
  const model = await load(weightsOf("digits-gan"), "conditionalGan");
  return {
    name: "GAN",
    async draw(classes, seed) {
      const { data, ...size } = await model.sample(classes, { seed });
      // Nothing keeps it from drawing a little less than no ink.
      return { ...size, data: Float32Array.from(data, (ink) => Math.min(Math.max(ink, 0), 1)) };
    },
    release: () => model.release(),
  };
}
