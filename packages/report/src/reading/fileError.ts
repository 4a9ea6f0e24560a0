import { createInterface } from "node:readline";
import { firstLine } from "./columns.js";
import { fileFormat } from "./files.js";
import { InputError } from "./inputError.js";
import { openText } from "./textStart.js";

/** What DuckDB says about a file, as an InputError that names file and line; other errors are handed through. */
export async function fileError(error: unknown, files: readonly string[]): Promise<unknown> {
  if (error instanceof InputError || !(error instanceof Error)) return error;
  const { message } = error;
  const file = files.find((name) => message.includes(name)) ?? files[0];
  const line = Number(/on Line: (\d+)/i.exec(message)?.[1]) || undefined;
  const at = { file, ...(line && { line }) };
  if (/not utf-?8|invalid unicode|byte sequence mismatch/i.test(message))
    return new InputError("not-utf8", "is not UTF-8 text; save it as UTF-8.", at);
  switch (fileFormat(file)) {
    case "csv":
      return /CSV|sniffing/.test(message)
        ? new InputError("broken-file", csvComplaint(message, firstLine(error)), at)
        : error;
    case "parquet":
      return /parquet|magic bytes|thrift|decompression|read file|page|footer/i.test(message)
        ? new InputError(
            "broken-file",
            `is not a whole Parquet file (${firstLine(error)}); make it again.`,
            at,
          )
        : error;
    default:
      if (!/JSON/.test(message)) return error;
      return new InputError("broken-file", "is not valid JSON; each line holds one object.", {
        file,
        ...(await firstBrokenLine(file)),
      });
  }
}

function csvComplaint(message: string, said: string): string {
  const shape = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (shape)
    return `the number of cells is ${shape[2]}, not ${shape[1]} as in the header; quote cells that hold the delimiter.`;
  if (/unterminated quote/.test(message)) return "a quote is opened and not closed.";
  if (/invalid state/.test(message))
    return 'is not CSV throughout: line endings are mixed, or quotes stand inside cells; write " as "" within quotes.';
  const type = /Could not convert string "(.*)" to '(\w+)'/.exec(message);
  return type ? `"${type[1]}" is no ${type[2]}, as the cells above it are.` : said;
}

/** The first line that is no JSON; NaN and infinities are let through, as DuckDB does. */
async function firstBrokenLine(file: string): Promise<{ line?: number }> {
  let line = 0;
  for await (const text of createInterface({ input: openText(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    const plain = text.replace(/^\uFEFF/, "").trim();
    if (plain === "") continue;
    try {
      JSON.parse(plain.replace(/([:[,]\s*)(?:-?Infinity|NaN)(?=\s*[,}\]])/g, "$1null"));
    } catch {
      return { line };
    }
  }
  return {};
}
