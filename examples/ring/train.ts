/**
 * npm run examples:train -- ring [--members 12] [--minutes 600] [--workers 1] [--cells depth-1,depth-2]
 *
 * Trains the flow (about a minute on a quiet core) and the members of the ring experiment that are not in data/ yet, one
 * round over all cells after another, and keeps their samples. Stop it at any time; it goes on with the member it was
 * stopped at. A round takes about eleven minutes of a free core.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { diffusion, flow } from "@credence/train/models";
import { type Cell, cells, datasetOf, isDone, recipe, writeSamples } from "./experiment.js";
import { FLOW_TRAINING, flowShape } from "./flowRecipe.js";
import { sampleRing } from "./ring.js";

const { values } = parseArgs({
  options: {
    members: { type: "string", default: "12" },
    minutes: { type: "string", default: "600" },
    workers: { type: "string", default: "1" },
    cells: { type: "string" },
  },
});
const end = Date.now() + 60_000 * Number(values.minutes);
const wanted = cells.filter(({ name }) => !values.cells || values.cells.split(",").includes(name));

const folder = join(import.meta.dirname, "../models/ring-flow");
if (!existsSync(join(folder, "card.json"))) {
  const model = await flow(flowShape).train(sampleRing(20_000, 1), FLOW_TRAINING);
  await model.save(folder);
  await model.release();
  console.log(`The flow is in ${folder}.`);
}

const queue = Array.from({ length: Number(values.members) }, (_, member) =>
  wanted.map((cell) => ({ cell, member })),
)
  .flat()
  .filter(({ cell, member }) => !isDone(cell, member));
await Promise.all(Array.from({ length: Number(values.workers) }, work));

async function work(): Promise<void> {
  for (let next = queue.shift(); next && Date.now() < end; next = queue.shift())
    await train(next.cell, next.member);
}

async function train(cell: Cell, member: number): Promise<void> {
  const { steps, batchSize, learningRate, clip, noiseSteps, samples } = recipe;
  const start = performance.now();
  const data = sampleRing(cell.points, 1000 + datasetOf(cell, member));
  const model = await diffusion({
    steps: noiseSteps,
    network: { kind: "mlp", blocks: cell.depth },
    timesteps: cell.timesteps,
  }).train(data, {
    epochs: Math.round(steps / Math.floor(cell.points / batchSize)),
    batchSize,
    learningRate,
    clip,
    seed: member,
    ...(!cell.settles && { decay: "none", averageDecay: 0 }),
  });
  const trained = performance.now();
  writeSamples(cell, member, await model.sample(samples, { seed: member }));
  await model.release();
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(
    `${cell.name} ${member}: trained in ${seconds(start, trained)}, sampled in ${seconds(trained, performance.now())}, loss ${model.card.history.at(-1)?.loss.toFixed(4)}`,
  );
}
