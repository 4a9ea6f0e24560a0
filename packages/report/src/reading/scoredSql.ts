import type { ColumnMapping, Selected } from "./columns.js";
import { quoteName } from "./database.js";
import { rowSql } from "./rowStatus.js";
import type { Table } from "./table.js";

/** Which of the rows, and what else of each. */
export interface ScoredOptions {
  /** Only this file. */
  file?: string;
  /** Only this many rows. */
  limit?: number;
  /** More columns, as SQL. */
  extra?: readonly string[];
}

/**
 * A query with one row per row of the files that the filter lets through: `confidence` (double), `outcome` (0 or 1),
 * `status` (see ROW), `cluster` (a hash of the group below 2^53) and `slice0` … (text).
 */
export function scoredSql(
  table: Table,
  mapping: ColumnMapping,
  where: string | null,
  options: ScoredOptions = {},
): string {
  const { confidence, outcome, group, by } = mapping;
  const { file, limit, extra = [] } = options;
  const row = rowSql(asText(table, confidence), asText(table, outcome), group);
  const columns = [
    `${row.confidence} as confidence`,
    `(${row.outcome})::utinyint as outcome`,
    `(${row.status})::utinyint as status`,
    ...(group ? [`(hash(${group.sql}) >> 11)::double as cluster`] : []),
    ...by.map(({ sql }, k) => `coalesce((${sql})::varchar, '(empty)') as slice${k}`),
    ...extra,
  ];
  const rows = numberedRows(table, mapping, file, extra.includes(ROW_NUMBER));
  return `select ${columns.join(", ")} from (${rows}) ${where === null ? "" : `where (${where}\n)`} ${limit === undefined ? "" : `limit ${limit}`}`;
}

/** The row's number within its file, from 1, whatever the filter; as an `extra` column. */
export const ROW_NUMBER = '"credence row"';

/** The cell as it stands in the file, as an `extra` column. */
export const cellSql = (table: Table, selected: Selected): string =>
  `(${asText(table, selected).sql})::varchar as cell`;

const textName = (name: string): string => `credence text ${name}`;

const isText = (table: Table, { column }: Selected): boolean => column !== null && table.format !== "parquet";

/** The untouched cell of a column that is read as text, so that one that is no number can be named. */
function asText(table: Table, selected: Selected): Selected {
  if (!isText(table, selected)) return selected;
  return { ...selected, sql: quoteName(textName(selected.column?.sqlName ?? "")), type: "VARCHAR" };
}

/** The rows of the files with typed columns, for filters and slices, and the text of confidence and outcome beside them. */
function numberedRows(
  table: Table,
  mapping: ColumnMapping,
  file: string | undefined,
  numbered: boolean,
): string {
  const number = numbered ? [`row_number() over () as ${ROW_NUMBER}`] : [];
  const texts = [mapping.confidence, mapping.outcome].filter((selected) => isText(table, selected));
  const names = texts.map(({ column }) => column?.sqlName ?? "");
  const typed = texts.map(
    ({ sql, type }, i) =>
      `try_cast(${sql} as ${type === "JSON" ? "VARCHAR" : type}) as ${quoteName(names[i])}`,
  );
  const star = typed.length > 0 ? `* replace (${typed.join(", ")})` : "*";
  const kept = texts.map(({ sql }, i) => `${sql} as ${quoteName(textName(names[i]))}`);
  return `select ${[star, ...kept, ...number].join(", ")} from ${table.from(names, file)}`;
}
