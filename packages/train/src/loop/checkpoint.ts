import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Tensors } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import { decodeTensors, encodeTensors } from "./safetensors.js";

/** Everything that a training needs to go on where it stopped. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Parameters, the optimiser's memory, and every other kept tensor. */
  readonly tensors: Tensors;
  /** What the loop itself remembers, as JSON. */
  readonly notes: unknown;
}

const FILE = "checkpoint.safetensors";
const LOCK = "training.lock";

/** Saves a checkpoint into a folder, in place of the one before; a crash leaves one of the two whole. */
export async function saveCheckpoint(
  directory: string,
  identity: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const { step, tensors, notes } = checkpoint;
  const metadata = { identity, step: String(step), notes: JSON.stringify(notes) };
  const target = join(directory, FILE);
  const file = await open(`${target}.new`, "w");
  try {
    await file.writeFile(encodeTensors(tensors, metadata));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${target}.new`, target);
}

/**
 * The checkpoint in a folder, or null where there is none.
 * @throws CredenceError "not-a-model" for a file that is not whole, or that belongs to another training.
 */
export async function loadCheckpoint(directory: string, identity: string): Promise<Checkpoint | null> {
  const path = join(directory, FILE);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (!bytes) return null;
  const { tensors, metadata } = decodeTensors(bytes, path);
  if (metadata.identity !== identity)
    throw new CredenceError(
      "not-a-model",
      { function: "train", argument: "checkpoint.directory", value: directory },
      "holds the checkpoint of a training with another model, other data or other options; use another folder, or remove it.",
    );
  return { step: Number(metadata.step), tensors, notes: JSON.parse(metadata.notes) };
}

/**
 * Takes a folder for one training.
 * @returns What gives it back.
 * @throws CredenceError "in-use" while another training has it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, LOCK);
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(await readFile(path, "utf8").catch(() => "0"));
      if (isRunning(owner))
        throw new CredenceError(
          "in-use",
          { function: "train", argument: "checkpoint.directory", value: directory },
          `another training (process ${owner}) is using it; wait for it, or give this one another folder.`,
        );
      // Left behind by a process that died.
      await rm(path, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
