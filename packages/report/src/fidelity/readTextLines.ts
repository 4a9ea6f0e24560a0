import { InputError } from "../reading/inputError.js";
import { checkPacked, openText } from "../reading/textStart.js";
import { formatPlural } from "../words/format.js";
import type { TextSet } from "./features.js";

/** Reads files of one text a line; lines of white space alone are counted and left out. */
export async function readTextLines(name: string, files: readonly string[]): Promise<TextSet> {
  const texts: string[] = [];
  let empty = 0;
  for (const file of files)
    for await (const line of linesOf(file))
      if (line.trim() === "") empty++;
      else texts.push(line);
  if (texts.length === 0) throw new InputError("no-rows", "has no line of text.", { file: name });
  return {
    name,
    files,
    texts,
    labels: null,
    groups: null,
    dropped: empty,
    guesses: empty > 0 ? [`${formatPlural(empty, "empty line")} of ${name} left out.`] : [],
  };
}

async function* linesOf(file: string): AsyncIterable<string> {
  await checkPacked(file);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new InputError("not-utf8", "is not UTF-8 text; save it as UTF-8.", { file });
    }
  };
  let begun = "";
  for await (const bytes of openText(file)) {
    const lines = (begun + decode(bytes)).split("\n");
    begun = lines.pop() as string;
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  begun += decode();
  if (begun !== "") yield begun;
}
