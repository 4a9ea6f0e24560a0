/**
 * Trains the committed model from nothing: `npm run examples:train -- pronunciation`. It goes on where it was stopped.
 * README.md states how long it takes.
 */

import { transformer } from "@credence/train/models";
import { readWords, splitWords, type Word } from "./pronunciations.js";

const words = readWords();
const parts = splitWords(words);
const pairsOf = (part: readonly Word[]) =>
  part.flatMap(({ word, pronunciations }) => pronunciations.map((target) => ({ source: word, target })));

/** Letters, the boundary and phonemes of one word together: all but a handful of words fit. */
const CONTEXT = 48;
const fits = ({ source, target }: { source: string; target: readonly string[] }) =>
  source.length + 1 + target.length <= CONTEXT;

const start = performance.now();
const model = await transformer({ layers: 3, width: 128, heads: 4, context: CONTEXT }).train(
  pairsOf(parts.train.take(words)).filter(fits),
  {
    epochs: 8,
    batchSize: 24,
    learningRate: 2.5e-3,
    warmup: 300,
    clip: 1,
    averageDecay: 0.999,
    seed: 1,
    validation: pairsOf(parts.validate.take(words)).filter(fits),
    checkpoint: { directory: new URL(".cache/training", import.meta.url).pathname, every: 500 },
    onProgress: ({ step, steps, loss, history }) => {
      if (step % 100 > 0) return;
      const validation = history.at(-1)?.validation?.toFixed(4) ?? "–";
      const { user, system } = process.cpuUsage();
      console.log(
        `step ${step} of ${steps}, loss ${loss.toFixed(3)}, validation ${validation}, ` +
          `${((performance.now() - start) / 1000).toFixed(0)} s, CPU ${((user + system) / 1e6).toFixed(0)} s`,
      );
    },
  },
);
const directory = new URL("../models/pronunciation", import.meta.url).pathname;
await model.save(directory, { weights: "float16" });
await model.release();
