import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CredenceError } from "credence/numeric";

/** Version of the card's format. */
const VERSION = 1;
const CARD = "card.json";
const MODEL = "model.onnx";

/** What a saved model says about itself, beside the ONNX file. */
export interface Card {
  /** What kind of model it is, e.g. "classifier". */
  readonly kind: string;
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Writes model.onnx and card.json into a folder, which is made where it is missing. */
export async function saveModel(directory: string, onnx: Uint8Array, card: Card): Promise<void> {
  await mkdir(directory, { recursive: true });
  const about = { format: "credence-model", version: VERSION, sha256: digest(onnx), ...card };
  // The card last: a folder with a card that fits is whole.
  await replace(join(directory, MODEL), onnx);
  await replace(join(directory, CARD), `${JSON.stringify(about, null, 2)}\n`);
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/**
 * Reads the two files of a folder.
 * @throws CredenceError "not-a-model" where they are missing, damaged, of another program or of another kind.
 */
export async function readModel<C extends Card>(
  directory: string,
  kind: C["kind"],
): Promise<{ onnx: Uint8Array; card: C }> {
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
  let card: C & { format: string; version: number; sha256: string };
  const text = (await read(CARD)).toString("utf8");
  try {
    card = JSON.parse(text);
  } catch {
    throw refuse(`its ${CARD} is not JSON; the file is damaged.`);
  }
  if (card?.format !== "credence-model") throw refuse(`its ${CARD} was not written by Credence.`);
  if (card.version !== VERSION)
    throw refuse(`its ${CARD} has version ${card.version}; this program reads version ${VERSION}.`);
  if (card.kind !== kind) throw refuse(`holds a ${card.kind}, not a ${kind}.`);
  const onnx = await read(MODEL);
  if (digest(onnx) !== card.sha256) throw refuse(`its ${MODEL} is damaged, or belongs to another card.`);
  return { onnx, card };
}
