import type { Runtime } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import { operationsBehind } from "../graph/gradients.js";
import { compile, type Feeds, gradients, sub, sum } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";
import type { Player } from "./training.js";

interface Diverged {
  readonly runtime: Runtime;
  readonly players: readonly Player[];
  readonly step: number;
  readonly feeds: Feeds;
  readonly seed: number;
}

/** Finds where a step stopped being finite, by running it again with every named layer looked at. */
export async function diagnose({ runtime, players, step, feeds, seed }: Diverged): Promise<CredenceError> {
  const losses = players.map(({ loss }) => loss);
  const parameters = players.flatMap((player) => player.parameters);
  const slopes = players.flatMap((player) => gradients(player.loss, player.parameters));
  const layers = operationsBehind(losses).flatMap(({ name, outputs }) =>
    name && outputs[0].type === "float32" ? [{ name, tensor: outputs[0] }] : [],
  );
  const suspects = [
    ...parameters.map((p) => ({
      what: `the parameter "${nameOf(p)}" was no longer finite before it`,
      tensor: p,
    })),
    ...layers.map(({ name, tensor }) => ({
      what: `the layer "${name}" is the first whose output is not finite`,
      tensor,
    })),
    ...losses.map((loss) => ({ what: "the loss itself is not finite, though every layer is", tensor: loss })),
    ...slopes.map((g, i) => ({
      what: `the gradient of "${nameOf(parameters[i])}" is not finite`,
      tensor: g,
    })),
  ];
  // x − x is 0 where x is finite, and NaN where it is not.
  const outputs = Object.fromEntries(
    suspects.map(({ tensor }, i) => [`suspect ${i}`, sum(sub(tensor, tensor))]),
  );
  const program = await compile<string>(outputs, { runtime, seed, optimise: "disabled" });
  const found = await program.run(feeds, { step });
  await program.release();
  const culprit = suspects.find((_, i) => !Number.isFinite(Number(found[`suspect ${i}`].data[0])));
  return new CredenceError(
    "diverged",
    { function: "train", argument: "loss" },
    `at step ${step} ${culprit?.what ?? "the loss was not finite"}. Lower the learning rate, clip the gradients, or look for extreme values in the data.`,
  );
}
