import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { type Database, quoteText } from "./database.js";
import { InputError } from "./inputError.js";
import { nearestName } from "./nearestName.js";

/** The formats that are read. */
export type FileFormat = "csv" | "jsonl" | "json" | "parquet";

const EXTENSIONS: Record<string, FileFormat> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "json",
  ".parquet": "parquet",
  ".pq": "parquet",
};

/** Files as named by the user: names, and patterns such as data/*.jsonl, each of which must match something. */
export async function expandFiles(database: Database, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) throw new InputError("no-such-file", "name at least one file to read.");
  const files: string[] = [];
  for (const name of names) files.push(...(await expandFile(database, name)));
  const paths = files.map((file) => realpathSync(file));
  const twice = paths.findIndex((path, i) => paths.indexOf(path) < i);
  if (twice >= 0)
    throw new InputError("invalid-option", "is named twice: its rows would count twice.", {
      file: files[twice],
    });
  return files;
}

async function expandFile(database: Database, name: string): Promise<string[]> {
  if (existsSync(name)) {
    if (statSync(name).isDirectory())
      throw new InputError(
        "is-a-directory",
        `is a folder; name the files in it, e.g. "${name.replace(/\/$/, "")}/*.jsonl".`,
        {
          file: name,
        },
      );
    return [name];
  }
  if (!/[*?[]/.test(name)) {
    const folder = dirname(name);
    const near = existsSync(folder) ? nearestName(basename(name), readdirSync(folder)) : null;
    throw new InputError("no-such-file", `there is no such file${near ? `; did you mean "${near}"?` : "."}`, {
      file: name,
    });
  }
  const found = await database.rows<{ file: string }>(
    `select file from glob(${quoteText(name)}) order by file`,
  );
  if (found.length === 0)
    throw new InputError("no-such-file", "no file matches this pattern.", { file: name });
  return found.map(({ file }) => file);
}

/** The common format of the files, by extension, else by their first bytes. */
export function formatOf(files: readonly string[]): FileFormat {
  const formats = files.map(fileFormat);
  const other = formats.findIndex((format) => format !== formats[0]);
  if (other > 0)
    throw new InputError(
      "mixed-formats",
      `is ${formats[other]}, but ${files[0]} is ${formats[0]}; read files of one format at a time.`,
      { file: files[other] },
    );
  return formats[0];
}

/** The format of one file. */
export function fileFormat(file: string): FileFormat {
  const format = EXTENSIONS[extname(file.replace(/\.gz$/i, "")).toLowerCase()];
  if (format) return format;
  const start = firstBytes(file, 4);
  if (start.startsWith("PAR1")) return "parquet";
  if (start.trimStart().startsWith("{")) return "jsonl";
  if (start.trimStart().startsWith("[")) return "json";
  throw new InputError(
    "unknown-format",
    "the format cannot be told from the name; end it in .csv, .tsv, .jsonl, .json or .parquet (.gz may follow).",
    { file },
  );
}

function firstBytes(file: string, count: number): string {
  const bytes = Buffer.alloc(count);
  const handle = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(handle, bytes, 0, count, 0)).toString("latin1");
  } finally {
    closeSync(handle);
  }
}
