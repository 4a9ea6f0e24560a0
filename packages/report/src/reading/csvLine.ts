import { createCsvScanner } from "./csvScanner.js";
import type { FileFormat } from "./files.js";
import { openText } from "./textStart.js";

/** The line on which a row of a text file begins, from 1; null where the format has no lines. */
export async function lineOfRow(file: string, format: FileFormat, row: number): Promise<number | null> {
  if (format !== "csv" && format !== "jsonl") return null;
  // In CSV the header is record 0; in JSON Lines quotes hold no line breaks, so the same scanner serves.
  const wanted = format === "csv" ? row : row - 1;
  let found: number | null = null;
  const onRecord = (record: number, line: number): boolean => {
    if (record === wanted) found = line;
    return found === null;
  };
  const scanner = createCsvScanner(format === "csv" ? '"' : null);
  const decoder = new TextDecoder();
  for await (const chunk of openText(file) as AsyncIterable<Buffer>)
    if (!scanner.scan(decoder.decode(chunk, { stream: true }), onRecord)) return found;
  scanner.end(onRecord);
  return found;
}
