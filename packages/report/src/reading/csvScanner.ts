/** Hears of a record: its number from 0, the line it begins on from 1, and its text. Returns false to stop. */
export type OnRecord = (record: number, line: number, text: string) => boolean;

/** Walks over CSV text, chunk by chunk, and tells where records begin. */
export interface CsvScanner {
  /** Feeds text; false where the callback stopped it. */
  scan(text: string, onRecord: OnRecord): boolean;
  /** The last record, where the file does not end in a line break. */
  end(onRecord: OnRecord): boolean;
}

/**
 * A scanner for records divided by \n, \r\n or \r. Empty lines are no records.
 * @param quote Between two of these a line break belongs to the record; null for none.
 */
export function createCsvScanner(quote: string | null = '"'): CsvScanner {
  let record = 0;
  let line = 1;
  let begun = 1;
  let quoted = false;
  let afterReturn = false;
  let pending = "";

  const finish: CsvScanner["end"] = (onRecord) => {
    const [text, at] = [pending, begun];
    pending = "";
    begun = line;
    return text === "" || onRecord(record++, at, text);
  };

  const scan: CsvScanner["scan"] = (text, onRecord) => {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      const second = afterReturn && c === "\n";
      afterReturn = c === "\r";
      if (c === quote) quoted = !quoted;
      if (c !== "\n" && c !== "\r") continue;
      if (!second) line++;
      if (quoted) continue;
      if (!second) pending += text.slice(from, i);
      from = i + 1;
      if (second) begun = line;
      else if (!finish(onRecord)) return false;
    }
    pending += text.slice(from);
    return true;
  };

  return { scan, end: finish };
}
