/**
 * Trains the committed models from nothing: `npm run examples:train -- digits-generators`. Each goes on where it was
 * stopped. README.md states how long it takes.
 */

import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ClassifierTraining, classifier, gan, vae } from "@credence/train/models";
import { digitParts } from "./digitParts.js";

const { train, test } = digitParts();

await trained("digits-classifier", (common) =>
  classifier({
    shape: [1, 28, 28],
    convolutions: [
      { channels: 16, kernel: 5, pool: 2 },
      { channels: 32, kernel: 3, pool: 2 },
    ],
    hidden: [64],
    dropout: 0.4,
  }).train(train, train.labels, {
    epochs: 16,
    batchSize: 64,
    learningRate: 3e-3,
    averageDecay: 0.99,
    ...common,
  }),
);

await trained("digits-vae", (common) =>
  vae({ latent: 8, hidden: [128, 128], likelihood: "bernoulli", beta: 2, classes: 10 }).train(
    train,
    train.labels,
    {
      epochs: 60,
      learningRate: 3e-3,
      averageDecay: 0.99,
      validation: { data: test, labels: test.labels },
      ...common,
    },
  ),
);

await trained("digits-gan", (common) =>
  gan({ latent: 16, hidden: [192, 128], shape: [1, 28, 28], r1: 2, classes: 10 }).train(train, train.labels, {
    epochs: 60,
    learningRate: 2e-3,
    ...common,
  }),
);

/** Trains one model, and writes it beside the others. */
async function trained(
  name: string,
  train: (
    common: Pick<ClassifierTraining, "seed" | "checkpoint" | "onProgress">,
  ) => Promise<{ save(directory: string): Promise<void>; release(): Promise<void> }>,
): Promise<void> {
  const cache = fileURLToPath(new URL(`.cache/${name}`, import.meta.url));
  const start = performance.now();
  const model = await train({
    seed: 1,
    checkpoint: { directory: cache },
    onProgress: ({ step, steps, loss }) => {
      if (step % 500 === 0 || step === steps)
        console.log(`${name}: step ${step} of ${steps}, loss ${loss.toFixed(4)}`);
    },
  });
  await model.save(fileURLToPath(new URL(`../models/${name}`, import.meta.url)));
  await model.release();
  await rm(cache, { recursive: true });
  const { user, system } = process.cpuUsage();
  console.log(
    `${name}: ${((performance.now() - start) / 1000).toFixed(0)} s; CPU in all ${((user + system) / 1e6).toFixed(0)} s`,
  );
}
