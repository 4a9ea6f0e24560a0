import { extname } from "node:path";
import { type Database, quoteName, quoteText } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import type { Progress } from "../reading/streamColumns.js";
import type { Table } from "../reading/table.js";

const FORMATS: Readonly<Record<string, string>> = {
  ".csv": "format csv, header true",
  ".jsonl": "format json",
  ".ndjson": "format json",
  ".parquet": "format parquet",
};

/** How DuckDB is to write the file, by its name. */
export function copyOptions(out: string): string {
  const packed = /\.gz$/i.test(out);
  const format = FORMATS[extname(out.replace(/\.gz$/i, "")).toLowerCase()];
  if (!format || (packed && format.includes("parquet")))
    throw new InputError(
      "unknown-format",
      "must end in .csv, .jsonl or .parquet (.csv.gz and .jsonl.gz too).",
      { file: out },
    );
  return packed ? `${format}, compression gzip` : format;
}

/** Refuses names of new columns that the files have already. */
export function checkNewColumns(table: Table, names: readonly string[]): void {
  const known = new Set(table.columns.map(({ sqlName }) => sqlName.toLowerCase()));
  const taken = names.find((name) => known.has(name.toLowerCase()));
  if (taken !== undefined)
    throw new InputError(
      "duplicate-column",
      "exists already; give the new one another name with --as NAME.",
      {
        file: table.files[0],
        column: taken,
      },
    );
}

/** What to predict, chunk by chunk. */
export interface Predicting {
  /** A query whose rows are those of the files, in their order: the columns that are predicted from. */
  readonly query: string;
  readonly total: number;
  /** Predictions of the rows whose values are given, row after row, `columns` each; null of a row leaves it empty. */
  predict(rows: readonly (readonly number[])[]): ArrayLike<number>;
  readonly onProgress?: Progress | undefined;
}

/**
 * Writes the rows of the files with new columns.
 * @param columns Names of the new columns.
 * @param target What `copyOptions` says of the file.
 */
export async function writePredictions(
  database: Database,
  table: Table,
  { out, target, columns }: { out: string; target: string; columns: readonly string[] },
  { query, total, predict, onProgress }: Predicting,
): Promise<void> {
  const places = columns.map((_, k) => `c${k}`);
  await database.connection.run(
    `create temp table predictions (${places.map((place) => `${place} double`).join(", ")})`,
  );
  const appender = await database.connection.createAppender("predictions", null, "temp");
  const result = await database.connection.stream(query);
  let done = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const vectors = Array.from({ length: chunk.columnCount }, (_, k) => chunk.getColumnVector(k));
    const rows = Array.from({ length: chunk.rowCount }, (_, i) =>
      vectors.map((vector) => vector.getItem(i) as number | null),
    );
    const given = rows.filter((row): row is number[] => !row.includes(null));
    const predicted = given.length > 0 ? predict(given) : [];
    let next = 0;
    for (const row of rows) {
      for (let k = 0; k < columns.length; k++)
        if (row.includes(null)) appender.appendNull();
        else appender.appendDouble(predicted[next++]);
      appender.endRow();
    }
    done += rows.length;
    onProgress?.(done, total);
  }
  appender.closeSync();
  // CSV to CSV leaves every cell as it was written.
  const kept = table.format === "csv" && target.startsWith("format csv");
  const source = table.from(kept ? table.columns.map(({ sqlName }) => sqlName) : []);
  await database.connection.run(`create temp table originals as select * from ${source}`);
  const named = columns.map((name, k) => `predictions.c${k} as ${quoteName(name)}`);
  await database.connection.run(
    `copy (select originals.*, ${named.join(", ")} from originals positional join predictions)
     to ${quoteText(out)} (${target})`,
  );
}
