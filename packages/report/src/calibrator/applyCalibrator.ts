import { extname } from "node:path";
import type { Calibrator } from "credence/recalibration";
import { type ColumnMapping, type Selected, scoringColumn } from "../reading/columns.js";
import { type Database, type DatabaseOptions, quoteName, quoteText } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import { locateRow } from "../reading/locateRow.js";
import { ROW } from "../reading/rowStatus.js";
import { scoredSql } from "../reading/scoredSql.js";
import type { Progress } from "../reading/streamColumns.js";
import type { Table } from "../reading/table.js";
import { withTable } from "../reading/withTables.js";

/** How a calibrator is applied to files. */
export interface ApplyOptions extends DatabaseOptions {
  /** Column, or SQL expression, with the confidence. Default: guessed. */
  confidence?: string;
  /** Name of the new column. Default "calibrated". */
  as?: string;
  onProgress?: Progress;
}

/** What was written. */
export interface Applied {
  readonly rows: number;
  /** Rows without a confidence; theirs stays empty. */
  readonly missing: number;
  readonly guesses: readonly string[];
}

const FORMATS: Readonly<Record<string, string>> = {
  ".csv": "format csv, header true",
  ".jsonl": "format json",
  ".ndjson": "format json",
  ".parquet": "format parquet",
};

/**
 * Writes the rows of files with one more column, the calibrated confidence.
 * @param out A .csv, .jsonl or .parquet file (text may end in .gz); what is there is overwritten.
 * @throws InputError as `readRecords`; "duplicate-column" where the new column's name is taken.
 */
export function applyCalibrator(
  calibrator: Calibrator,
  names: readonly string[],
  out: string,
  options: ApplyOptions = {},
): Promise<Applied> {
  const target = copyOptions(out);
  return withTable(
    names,
    options,
    async (database, table) => {
      const { as = "calibrated" } = options;
      if (table.columns.some(({ sqlName }) => sqlName.toLowerCase() === as.toLowerCase()))
        throw new InputError(
          "duplicate-column",
          "exists already; give the new one another name with --as NAME.",
          {
            file: table.files[0],
            column: as,
          },
        );
      const guesses: string[] = [];
      const confidence = await scoringColumn(database, table, "confidence", options.confidence, guesses);
      const mapping: ColumnMapping = { confidence, outcome: NO_OUTCOME, group: null, by: [], guesses };
      await database.connection.run(`create temp table scored as ${scoredSql(table, mapping, null)}`);
      const counts = await predictAll(database, table, mapping, calibrator, options.onProgress);
      // CSV to CSV leaves every cell as it was written.
      const kept = table.format === "csv" && target.startsWith("format csv");
      const source = table.from(kept ? table.columns.map(({ sqlName }) => sqlName) : []);
      await database.connection.run(`create temp table originals as select * from ${source}`);
      await database.connection.run(
        `copy (select originals.*, predictions.calibrated as ${quoteName(as)} from originals positional join predictions)
         to ${quoteText(out)} (${target})`,
      );
      return { ...counts, guesses };
    },
    [out],
  );
}

/** Rows need no outcome here: the reader is told that all have one. */
const NO_OUTCOME: Selected = { name: "outcome", sql: "true", type: "BOOLEAN", column: null };

function copyOptions(out: string): string {
  const packed = /\.gz$/i.test(out);
  const format = FORMATS[extname(out.replace(/\.gz$/i, "")).toLowerCase()];
  if (!format || (packed && format.includes("parquet")))
    throw new InputError(
      "unknown-format",
      "must end in .csv, .jsonl or .parquet (.csv.gz and .jsonl.gz too).",
      {
        file: out,
      },
    );
  return packed ? `${format}, compression gzip` : format;
}

/** Fills the table `predictions`, one row per row of `scored` and in its order. */
async function predictAll(
  database: Database,
  table: Table,
  mapping: ColumnMapping,
  calibrator: Calibrator,
  onProgress?: Progress,
): Promise<{ rows: number; missing: number }> {
  const [{ total, missing, refused }] = await database.rows<{
    total: number;
    missing: number;
    refused: number;
  }>(
    `select count(*)::double as total, count(*) filter (status = ${ROW.missing})::double as missing,
       count(*) filter (status > ${ROW.unlabelled})::double as refused from scored`,
  );
  if (refused > 0) throw await locateRow(database, table, mapping, null);
  await database.connection.run("create temp table predictions (calibrated double)");
  const appender = await database.connection.createAppender("predictions", null, "temp");
  const result = await database.connection.stream("select confidence from scored");
  let done = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const vector = chunk.getColumnVector(0);
    const scores = Array.from({ length: chunk.rowCount }, (_, i) => vector.getItem(i) as number | null);
    const given = Float64Array.from(scores.filter((score) => score !== null));
    const predicted = given.length > 0 ? calibrator.predict(given) : given;
    let next = 0;
    for (const score of scores) {
      if (score === null) appender.appendNull();
      else appender.appendDouble(predicted[next++]);
      appender.endRow();
    }
    done += scores.length;
    onProgress?.(done, total);
  }
  appender.closeSync();
  return { rows: total, missing };
}
