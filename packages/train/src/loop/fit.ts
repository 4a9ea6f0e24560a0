import { startRuntime } from "@credence/runtime";
import { checkCount } from "credence/numeric";
import { lockDirectory } from "./checkpoint.js";
import { descend } from "./descend.js";
import type { Fit, Fitted } from "./training.js";

/**
 * Descends a loss. Two steps are under way at a time, so that the worker need not wait for the next batch.
 * @throws CredenceError "diverged" at a loss that is not finite, naming the step and the layer; "too-large" before the
 * start, where memory would not suffice; "in-use" for a checkpoint folder that another training uses. An aborted signal
 * rejects with its reason.
 */
export async function fit(training: Fit): Promise<Fitted> {
  const { checkpoint, signal } = training;
  signal?.throwIfAborted();
  checkCount("fit", "steps", training.steps);
  const unlock = checkpoint && (await lockDirectory(checkpoint.directory));
  const runtime = startRuntime();
  try {
    return await descend(training, runtime);
  } finally {
    await runtime.close();
    await unlock?.();
  }
}
