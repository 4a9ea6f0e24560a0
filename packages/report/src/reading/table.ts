import { statSync } from "node:fs";
import { type CsvHeader, readCsvHeader } from "./csvHeader.js";
import { type Database, quoteName, quoteText } from "./database.js";
import type { FileFormat } from "./files.js";
import { InputError } from "./inputError.js";

/** A column of the files. */
export interface Column {
  /** The name as the file has it. */
  readonly name: string;
  /** The name in SQL: the same, unless names repeat. */
  readonly sqlName: string;
  /** Its DuckDB type, as far as the first rows tell. */
  readonly type: string;
}

/** Files as one table in SQL. Nothing is read yet but headers and the first rows. */
export interface Table {
  readonly files: readonly string[];
  readonly format: FileFormat;
  readonly columns: readonly Column[];
  /** Names that stand more than once in a header. */
  readonly repeated: readonly string[];
  /**
   * What stands after FROM.
   * @param asText Columns (by SQL name) to leave as text, so that a cell that is no number can be named.
   * @param file Only this one of the files.
   */
  from(asText: readonly string[], file?: string): string;
}

/** Finds out the columns of the files. */
export function describeTable(
  database: Database,
  files: readonly string[],
  format: FileFormat,
): Promise<Table> {
  if (format === "csv") return describeCsv(database, files);
  return format === "parquet" ? describeParquet(database, files) : describeJson(database, files, format);
}

/** Text files one after the other: given a list, DuckDB's readers may mix up the order of the files. */
const inOrder = (files: readonly string[], read: (file: string) => string): string =>
  `(${files.map((file) => `from ${read(quoteText(file))}`).join(" union all ")})`;

const list = (files: readonly string[]): string => `[${files.map(quoteText).join(", ")}]`;

interface Described {
  readonly column_name: string;
  readonly column_type: string;
}

const describe = (database: Database, from: string) =>
  database.rows<Described>(`describe select * from ${from}`);

async function describeCsv(database: Database, files: readonly string[]): Promise<Table> {
  const headers = new Map<string, CsvHeader>();
  for (const file of files) headers.set(file, await readCsvHeader(file));
  const first = headers.get(files[0]) as CsvHeader;
  const sqlNames = distinctNames(first.names);
  for (const [file, header] of headers)
    if (JSON.stringify(header) !== JSON.stringify(first))
      throw new InputError(
        "missing-column",
        `${headerDifference(first, header)} than ${files[0]}; files that are read together need the same header.`,
        { file },
      );
  const dialect = `delim = ${quoteText(first.delimiter)}, quote = '"', escape = '"', comment = '', nullstr = '', header = true, skip = ${first.skip}`;
  const types = await sampleTypes(database, `read_csv(${list(files.slice(0, 1))}, ${dialect})`, sqlNames);
  return {
    files,
    format: "csv",
    columns: first.names.map((name, i) => ({ name, sqlName: sqlNames[i], type: types[i] })),
    repeated: first.names.filter((name, i) => first.names.indexOf(name) < i),
    // The columns are spelt out: DuckDB's own detection may drop lines that it finds odd, in silence.
    from: (asText, file) => {
      const how = `${dialect}, auto_detect = false, columns = ${struct(sqlNames, types, asText)}`;
      return inOrder(file === undefined ? files : [file], (one) => `read_csv(${one}, ${how})`);
    },
  };
}

function headerDifference(first: CsvHeader, other: CsvHeader): string {
  if (first.delimiter !== other.delimiter) return "has another delimiter";
  return first.names.length === other.names.length
    ? "has other column names"
    : `has ${other.names.length} columns, not ${first.names.length}: another header`;
}

/** Types by DuckDB's detection, where that found the same columns; else text. */
async function sampleTypes(database: Database, from: string, names: readonly string[]): Promise<string[]> {
  const described = await describe(database, from).catch(() => []);
  const same = described.length === names.length;
  return names.map((_, i) => (same ? described[i].column_type : "VARCHAR"));
}

async function describeJson(
  database: Database,
  files: readonly string[],
  format: FileFormat,
): Promise<Table> {
  const reader = (which: string, how: string) =>
    `read_json(${which}, format = ${format === "jsonl" ? "'newline_delimited'" : "'auto'"}, ${how})`;
  const described = await describe(database, reader(list(files), "union_by_name = true"));
  const names = described.map(({ column_name }) => column_name);
  const types = described.map(({ column_type }) => column_type);
  const empty = files.find((file) => statSync(file).size === 0);
  if (empty) throw new InputError("no-rows", "is empty; at least one row is needed.", { file: empty });
  if (names.length === 1 && names[0] === "json")
    throw new InputError(
      "broken-file",
      'holds no JSON objects; each row is one, like {"confidence": 0.9, "correct": true}.',
      {
        file: files[0],
      },
    );
  return {
    files,
    format,
    columns: names.map((name, i) => ({ name, sqlName: name, type: types[i] })),
    repeated: [],
    from: (asText, file) => {
      const how = `columns = ${struct(names, types, asText)}`;
      return inOrder(file === undefined ? files : [file], (one) => reader(one, how));
    },
  };
}

async function describeParquet(database: Database, files: readonly string[]): Promise<Table> {
  const from = (which: readonly string[]) => `read_parquet(${list(which)}, union_by_name = true)`;
  const described = await describe(database, from(files));
  return {
    files,
    format: "parquet",
    columns: described.map(({ column_name, column_type }) => ({
      name: column_name,
      sqlName: column_name,
      type: column_type,
    })),
    repeated: [],
    // Parquet knows its types: there is no text to keep.
    from: (_, file) => from(file === undefined ? files : [file]),
  };
}

function struct(names: readonly string[], types: readonly string[], asText: readonly string[]): string {
  const fields = names.map(
    (name, i) => `${quoteName(name)}: ${quoteText(asText.includes(name) ? "VARCHAR" : types[i])}`,
  );
  return `{${fields.join(", ")}}`;
}

/** DuckDB compares names without case: a second one gets a number. */
function distinctNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name, i) => {
    const base = name.trim() === "" ? `column${i}` : name;
    let unique = base;
    for (let k = 1; seen.has(unique.toLowerCase()); k++) unique = `${base}_${k}`;
    seen.add(unique.toLowerCase());
    return unique;
  });
}
