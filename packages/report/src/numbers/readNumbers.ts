import type { DuckDBDataChunk } from "@duckdb/node-api";
import { textNames, typedStar } from "../classes/classColumns.js";
import { candidateSql, clusterCandidates, judgeCandidates } from "../reading/clusters.js";
import { expressionType, type Selected, selectColumn } from "../reading/columns.js";
import { lineOfRow } from "../reading/csvLine.js";
import { type Database, quoteName } from "../reading/database.js";
import { createDenseCoder } from "../reading/denseCodes.js";
import { growable } from "../reading/growable.js";
import { InputError } from "../reading/inputError.js";
import type { ClusterSuspect, CodedColumn, SliceColumn } from "../reading/records.js";
import { sliceLabels } from "../reading/sliceLabels.js";
import type { Progress } from "../reading/streamColumns.js";
import type { Table } from "../reading/table.js";
import { CELL, cellSql, NUMBER_ROW, type NumberColumn, type RowRule, refusedCell } from "./numberColumn.js";

/** What to read, and how. */
export interface NumberRequest {
  readonly columns: readonly NumberColumn[];
  /** What must hold of every row; asked of rows whose cells are all numbers. */
  readonly rules: readonly RowRule[];
  /** The cluster of each row. */
  readonly group: Selected | null;
  readonly by: readonly Selected[];
  readonly where: string | null;
  /** SQL over the roles: what rows of one cluster have in common, such as the error of the prediction. */
  readonly gap: string;
  readonly onProgress?: Progress;
}

/** Numbers by role, row by row, with groups and slices. */
export interface NumberRows {
  readonly values: Readonly<Record<string, Float64Array>>;
  readonly n: number;
  /** Rows counted apart; not in `n`. */
  readonly missing: number;
  readonly unlabelled: number;
  readonly group: CodedColumn | null;
  readonly slices: readonly SliceColumn[];
  /** Columns that look like clusters though no group was named; strongest first. */
  readonly suspects: readonly ClusterSuspect[];
}

/** Selects the group and the slices, and looks at the filter. */
export async function selectRows(
  database: Database,
  table: Table,
  {
    group = null,
    by = [],
    where = null,
  }: { group?: string | null; by?: readonly string[]; where?: string | null },
  guesses: string[],
): Promise<{ group: Selected | null; by: Selected[]; where: string | null }> {
  const slices: Selected[] = [];
  for (const name of by) slices.push(await selectColumn(database, table, "--by", name, guesses));
  if (where !== null) await expressionType(database, table, "--where", where);
  return {
    group: group === null ? null : await selectColumn(database, table, "--group", group, guesses),
    by: slices,
    where,
  };
}

/**
 * Reads columns of numbers into typed arrays, in the order of the files.
 * @throws InputError naming file, row and column of what cannot be used; "no-rows".
 */
export async function readNumbers(
  database: Database,
  table: Table,
  request: NumberRequest,
): Promise<NumberRows> {
  await makeRows(database, table, request);
  await refuseRows(database, table, request);
  const labels: string[][] = [];
  for (const [k, selected] of request.by.entries()) labels.push(await sliceLabels(database, selected, k));
  const rows = await streamRows(database, request, labels);
  if (rows.n === 0) throw nothingLeft(table.files, rows, request);
  return { ...rows, suspects: await findSuspects(database, table, request) };
}

/** Makes the table `number_rows` and the view `scored`, which `sliceLabels` reads. */
async function makeRows(database: Database, table: Table, request: NumberRequest): Promise<void> {
  await database.connection.run(`create temp table number_rows as ${rowsSql(table, request)}`);
  await database.connection.run("create temp view scored as select * from number_rows");
}

