import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CredenceError } from "credence/numeric";

/** Version of the card's format. */
const VERSION = 1;
const CARD = "card.json";

/** What a saved model says about itself, beside its ONNX files. */
export interface Card {
  /** What kind of model it is, e.g. "classifier". */
  readonly kind: string;
}

/** The other files of a model, by name. */
export type ModelFiles = { readonly [name: string]: Uint8Array };

/** What stands in card.json beside the model's own facts. */
interface Envelope {
  readonly format: string;
  readonly version: number;
  /** The SHA-256 of each other file. */
  readonly files: { readonly [name: string]: string };
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Writes the files and card.json into a folder, which is made where it is missing. */
export async function saveModel(directory: string, files: ModelFiles, card: Card): Promise<void> {
  await mkdir(directory, { recursive: true });
  const digests = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digest(bytes)]));
  const envelope: Envelope = { format: "credence-model", version: VERSION, files: digests };
  for (const [name, bytes] of Object.entries(files)) await replace(join(directory, name), bytes);
  // The card last: a folder with a card that fits is whole.
  await replace(join(directory, CARD), `${JSON.stringify({ ...envelope, ...card }, null, 2)}\n`);
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/**
 * Reads a folder that {@link saveModel} wrote.
 * @throws CredenceError "not-a-model" where files are missing, damaged, or of another program.
 */
export async function readModel(directory: string): Promise<{ files: ModelFiles; card: Card }> {
  const refuse = (explanation: string): CredenceError =>
    new CredenceError(
      "not-a-model",
      { function: "load", argument: "directory", value: directory },
      explanation,
    );
  const read = (file: string) =>
    readFile(join(directory, file)).catch(() => {
      throw refuse(`has no ${file} that can be read; give the folder that save() wrote.`);
    });
  let found: Card & Envelope;
  const text = (await read(CARD)).toString("utf8");
  try {
    found = JSON.parse(text);
  } catch {
    throw refuse(`its ${CARD} is not JSON; the file is damaged.`);
  }
  if (found?.format !== "credence-model") throw refuse(`its ${CARD} was not written by Credence.`);
  const { format: _, version, files: digests, ...card } = found;
  if (version !== VERSION)
    throw refuse(`its ${CARD} has version ${version}; this program reads version ${VERSION}.`);
  const files: { [name: string]: Uint8Array } = {};
  for (const [name, expected] of Object.entries(digests ?? {})) {
    // A card names files beside it, not paths.
    if (!/^[\w-]+\.\w+$/.test(name)) throw refuse(`its ${CARD} names the file ${JSON.stringify(name)}.`);
    files[name] = await read(name);
    if (digest(files[name]) !== expected) throw refuse(`its ${name} is damaged, or belongs to another card.`);
  }
  return { files, card };
}
