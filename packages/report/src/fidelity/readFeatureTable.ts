import type { DuckDBDataChunk } from "@duckdb/node-api";
import { expressionType, selectColumn } from "../reading/columns.js";
import { type Database, quoteName } from "../reading/database.js";
import { growable } from "../reading/growable.js";
import { InputError } from "../reading/inputError.js";
import { nearestName } from "../reading/nearestName.js";
import type { Column, Table } from "../reading/table.js";
import { withTable } from "../reading/withTables.js";
import { formatList, formatPlural } from "../words/format.js";
import type { FeatureOptions, FeatureSet } from "./features.js";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const LIST = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))\[\d*\]$/;

/** Reads the number columns of a file, or of the files of a pattern, as features. */
export function readFeatureTable(file: string, options: FeatureOptions): Promise<FeatureSet> {
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
    const columns = options.columns
      ? namedColumns(table, options.columns)
      : numberColumns(table, apart, guesses);
    const list = columns.length === 1 && LIST.test(columns[0].type);
    const cell = ({ sqlName }: Column) =>
      list ? `(${quoteName(sqlName)})::double[]` : `(${quoteName(sqlName)})::double`;
    const text = (sql: string | undefined) => (sql ? `coalesce((${sql})::varchar, '(empty)')` : "null");
    const filter = options.where === undefined ? "" : `where (${options.where}\n)`;
    const query = `select ${text(label?.sql)} as credence_label, ${text(group?.sql)} as credence_group, ${columns.map(cell).join(", ")} from ${table.from([])} ${filter}`;
    const read = await streamFeatures(database, query, list ? null : columns.length, table, options);
    if (read.rows === 0)
      throw new InputError(
        "no-rows",
        options.where === undefined
          ? "has no rows."
          : `no row satisfies --where ${JSON.stringify(options.where)}.`,
        { file },
      );
    const { width, rows, values, labels, groups } = read;
    return {
      name: file,
      files: table.files,
      matrix: { data: values, rows, columns: width },
      columns: list
        ? Array.from({ length: width }, (_, j) => `${columns[0].name}[${j}]`)
        : columns.map(({ name }) => name),
      labels: label && labels,
      groups: group && groups,
      dropped: 0,
      guesses,
    };
  });
}

function namedColumns(table: Table, asked: readonly string[]): Column[] {
  const found = asked.flatMap((name) => {
    const prefix = name.endsWith("*") ? name.slice(0, -1) : null;
    const exact = table.columns.filter((column) => column.name === name);
    const columns =
      exact.length === 0 && prefix !== null
        ? table.columns.filter((column) => column.name.startsWith(prefix))
        : exact;
    if (columns.length > 0) return columns;
    const near = nearestName(
      name,
      table.columns.map((column) => column.name),
    );
    throw new InputError(
      "missing-column",
      prefix === null
        ? `there is no such column${near ? `; did you mean "${near}"?` : "."}`
        : "no column matches this pattern.",
      { file: table.files[0], column: name },
    );
  });
  const twice = found.find((column, i) => found.indexOf(column) < i);
  if (twice) throw new InputError("invalid-option", "is named twice by --columns.", { column: twice.name });
  const text = found.find(({ type }) => !NUMBER.test(type) && !(LIST.test(type) && found.length === 1));
  if (text)
    throw new InputError(
      "not-a-number",
      LIST.test(text.type)
        ? "holds lists; name it alone."
        : `holds ${text.type.toLowerCase()}, not numbers. Text needs embeddings first: store them as a column of lists, or a column a number.`,
      { file: table.files[0], column: text.name },
    );
  return found;
}

/** All columns of numbers; else the only column of lists. */
function numberColumns(table: Table, apart: readonly string[], guesses: string[]): Column[] {
  const rest = table.columns.filter(({ name }) => !apart.includes(name));
  const numbers = rest.filter(({ type }) => NUMBER.test(type));
  const lists = rest.filter(({ type }) => LIST.test(type));
  const found = numbers.length === 0 || (lists.length === 1 && numbers.length <= 2) ? lists : numbers;
  if (found.length === 0 || (found === lists && lists.length > 1))
    throw new InputError(
      "missing-column",
      lists.length > 1
        ? `has ${lists.length} columns of lists; name one with --columns.`
        : "has no column of numbers. Text needs embeddings first: store them as a column of lists, or a column a number.",
      { file: table.files[0] },
    );
  const left = rest.filter((column) => !found.includes(column)).map(({ name }) => name);
  if (left.length > 0)
    guesses.push(
      `Features are ${found === lists ? `the lists of "${found[0].name}"` : formatPlural(found.length, "number column")}; left out: ${formatList(left.slice(0, 5).map((name) => `"${name}"`))}${left.length > 5 ? ` and ${left.length - 5} more` : ""} (--columns chooses).`,
    );
  return found;
}

async function streamFeatures(
  database: Database,
  query: string,
  columns: number | null,
  table: Table,
  { onProgress }: FeatureOptions,
) {
  const values = growable((length) => new Float64Array(length));
  const labels: string[] = [];
  const groups: string[] = [];
  let width = columns;
  let rows = 0;
  const take = (chunk: DuckDBDataChunk): void => {
    const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
    for (let i = 0; i < chunk.rowCount; i++) {
      rows++;
      labels.push(vectors[0].getItem(i) as string);
      groups.push(vectors[1].getItem(i) as string);
      if (columns !== null) {
        for (let j = 0; j < columns; j++)
          values.push((vectors[2 + j].getItem(i) as number | null) ?? Number.NaN);
        continue;
      }
      const items = (vectors[2].getItem(i) as { items: readonly (number | null)[] } | null)?.items ?? null;
      width ??= items?.length ?? null;
      if (width === null || (items && items.length !== width) || width === 0)
        throw new InputError(
          "wrong-length",
          items === null || width === null
            ? "the first row has no list; put one there, or leave the row out with --where."
            : `a list of ${items?.length} numbers stands where ${width} are needed.`,
          { file: table.files[0], row: rows },
        );
      for (let j = 0; j < width; j++) values.push(items?.[j] ?? Number.NaN);
    }
  };
  const result = await database.connection.stream(query);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    take(chunk);
    onProgress?.(rows, rows);
  }
  return { rows, width: width ?? 0, values: values.take(), labels, groups };
}
