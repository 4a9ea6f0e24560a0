import type { DuckDBDataChunk } from "@duckdb/node-api";
import { expressionType, selectColumn } from "../reading/columns.js";
import { type Database, quoteName } from "../reading/database.js";
import { growable } from "../reading/growable.js";
import { InputError } from "../reading/inputError.js";
import type { Column } from "../reading/table.js";
import { withTable } from "../reading/withTables.js";
import { isList, namedColumns, numberColumns } from "./featureColumns.js";
import type { FeatureOptions, FeatureSet, TextSet } from "./features.js";
import { embedderOf, textColumn } from "./textColumn.js";
import { withoutEmpty } from "./withoutEmpty.js";

/** The cell of a chunk's column. */
type Cell = (column: number) => unknown;

/** Reads a file, or the files of a pattern: the number columns as features, or the column of texts. */
export function readFeatureTable(file: string, options: FeatureOptions): Promise<FeatureSet | TextSet> {
  return withTable([file], {}, async (database, table) => {
    const guesses: string[] = [];
    const apart: string[] = [];
    const select = async (flag: string, name: string | undefined) => {
      if (name === undefined) return null;
      const selected = await selectColumn(database, table, flag, name, guesses);
      if (selected.column) apart.push(selected.column.name);
      return selected;
    };
    const label = await select("--label", options.label);
    const group = await select("--group", options.group);
    if (options.where !== undefined) await expressionType(database, table, "--where", options.where);
    const text = (sql: string | undefined) => (sql ? `coalesce((${sql})::varchar, '(empty)')` : "null");
    const filter = options.where === undefined ? "" : `where (${options.where}\n)`;
    const stream = async (cells: readonly string[], take: (cell: Cell, row: number) => void) => {
      const query = `select ${[...cells, text(label?.sql), text(group?.sql)].join(", ")} from ${table.from([])} ${filter}`;
      const labels: string[] = [];
      const groups: string[] = [];
      const rows = await streamRows(database, query, options, (cell, row) => {
        take(cell, row);
        labels.push(cell(cells.length) as string);
        groups.push(cell(cells.length + 1) as string);
      });
      if (rows === 0)
        throw new InputError(
          "no-rows",
          options.where === undefined
            ? "has no rows."
            : `no row satisfies --where ${JSON.stringify(options.where)}.`,
          { file },
        );
      const { files } = table;
      return { name: file, files, labels: label && labels, groups: group && groups, dropped: 0, guesses };
    };

    if (options.text !== undefined || (options.texts && !options.columns)) {
      const { sql, name } = await textColumn(database, table, options.text, apart, guesses);
      embedderOf(options, { file, column: name });
      const texts: string[] = [];
      const read = await stream([`(${sql})::varchar`], (cell) =>
        texts.push((cell(0) as string | null) ?? ""),
      );
      return withoutEmpty({ ...read, texts }, file, name, options.dropNan === true);
    }
    const columns = options.columns
      ? namedColumns(table, options.columns)
      : numberColumns(table, apart, guesses);
    const { cells, take, matrix } = isList(columns)
      ? listsOf(columns[0], table.files[0])
      : numbersOf(columns);
    const read = await stream(cells, take);
    const found = matrix();
    return {
      ...read,
      matrix: found,
      columns: isList(columns)
        ? Array.from({ length: found.columns }, (_, j) => `${columns[0].name}[${j}]`)
        : columns.map(({ name }) => name),
    };
  });
}

/** Columns of numbers, a feature each. */
function numbersOf(columns: readonly Column[]) {
  const values = growable((length) => new Float64Array(length));
  return {
    cells: columns.map(({ sqlName }) => `(${quoteName(sqlName)})::double`),
    take(cell: Cell) {
      for (let j = 0; j < columns.length; j++) values.push((cell(j) as number | null) ?? Number.NaN);
    },
    matrix() {
      const data = values.take();
      return { data, rows: data.length / columns.length, columns: columns.length };
    },
  };
}

/** A column of lists, all features in one. */
function listsOf({ sqlName }: Column, file: string) {
  const values = growable((length) => new Float64Array(length));
  let width: number | null = null;
  return {
    cells: [`(${quoteName(sqlName)})::double[]`],
    take(cell: Cell, row: number) {
      const items = (cell(0) as { items: readonly (number | null)[] } | null)?.items ?? null;
      width ??= items?.length ?? null;
      if (width === null || (items && items.length !== width) || width === 0)
        throw new InputError(
          "wrong-length",
          items === null || width === null
            ? "the first row has no list; put one there, or leave the row out with --where."
            : `a list of ${items?.length} numbers stands where ${width} are needed.`,
          { file, row },
        );
      for (let j = 0; j < width; j++) values.push(items?.[j] ?? Number.NaN);
    },
    matrix() {
      const data = values.take();
      const columns = width ?? 0;
      return { data, rows: data.length / columns, columns };
    },
  };
}

/** Hands each row over, numbered from 1, and returns their number. */
async function streamRows(
  database: Database,
  query: string,
  { onProgress }: FeatureOptions,
  take: (cell: Cell, row: number) => void,
): Promise<number> {
  let rows = 0;
  const takeChunk = (chunk: DuckDBDataChunk): void => {
    const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
    for (let i = 0; i < chunk.rowCount; i++) take((column) => vectors[column].getItem(i), ++rows);
  };
  const result = await database.connection.stream(query);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    takeChunk(chunk);
    onProgress?.(rows, rows);
  }
  return rows;
}