/** A query with one row per row of the files that the filter lets through: its place, numbers, cells and status. */
function rowsSql(table: Table, request: NumberRequest, extra: readonly string[] = []): string {
  const { columns, rules, group, by, where } = request;
  const texts = textNames(
    table,
    columns.map(({ selected }) => selected),
  );
  const kept = texts.map((name) => `${quoteName(name)} as ${quoteName(`credence text ${name}`)}`);
  const numbers = columns.flatMap(({ role, selected, kind = "number" }, k) => {
    const name = selected.column?.sqlName;
    const isText = name !== undefined && texts.includes(name);
    const sql = isText ? quoteName(`credence text ${name}`) : selected.sql;
    const { value, empty } = cellSql(sql, isText ? "VARCHAR" : selected.type, kind);
    return [
      `${value} as ${quoteName(role)}`,
      `(${empty}) as credence_empty${k}`,
      `(${sql})::varchar as credence_cell${k}`,
    ];
  });
  const files = table.files.map(
    (file, i) => `select *, ${i} as credence_file from
      (select ${[typedStar(table, texts), ...kept].join(", ")}, row_number() over () as credence_row from ${table.from(texts, file)})`,
  );
  // The numbers are named after their roles, apart from the files' columns, which may have the same names.
  const rows = `select ${[
    "credence_file",
    "credence_row",
    ...numbers,
    ...(group
      ? [`case when ${group.sql} is not null then (hash(${group.sql}) >> 11)::double end as credence_cluster`]
      : []),
    ...by.map(({ sql }, k) => `coalesce((${sql})::varchar, '(empty)') as slice${k}`),
    ...extra,
  ].join(", ")} from (${files.join(" union all by name ")}) ${where === null ? "" : `where (${where}\n)`}`;
  return `select *, ${statusSql(columns, rules, group !== null)} as credence_status from (${rows})`;
}

function statusSql(columns: readonly NumberColumn[], rules: readonly RowRule[], grouped: boolean): string {
  const apart = { missing: NUMBER_ROW.missing, unlabelled: NUMBER_ROW.unlabelled, refused: null };
  const problem = (k: number, what: number) => NUMBER_ROW.columns + 3 * k + what;
  const cells = columns.flatMap(({ role, empty }, k) => [
    `when credence_empty${k} then ${apart[empty] ?? problem(k, CELL.empty)}`,
    `when ${quoteName(role)} is null then ${problem(k, CELL.notANumber)}`,
    `when not isfinite(${quoteName(role)}) then ${problem(k, CELL.notFinite)}`,
  ]);
  const broken = rules.map(({ broken: sql }, k) => `when ${sql} then ${NUMBER_ROW.rules + k}`);
  const lost = grouped ? [`when credence_cluster is null then ${NUMBER_ROW.noGroup}`] : [];
  return `case ${[...cells, ...broken, ...lost].join(" ")} else ${NUMBER_ROW.fine} end`;
}

/** Throws the error of the first row that must be refused. */
async function refuseRows(database: Database, table: Table, request: NumberRequest): Promise<void> {
  const { columns, rules, group } = request;
  const wanted = columns.flatMap(({ role }, k) => [
    `${quoteName(role)} as value${k}`,
    `credence_cell${k} as cell${k}`,
  ]);
  const [found] = await database.rows<Record<string, unknown>>(
    `select credence_file::double as file, credence_row::double as row, credence_status::double as status, ${wanted.join(", ")}
     from number_rows where credence_status > ${NUMBER_ROW.unlabelled} order by 1, 2 limit 1`,
  );
  if (!found) return;
  const status = found.status as number;
  const row = found.row as number;
  const file = table.files[found.file as number];
  const line = await lineOfRow(file, table.format, row);
  const place = { file, row, ...(line && { line }) };
  if (status === NUMBER_ROW.noGroup)
    throw new InputError(
      "missing-group",
      `is empty, so the row belongs to no group; leave such rows out with --where '"${group?.name}" is not null'.`,
      { ...place, column: group?.name },
    );
  const placeOf = (k: number) => {
    const value = found[`cell${k}`] as string | null;
    return { ...place, column: columns[k].selected.name, ...(value !== null && { value }) };
  };
  if (status >= NUMBER_ROW.rules) {
    const rule = rules[status - NUMBER_ROW.rules];
    const values = Object.fromEntries(columns.map(({ role }, k) => [role, found[`value${k}`] as number]));
    throw rule.refuse(values, placeOf(columns.findIndex(({ role }) => role === rule.role)));
  }
  const k = Math.floor((status - NUMBER_ROW.columns) / 3);
  throw refusedCell((status - NUMBER_ROW.columns) % 3, columns[k], placeOf(k));
}

