import { freemem } from "node:os";
import type { Runtime, Tensors } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import { compileSteps, type Feeds } from "../graph/index.js";
import { constantRate } from "../optim/index.js";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { diagnose } from "./diagnose.js";
import { estimateMemory, type MemoryEstimate } from "./memory.js";
import { createPace } from "./pace.js";
import { createValidator, learntValues, playersOf, stepUpdates } from "./stepGraph.js";
import type { Fit, Fitted, LossPoint } from "./training.js";

/** Before the names of the best values, in a checkpoint. */
const BEST = "best of ";

/** What the loop remembers between steps, apart from the tensors. */
interface Notes {
  history: LossPoint[];
  /** Of the training losses since the last point, and of the other players' losses. */
  sum: number;
  sums?: { [player: string]: number };
  best: { point: number; validation: number } | null;
}

/** The training itself, in a runtime of its own. */
export async function descend(training: Fit, runtime: Runtime): Promise<Fitted> {
  const { steps, seed = 0, threads = 1, patience, checkpoint, signal, identity = "" } = training;
  const every = training.every ?? Math.ceil(steps / 10);
  const saveEvery = checkpoint?.every ?? every;

  const updates = stepUpdates(training);
  const losses = Object.fromEntries(
    Object.entries(playersOf(training)).map(([name, player]) => [name, player.loss]),
  );
  const others = Object.keys(training.players ?? {});
  const memory = estimateMemory(Object.values(losses), updates);
  checkMemory(memory, training.memoryLimit ?? freemem());
  const computation = { outputs: losses, updates, finite: Object.keys(losses) };
  const stepper = await compileSteps(computation, { runtime, seed, threads });
  const validate = await createValidator(training, runtime);

  const feedsOf = (step: number): Feeds => {
    const { optimiser, schedule = constantRate, learningRate = 1e-3, batch } = training;
    return { ...batch(step), ...optimiser.scalars(step, learningRate * schedule(step, steps)) };
  };
  /** The losses of consecutive steps, of each player. */
  async function run(first: number, count: number): Promise<{ [player: string]: Float32Array }> {
    const feeds = Array.from({ length: count }, (_, i) => feedsOf(first + i));
    try {
      const found = Object.entries(await stepper.run(feeds, { step: first }));
      return Object.fromEntries(found.map(([name, { data }]) => [name, data as Float32Array]));
    } catch (error) {
      const place = error instanceof CredenceError && error.code === "not-finite" ? error.place : null;
      if (place?.index === undefined) throw error;
      // Nothing of this run was kept: go up to the bad step, and look.
      const good = feeds.slice(0, place.index);
      const again = await compileSteps(computation, { runtime, seed, threads });
      if (good.length > 0) await again.run(good, { step: first });
      throw await diagnose({
        runtime,
        players: Object.values(playersOf(training)),
        step: first + good.length,
        feeds: feeds[good.length],
        seed,
      });
    }
  }

  let step = 0;
  let notes: Notes = { history: [], sum: 0, best: null };
  let best: Tensors = {};
  const found = checkpoint && (await loadCheckpoint(checkpoint.directory, identity));
  if (found) {
    step = found.step;
    notes = found.notes as Notes;
    const [kept, others] = divide(found.tensors, (name) => name.startsWith(BEST));
    best = renamed(kept, (name) => name.slice(BEST.length));
    await stepper.assign(others);
  }
  const save = async () => {
    if (!checkpoint) return;
    const tensors = { ...(await stepper.parameters()), ...renamed(best, (name) => BEST + name) };
    await saveCheckpoint(checkpoint.directory, identity, { step, tensors, notes });
  };
  const tired = () =>
    patience !== undefined && notes.best !== null && notes.history.length - notes.best.point >= patience;

  /** A number for each of the other players, if there are any. */
  const ofOthers = (value: (name: string) => number) =>
    others.length > 0 ? Object.fromEntries(others.map((name) => [name, value(name)])) : undefined;

  /** Runs steps up to one at which something happens that must see no later step; some at a time, two runs under way. */
  async function advance(until: number): Promise<void> {
    const pace = createPace();
    let asked = step;
    const ask = () => {
      const count = Math.min(pace.steps(), until - asked);
      if (count === 0 || signal?.aborted) return null;
      asked += count;
      const found = run(asked - count, count);
      found.catch(() => {}); // What is wrong with it is told when its turn comes, or before.
      return found;
    };
    let now = ask();
    let next = ask();
    while (now) {
      const found = await now;
      pace.done(found.loss.length);
      for (let i = 0; i < found.loss.length; i++) {
        step++;
        const value = found.loss[i];
        notes.sum += value;
        const players = ofOthers((name) => found[name][i]);
        if (players) notes.sums = ofOthers((name) => (notes.sums?.[name] ?? 0) + players[name]);
        training.onProgress?.({
          step,
          steps,
          loss: value,
          ...(players && { players }),
          history: notes.history,
          memory,
        });
      }
      now = next;
      next = ask();
    }
  }

  /** Adds a point to the loss curve. */
  async function measure(): Promise<void> {
    const before = notes.history.at(-1)?.step ?? 0;
    const players = ofOthers((name) => (notes.sums?.[name] ?? 0) / (step - before));
    const point = { step, loss: notes.sum / (step - before), ...(players && { players }) };
    notes.sum = 0;
    notes.sums = undefined;
    if (!validate) return void notes.history.push(point);
    const { loss: value, measures } = await validate();
    notes.history.push({ ...point, validation: value, ...(measures && { measures }) });
    if (patience === undefined || (notes.best && value >= notes.best.validation)) return;
    notes.best = { point: notes.history.length, validation: value };
    best = await learntValues(training, stepper);
  }

  while (step < steps && !tired()) {
    await advance(Math.min(steps, nextMultiple(step, every), nextMultiple(step, saveEvery)));
    const done = step === steps;
    if (step % every === 0 || done) await measure();
    if (step % saveEvery === 0 || done || signal?.aborted) await save();
    if (!done) signal?.throwIfAborted();
  }
  const values = notes.best ? best : await learntValues(training, stepper);
  checkFiniteValues(values, step);
  return {
    values,
    history: notes.history,
    steps: step,
    stoppedEarly: step < steps,
    memory,
  };
}

/** The last step's loss is that before it, so what the step itself did must be looked at. */
function checkFiniteValues(values: Tensors, step: number): void {
  for (const [name, { data }] of Object.entries(values))
    if (!Array.prototype.every.call(data, Number.isFinite))
      throw new CredenceError(
        "diverged",
        { function: "fit", argument: "parameters" },
        `after step ${step} the parameter "${name}" is not finite. Lower the learning rate, or clip the gradients.`,
      );
}

function checkMemory({ total }: MemoryEstimate, limit: number): void {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  if (total > limit)
    throw new CredenceError(
      "too-large",
      { function: "fit", argument: "memoryLimit", value: megabytes(limit) },
      `the training needs about ${megabytes(total)}; make the batch or the model smaller.`,
    );
}

const nextMultiple = (step: number, of: number): number => (Math.floor(step / of) + 1) * of;

const renamed = (tensors: Tensors, rename: (name: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));

function divide(tensors: Tensors, test: (name: string) => boolean): [Tensors, Tensors] {
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => test(name) === wanted));
  return [part(true), part(false)];
}
