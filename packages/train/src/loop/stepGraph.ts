import type { Runtime, Tensors } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import { compile, gradients, type Stepper, type Tensor } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";
import { averageName, clipByNorm, movingAverages } from "../optim/index.js";
import type { Fit, Losses, Player } from "./training.js";

/** All players of a training, by name; its own loss is that of the player "loss". */
export function playersOf({ loss, parameters, players = {} }: Fit): { readonly [name: string]: Player } {
  if (Object.hasOwn(players, "loss"))
    throw new CredenceError(
      "in-use",
      { function: "fit", argument: "players.loss" },
      "the training's own loss has this name; give the player another.",
    );
  return { loss: { loss, parameters }, ...players };
}

/** What all players move. */
export const parametersOf = (training: Fit): readonly Tensor[] =>
  Object.values(playersOf(training)).flatMap(({ parameters }) => parameters);

/** What each step changes. */
export function stepUpdates(training: Fit): Map<Tensor, Tensor> {
  const { optimiser, clip, averageDecay, updates = new Map() } = training;
  const parameters = parametersOf(training);
  const slopes = Object.values(playersOf(training)).flatMap(({ loss, parameters: own }) => {
    const found = gradients(loss, own);
    return clip === undefined ? found : clipByNorm(found, clip).gradients;
  });
  const all = new Map([...optimiser.updates(parameters, slopes), ...updates]);
  if (averageDecay !== undefined) movingAverages(parameters, all, averageDecay);
  return all;
}

/** The variable that holds what a parameter has learnt: its average where one is kept. */
function learntVariable(training: Fit): (name: string) => string {
  const learnt = new Set(training.averageDecay === undefined ? [] : parametersOf(training).map(nameOf));
  return (name) => (learnt.has(name) ? averageName(name) : name);
}

/** What the training is for: the values of parameters and other kept tensors. */
export async function learntValues(training: Fit, stepper: Stepper<string>): Promise<Tensors> {
  const { updates = new Map() } = training;
  const variable = learntVariable(training);
  const all = await stepper.parameters();
  return Object.fromEntries(
    [...parametersOf(training), ...updates.keys()].map(nameOf).map((name) => [name, all[variable(name)]]),
  );
}

/** Measures the validation loss of the parameters as they are in the runtime. */
export async function createValidator(
  training: Fit,
  runtime: Runtime,
): Promise<(() => Promise<{ loss: number; measures?: Losses }>) | null> {
  const { validation, threads } = training;
  if (!validation) return null;
  const { output, loss } = validation;
  const program = await compile(
    { output },
    { runtime, threads, variable: learntVariable(training), batch: "rows" },
  );
  return async () => {
    const found = await loss(async (feeds) => (await program.run(feeds)).output);
    return typeof found === "number" ? { loss: found } : found;
  };
}
