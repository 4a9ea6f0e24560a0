import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { missingPackage } from "../missingPackage.js";

/** The numbers of the tokens of a text, marks such as [CLS] among them. */
export type Encode = (text: string) => readonly number[];

/**
 * Reads a tokenizer.json, and the tokenizer_config.json beside it where there is one.
 * @param most Tokens of a text; of a longer one the first are kept, and the marks that close it.
 * @throws InputError "broken-file" for what is no tokenizer.
 */
export async function readTokenizer(file: string, most: number): Promise<Encode> {
  const { InputError } = await import("@credence/report");
  const { Tokenizer } = await import("@huggingface/tokenizers").catch(() =>
    missingPackage("--tokenizer", "@huggingface/tokenizers"),
  );
  const read = async (name: string): Promise<object> => JSON.parse(await readFile(name, "utf8"));
  const beside = join(dirname(file), "tokenizer_config.json");
  try {
    const description = await read(file);
    const tokenizer = new Tokenizer(description, existsSync(beside) ? await read(beside) : {});
    const ids = (text: string, marks: boolean) => tokenizer.encode(text, { add_special_tokens: marks }).ids;
    const closing = closingMarks(ids("a", true), ids("a", false));
    return (text) => {
      const all = ids(text, true);
      if (!all.every(Number.isInteger))
        throw new InputError(
          "broken-file",
          `has no number for a word of ${JSON.stringify(text.slice(0, 60))}, and none for unknown words.`,
          { file },
        );
      if (all.length <= most) return all;
      return [...all.slice(0, most - closing), ...all.slice(all.length - closing)];
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    const { message } = error as Error;
    throw new InputError("broken-file", `is no tokenizer.json that can be read (${message}).`, { file });
  }
}

/** How many marks stand behind a text. */
function closingMarks(marked: readonly number[], plain: readonly number[]): number {
  for (let closing = 0; closing + plain.length <= marked.length; closing++) {
    const start = marked.length - closing - plain.length;
    if (plain.every((id, i) => marked[start + i] === id)) return closing;
  }
  return 0;
}

/** Texts of tokens as a batch: all as long as the longest, and where tokens stand. */
export function padded(texts: readonly (readonly number[])[]) {
  const length = Math.max(1, ...texts.map((ids) => ids.length));
  const ids = new BigInt64Array(texts.length * length);
  const mask = new BigInt64Array(texts.length * length);
  texts.forEach((tokens, i) => {
    tokens.forEach((id, t) => {
      ids[i * length + t] = BigInt(id);
      mask[i * length + t] = 1n;
    });
  });
  return { ids, mask, length };
}
