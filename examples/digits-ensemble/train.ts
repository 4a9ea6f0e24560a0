/** Trains the ensemble of main.ts into examples/models: `npm run examples:train -- digits-ensemble`, some minutes. */
import { deepEnsemble } from "@credence/train/ensemble";
import { classifier } from "@credence/train/models";
import { digitParts, WEIGHTS } from "./parts.js";

const { train } = digitParts();
const definition = classifier({
  shape: [1, 28, 28],
  convolutions: [
    { channels: 8, kernel: 5, pool: 2 },
    { channels: 16, kernel: 3, pool: 2 },
  ],
  hidden: [32],
  dropout: 0.25,
});
const start = performance.now();
const ensemble = await deepEnsemble(definition, { members: 5 }).train(train, train.labels, {
  epochs: 12,
  batchSize: 64,
  learningRate: 3e-3,
  averageDecay: 0.99,
  seed: 1,
  onProgress: ({ member, members, step, steps, loss }) => {
    if (step % 200 === 0 || step === steps)
      console.log(`member ${member + 1} of ${members}, step ${step} of ${steps}, loss ${loss.toFixed(3)}`);
  },
});
await ensemble.save(WEIGHTS);
await ensemble.release();
console.log(`trained in ${((performance.now() - start) / 1000).toFixed(0)} s`);
