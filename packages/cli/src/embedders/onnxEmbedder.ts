import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Session, TensorData } from "@credence/runtime";
import { inBatches } from "../inBatches.js";
import { missingPackage } from "../missingPackage.js";
import type { Embedder } from "./embedder.js";
import { padded, readTokenizer } from "./tokenizer.js";

/** Texts that the model gets at a time. */
const BATCH = 32;
/** Inputs that a sentence encoder may have. */
const INPUTS = ["input_ids", "attention_mask", "token_type_ids"];

/**
 * Embeds texts by a sentence encoder in ONNX: the output "sentence_embedding" where there is one, else the first. With
 * two axes it is taken as it is; with three, batch × tokens × width, it is averaged over the tokens of each text.
 * @throws InputError "invalid-option" where a package is missing or the model is no sentence encoder, "broken-file" for a
 *   tokenizer that cannot be read.
 */
export async function onnxEmbedder(
  file: string,
  { tokenizer, maxTokens }: { tokenizer: string; maxTokens: number },
): Promise<Embedder> {
  const { InputError } = await import("@credence/report");
  const { fromHalf, startRuntime, tensorData } = await import("@credence/runtime").catch(() =>
    missingPackage("--embedder model.onnx", "@credence/runtime"),
  );
  const encode = await readTokenizer(tokenizer, maxTokens);
  const runtime = startRuntime();
  const refuse = (words: string) => new InputError("invalid-option", words, { file });
  const session = await open().catch(async (error) => {
    await runtime.close();
    throw error;
  });
  const output = session.outputs.includes("sentence_embedding") ? "sentence_embedding" : session.outputs[0];

  async function open(): Promise<Session> {
    const opened = await runtime.open(await readFile(file));
    const odd = opened.inputs.find((input) => !INPUTS.includes(input));
    if (odd !== undefined || !opened.inputs.includes("input_ids"))
      throw refuse(
        `its inputs are ${opened.inputs.join(", ")}; a sentence encoder takes ${INPUTS.join(", ")}, of which the last two may be missing.`,
      );
    return opened;
  }

  async function embed(batch: readonly string[]) {
    const { ids, mask, length } = padded(batch.map(encode));
    const shape = [batch.length, length];
    const all: { [input: string]: () => TensorData } = {
      input_ids: () => tensorData("int64", shape, ids),
      attention_mask: () => tensorData("int64", shape, mask),
      token_type_ids: () => tensorData("int64", shape, new BigInt64Array(ids.length)),
    };
    const feeds = Object.fromEntries(session.inputs.map((input) => [input, all[input]()]));
    const found = (await session.run(feeds, { outputs: [output] }))[output];
    if (!found.type.startsWith("float"))
      throw refuse(
        `its output "${output}" holds ${found.type}; a sentence encoder gives float32 or float16.`,
      );
    const [rows, tokens, width] = found.shape;
    const data = (
      found.type === "float16" ? fromHalf(found.data as Uint16Array) : found.data
    ) as Float32Array;
    if (found.shape.length === 2 && rows === batch.length) return { data, rows, columns: tokens };
    if (found.shape.length !== 3 || rows !== batch.length || tokens !== length)
      throw refuse(
        `its output "${output}" is ${found.shape.join(" × ")} for ${batch.length} texts of ${length} tokens; a sentence encoder gives texts × width, or texts × tokens × width.`,
      );
    return { data: averaged(data, mask, length, width), rows, columns: width };
  }

  return {
    name: `the model ${basename(file)}, ${maxTokens} tokens at most`,
    // Without a mask the model would take padding for text.
    read: (texts, onProgress) =>
      inBatches(texts, session.inputs.includes("attention_mask") ? BATCH : 1, embed, onProgress),
    close: () => runtime.close(),
  };
}

/** The mean over the tokens of each text, padding left out. */
function averaged(data: Float32Array, mask: BigInt64Array, length: number, width: number): Float64Array {
  const rows = mask.length / length;
  const means = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let t = i * length; t < (i + 1) * length; t++) {
      if (mask[t] === 0n) continue;
      count++;
      for (let j = 0; j < width; j++) means[i * width + j] += data[t * width + j];
    }
    for (let j = i * width; j < (i + 1) * width; j++) means[j] /= count;
  }
  return means;
}
