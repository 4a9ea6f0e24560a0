/**
 * Trains the committed models from nothing, one after another: `npm run examples:train -- pronunciation`. It goes on where
 * it was stopped. README.md states how long it takes.
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

const [trained, validation] = [parts.train, parts.validate].map((part) =>
  pairsOf(part.take(words)).filter(fits),
);
const directoryOf = (name: string) => new URL(name, import.meta.url).pathname;

/** Together they are the ensemble; the one that is best on the words held out also stands alone. */
let lowest = Infinity;
for (const seed of [1, 2, 3]) {
  const start = performance.now();
  const model = await transformer({ layers: 3, width: 128, heads: 4, context: CONTEXT }).train(trained, {
    epochs: 8,
    batchSize: 24,
    learningRate: 2.5e-3,
    warmup: 300,
    clip: 1,
    averageDecay: 0.999,
    seed,
    validation,
    checkpoint: { directory: directoryOf(`.cache/member-${seed}`), every: 500 },
    onProgress: ({ step, steps, loss, history }) => {
      if (step % 100 > 0) return;
      const held = history.at(-1)?.validation?.toFixed(4) ?? "–";
      const { user, system } = process.cpuUsage();
      console.log(
        `model ${seed}, step ${step} of ${steps}, loss ${loss.toFixed(3)}, validation ${held}, ` +
          `${((performance.now() - start) / 1000).toFixed(0)} s, CPU ${((user + system) / 1e6).toFixed(0)} s`,
      );
    },
  });
  const held = model.card.history.at(-1)?.validation ?? Infinity;
  if (held < lowest) await model.save(directoryOf("../models/pronunciation"), { weights: "float16" });
  lowest = Math.min(lowest, held);
  await model.save(directoryOf(`../models/pronunciation-ensemble/member-${seed}`), { weights: "float16" });
  await model.release();
}
