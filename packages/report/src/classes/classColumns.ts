import { type Selected, selectColumn } from "../reading/columns.js";
import { type Database, quoteName } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import type { Table } from "../reading/table.js";

/** Where the class probabilities of a row stand. */
export interface ClassColumns {
  readonly columns: readonly Selected[];
  /** One column holds a list of all; else every class has a column. */
  readonly list: boolean;
  /** As the report names them. */
  readonly title: string;
  /** What the classes are called; numbers from 0 where they stand in a list. */
  readonly names: readonly string[];
}

/**
 * Finds the columns of the class probabilities.
 * @param asked Columns, patterns such as p_* (columns in the file's order), or one column of lists.
 * @throws InputError "missing-column", "duplicate-column", "invalid-option".
 */
export async function findClassColumns(
  database: Database,
  table: Table,
  asked: readonly string[],
  guesses: string[],
): Promise<ClassColumns> {
  const columns: Selected[] = [];
  for (const name of asked)
    for (const found of matchNames(table, name))
      columns.push(await selectColumn(database, table, "--probabilities", found, guesses));
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new InputError("invalid-option", "is named twice by --probabilities.", { column: twice });
  const title = asked.join(", ");
  if (columns.length === 1) {
    const classes = await listLength(database, table, columns[0]);
    return { columns, list: true, title, names: Array.from({ length: classes }, (_, k) => String(k)) };
  }
  const pattern = asked.length === 1 ? asked[0].slice(0, -1) : "";
  const prefix = Math.max(pattern.length, commonPrefix(names).length);
  return { columns, list: false, title, names: names.map((name) => name.slice(prefix)) };
}

function matchNames(table: Table, asked: string): string[] {
  const exact = table.columns.some(({ name }) => name === asked);
  if (exact || !asked.endsWith("*")) return [asked];
  const found = table.columns.map(({ name }) => name).filter((name) => name.startsWith(asked.slice(0, -1)));
  if (found.length > 1) return found;
  throw new InputError(
    "missing-column",
    `matches ${found.length === 0 ? "no column" : "only one column"}; class probabilities have a column for each class.`,
    { file: table.files[0], column: asked },
  );
}

/** What all names begin with, cut back so that no word or number is torn: p_cat and p_car have p_ in common. */
export function commonPrefix(names: readonly string[]): string {
  let length = 0;
  const [first] = names;
  while (length < first.length && names.every((name) => name[length] === first[length])) length++;
  const prefix = first.slice(0, length);
  const numbered = names.every((name) => /^\d*$/.test(name.slice(length)));
  return prefix.replace(numbered ? /\d*$/ : /[\p{L}\p{N}]*$/u, "");
}

/** The elements of a cell that holds a list; JSON and CSV hold it as text. */
export const listSql = ({ sql, type }: Selected, text: boolean): string =>
  text || !/\]$/.test(type) ? `try_cast((${sql})::varchar as varchar[])` : `(${sql})::varchar[]`;

/** The number of classes: the length of the first list. */
async function listLength(database: Database, table: Table, column: Selected): Promise<number> {
  const texts = column.column ? [column.column.sqlName] : [];
  const [found] = await database.rows<{ length: number }>(
    `select len(cells)::double as length from (select ${listSql(column, table.format !== "parquet")} as cells from ${table.from(texts)})
     where len(cells) > 0 limit 1`,
  );
  if (found && found.length > 1) return found.length;
  throw new InputError(
    "invalid-option",
    "holds no lists of two or more numbers; --probabilities wants several columns, a pattern such as p_*, or one column of lists.",
    { file: table.files[0], column: column.name },
  );
}

/** The untouched columns that are read as text, by SQL name. */
export const textNames = (table: Table, columns: readonly Selected[]): string[] =>
  table.format === "parquet" ? [] : [...new Set(columns.flatMap(({ column }) => column?.sqlName ?? []))];

/** The columns as the file's first rows have them typed, for filters and slices, although they were read as text. */
export function typedStar(table: Table, texts: readonly string[]): string {
  if (texts.length === 0) return "*";
  const typed = table.columns
    .filter(({ sqlName }) => texts.includes(sqlName))
    .map(({ sqlName, type }) => {
      const name = quoteName(sqlName);
      return `try_cast(${name} as ${type === "JSON" ? "VARCHAR" : type}) as ${name}`;
    });
  return `* replace (${typed.join(", ")})`;
}