async function streamRows(
  database: Database,
  { columns, group, by, onProgress }: NumberRequest,
  labels: readonly (readonly string[])[],
): Promise<Omit<NumberRows, "suspects">> {
  const [{ count }] = await database.rows<{ count: bigint }>("select count(*) as count from number_rows");
  const total = Number(count);
  const values = columns.map(() => growable((length) => new Float64Array(length), total));
  const clusters = group && growable((length) => new Int32Array(length), total);
  const slices = labels.map(() => growable((length) => new Int32Array(length), total));
  const coder = createDenseCoder();
  let [n, missing, unlabelled] = [0, 0, 0];

  const take = (chunk: DuckDBDataChunk): void => {
    const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
    const value = (column: number, row: number): number => vectors[column].getItem(row) as number;
    const firstSlice = 1 + values.length + (clusters ? 1 : 0);
    for (let i = 0; i < chunk.rowCount; i++) {
      const status = value(0, i);
      if (status === NUMBER_ROW.missing) missing++;
      else if (status === NUMBER_ROW.unlabelled) unlabelled++;
      else {
        n++;
        for (let k = 0; k < values.length; k++) values[k].push(value(1 + k, i));
        clusters?.push(coder.code(value(1 + values.length, i)));
        for (let k = 0; k < slices.length; k++) slices[k].push(value(firstSlice + k, i));
      }
    }
  };

  const wanted = [
    "credence_status::integer",
    ...columns.map(({ role }) => quoteName(role)),
    ...(clusters ? ["credence_cluster"] : []),
    ...labels.map((_, k) => `enum_code(slice${k}::slice${k}_values)::integer`),
  ];
  const result = await database.connection.stream(`select ${wanted.join(", ")} from number_rows`);
  for (let done = 0; ; ) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    take(chunk);
    done += chunk.rowCount;
    onProgress?.(done, total);
  }
  return {
    values: Object.fromEntries(columns.map(({ role }, k) => [role, values[k].take()])),
    n,
    missing,
    unlabelled,
    group: clusters && { name: group?.name ?? "", codes: clusters.take(), count: coder.count() },
    slices: slices.map((column, k) => ({
      name: by[k].name,
      codes: column.take(),
      count: labels[k].length,
      labels: labels[k],
    })),
  };
}

/** Looks at the first rows alone: reading the candidates of all would be dear. */
async function findSuspects(
  database: Database,
  table: Table,
  request: NumberRequest,
): Promise<readonly ClusterSuspect[]> {
  if (request.group) return [];
  const used = request.columns.map(({ selected }) => selected.column?.name ?? "");
  const candidates = clusterCandidates(table, used);
  const rows = rowsSql(table, request, candidates.map(candidateSql));
  return judgeCandidates(
    database,
    candidates,
    `(select *, ${request.gap} as gap from (${rows}) where credence_status = ${NUMBER_ROW.fine})`,
  );
}

function nothingLeft(
  files: readonly string[],
  { missing, unlabelled }: { missing: number; unlabelled: number },
  { columns, where }: NumberRequest,
): InputError {
  const role = (empty: string) =>
    columns.filter((column) => column.empty === empty).map((column) => column.role);
  const why =
    missing + unlabelled > 0
      ? `no row has all that is needed (${missing} without ${role("missing").join(" or ")}, ${unlabelled} without ${role("unlabelled").join(" or ")}).`
      : where === null
        ? "has no rows; at least one is needed."
        : `no row satisfies --where ${JSON.stringify(where)}.`;
  return new InputError("no-rows", why, { file: files.length === 1 ? files[0] : `${files.length} files` });
}
