import type { Calibrator } from "credence/recalibration";
import { type ColumnMapping, type Selected, scoringColumn } from "../reading/columns.js";
import type { DatabaseOptions } from "../reading/database.js";
import { locateRow } from "../reading/locateRow.js";
import { ROW } from "../reading/rowStatus.js";
import { scoredSql } from "../reading/scoredSql.js";
import type { Progress } from "../reading/streamColumns.js";
import { withTable } from "../reading/withTables.js";
import { checkNewColumns, copyOptions, writePredictions } from "./writePredictions.js";

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
  /** Rows without a confidence, or without probabilities; theirs stays empty. */
  readonly missing: number;
  readonly guesses: readonly string[];
}

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
      const { as = "calibrated", onProgress } = options;
      checkNewColumns(table, [as]);
      const guesses: string[] = [];
      const confidence = await scoringColumn(database, table, "confidence", options.confidence, guesses);
      const mapping: ColumnMapping = { confidence, outcome: NO_OUTCOME, group: null, by: [], guesses };
      await database.connection.run(`create temp table scored as ${scoredSql(table, mapping, null)}`);
      const [{ rows, missing, refused }] = await database.rows<
        Record<"rows" | "missing" | "refused", number>
      >(
        `select count(*)::double as rows, count(*) filter (status = ${ROW.missing})::double as missing,
           count(*) filter (status > ${ROW.unlabelled})::double as refused from scored`,
      );
      if (refused > 0) throw await locateRow(database, table, mapping, null);
      await writePredictions(
        database,
        table,
        { out, target, columns: [as] },
        {
          query: "select confidence from scored",
          total: rows,
          predict: (given) => calibrator.predict(Float64Array.from(given, ([score]) => score)),
          onProgress,
        },
      );
      return { rows, missing, guesses };
    },
    [out],
  );
}

/** Rows need no outcome here: the reader is told that all have one. */
const NO_OUTCOME: Selected = { name: "outcome", sql: "true", type: "BOOLEAN", column: null };
