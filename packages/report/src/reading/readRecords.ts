import { findClusters } from "./clusters.js";
import { type ColumnRequest, expressionType, mapColumns } from "./columns.js";
import type { Database, DatabaseOptions } from "./database.js";
import { InputError } from "./inputError.js";
import { locateRow } from "./locateRow.js";
import type { Records } from "./records.js";
import { scoredSql } from "./scoredSql.js";
import { sliceLabels } from "./sliceLabels.js";
import { type Progress, streamColumns } from "./streamColumns.js";
import type { Table } from "./table.js";
import { withTable } from "./withTables.js";

/** What to read, and how. */
export interface ReadOptions extends ColumnRequest, DatabaseOptions {
  /** Only rows for which this DuckDB SQL expression is true. */
  where?: string | null;
  /** Hears how far reading has come; may throw to stop. */
  onProgress?: Progress;
}

/**
 * Reads CSV, JSON Lines or Parquet files into typed columns; ten million rows never become objects.
 * @param names Files, or patterns such as data/*.parquet.
 * @throws InputError naming file, row and column of what cannot be used.
 */
export async function readRecords(names: readonly string[], options: ReadOptions = {}): Promise<Records> {
  return withTable(names, options, (database, table) => readTable(database, table, options));
}

/** The same of an open table. */
export async function readTable(database: Database, table: Table, options: ReadOptions): Promise<Records> {
  const { where = null, onProgress } = options;
  const mapping = await mapColumns(database, table, options);
  if (where !== null) await expressionType(database, table, "--where", where);
  // Text is parsed once, into a table; Parquet is cheap to look at twice.
  const kind = table.format === "parquet" ? "view" : "table";
  await database.connection.run(`create temp ${kind} scored as ${scoredSql(table, mapping, where)}`);
  const labels: string[][] = [];
  for (const [k, selected] of mapping.by.entries()) labels.push(await sliceLabels(database, selected, k));
  const found = await streamColumns(database, mapping, labels, onProgress);
  if (found.refused) throw await locateRow(database, table, mapping, where);
  const { columns, missing, unlabelled } = found;
  const n = columns.confidences.length;
  if (n === 0) throw nothingLeft(table.files, missing, unlabelled, where);
  return {
    ...columns,
    n,
    missing,
    unlabelled,
    origin: {
      files: table.files,
      format: table.format,
      columns: {
        confidence: mapping.confidence.name,
        outcome: mapping.outcome.name,
        group: mapping.group?.name ?? null,
        by: mapping.by.map(({ name }) => name),
      },
      where,
      guesses: mapping.guesses,
    },
    suspects: mapping.group ? [] : await findClusters(database, table, mapping, where),
  };
}

function nothingLeft(
  files: readonly string[],
  missing: number,
  unlabelled: number,
  where: string | null,
): InputError {
  const why =
    missing + unlabelled > 0
      ? `no row has both a confidence and an outcome (${missing} without a confidence, ${unlabelled} without an outcome).`
      : where === null
        ? "has no rows; at least one is needed."
        : `no row satisfies --where ${JSON.stringify(where)}.`;
  return new InputError("no-rows", why, { file: files.length === 1 ? files[0] : `${files.length} files` });
}
