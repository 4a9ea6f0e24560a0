import type { Runtime, Tensors } from "@credence/runtime";
import { compile, gradients, type Stepper, type Tensor } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";
import { averageName, clipByNorm, movingAverages } from "../optim/index.js";
import type { Fit } from "./training.js";

/** What each step changes. */
export function stepUpdates({
  loss,
  parameters,
  optimiser,
  clip,
  averageDecay,
  updates = new Map(),
}: Fit): Map<Tensor, Tensor> {
  let slopes = gradients(loss, parameters);
  if (clip !== undefined) slopes = clipByNorm(slopes, clip).gradients;
  const all = new Map([...optimiser.updates(parameters, slopes), ...updates]);
  if (averageDecay !== undefined) movingAverages(parameters, all, averageDecay);
  return all;
}

/** The variable that holds what a parameter has learnt: its average where one is kept. */
function learntVariable({ parameters, averageDecay }: Fit): (name: string) => string {
  const learnt = new Set(averageDecay === undefined ? [] : parameters.map(nameOf));
  return (name) => (learnt.has(name) ? averageName(name) : name);
}

/** What the training is for: the values of parameters and other kept tensors. */
export async function learntValues(training: Fit, stepper: Stepper<string>): Promise<Tensors> {
  const { parameters, updates = new Map() } = training;
  const variable = learntVariable(training);
  const all = await stepper.parameters();
  return Object.fromEntries(
    [...parameters, ...updates.keys()].map(nameOf).map((name) => [name, all[variable(name)]]),
  );
}

/** Measures the validation loss of the parameters as they are in the runtime. */
export async function createValidator(
  training: Fit,
  runtime: Runtime,
): Promise<(() => Promise<number>) | null> {
  const { validation, threads } = training;
  if (!validation) return null;
  const { output, loss } = validation;
  const program = await compile(
    { output },
    { runtime, threads, variable: learntVariable(training), batch: "rows" },
  );
  return () => loss(async (feeds) => (await program.run(feeds)).output);
}
