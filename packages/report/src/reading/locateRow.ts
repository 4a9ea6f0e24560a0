import type { ColumnMapping } from "./columns.js";
import { lineOfRow } from "./csvLine.js";
import type { Database } from "./database.js";
import { InputError } from "./inputError.js";
import { ROW, refusedRow } from "./rowStatus.js";
import { cellSql, ROW_NUMBER, scoredSql } from "./scoredSql.js";
import type { Table } from "./table.js";

/** The error for the first row that must be refused: its file, row, line and cell. Reads the files once more. */
export async function locateRow(
  database: Database,
  table: Table,
  mapping: ColumnMapping,
  where: string | null,
): Promise<InputError> {
  const [{ largest }] = await database.rows<{ largest: number }>(
    "select max(confidence) filter (not isnan(confidence)) as largest from scored",
  );
  for (const file of table.files) {
    const numbered = scoredSql(table, mapping, where, { file, extra: [ROW_NUMBER] });
    const [found] = await database.rows<{ row: bigint; status: number }>(
      `select ${ROW_NUMBER} as row, status from (${numbered}) where status > ${ROW.unlabelled} order by row limit 1`,
    );
    if (!found) continue;
    const { status } = found;
    const selected =
      status === ROW.notBinary
        ? mapping.outcome
        : status === ROW.noGroup && mapping.group
          ? mapping.group
          : mapping.confidence;
    const withCell = scoredSql(table, mapping, where, {
      file,
      // A missing group has no cell to show, and no text is kept of groups.
      extra: [ROW_NUMBER, status === ROW.noGroup ? "null as cell" : cellSql(table, selected)],
    });
    const [{ cell }] = await database.rows<{ cell: string }>(
      `select cell from (${withCell}) where ${ROW_NUMBER} = ${found.row}`,
    );
    const row = Number(found.row);
    const line = await lineOfRow(file, table.format, row);
    const value = status === ROW.outOfRange ? Number(cell) : cell;
    return refusedRow(status, { file, row, ...(line && { line }), column: selected.name, value }, largest);
  }
  return new InputError("broken-file", "the files changed while they were read.", { file: table.files[0] });
}
