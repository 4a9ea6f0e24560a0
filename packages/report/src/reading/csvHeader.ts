import { createCsvScanner } from "./csvScanner.js";
import { InputError } from "./inputError.js";
import { openText } from "./textStart.js";

/** The first record of a CSV file. */
export interface CsvHeader {
  readonly delimiter: string;
  /** The names as written. */
  readonly names: readonly string[];
  /** Empty lines above it. */
  readonly skip: number;
}

const DELIMITERS = [",", "\t", ";", "|"];
const LONGEST_HEADER = 1 << 22;

/** Reads the header of a CSV file: the delimiter is the one of , tab ; | that is most frequent in it. */
export async function readCsvHeader(file: string): Promise<CsvHeader> {
  const scanner = createCsvScanner();
  let found: { line: number; text: string } | null = null;
  const stop = (_: number, line: number, text: string): boolean => {
    found = { line, text };
    return false;
  };
  let size = 0;
  const decoder = new TextDecoder();
  let bytes: Buffer | null = null;
  for await (const chunk of openText(file) as AsyncIterable<Buffer>) {
    if (!bytes) refuseOtherEncodings(file, chunk);
    bytes = chunk;
    size += chunk.length;
    if (!scanner.scan(decoder.decode(chunk, { stream: true }), stop)) break;
    if (size > LONGEST_HEADER) break;
  }
  if (!found) scanner.end(stop);
  const header = found as { line: number; text: string } | null;
  if (!header) throw new InputError("no-rows", "is empty; the first line must name the columns.", { file });
  const delimiter = likeliestDelimiter(header.text);
  return { delimiter, names: splitRecord(header.text, delimiter), skip: header.line - 1 };
}

function refuseOtherEncodings(file: string, start: Buffer): void {
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (wide || start.subarray(0, 64).includes(0))
    throw new InputError(
      "not-utf8",
      "is not UTF-8 text (it looks like UTF-16 or binary); save it as UTF-8.",
      { file },
    );
}

function likeliestDelimiter(text: string): string {
  const outside = text.replace(/"(?:[^"]|"")*"/g, "");
  const counts = DELIMITERS.map((delimiter) => outside.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/** The fields of one record; quotes around them are taken off and doubled ones halved. */
export function splitRecord(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      if (quoted && text[i + 1] === '"') {
        field += c;
        i++;
      } else quoted = !quoted;
    } else if (c === delimiter && !quoted) {
      fields.push(field);
      field = "";
    } else field += c;
  }
  return [...fields, field];
}
