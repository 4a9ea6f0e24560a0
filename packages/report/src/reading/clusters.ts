import type { ColumnMapping } from "./columns.js";
import { type Database, quoteName } from "./database.js";
import type { ClusterSuspect } from "./records.js";
import { ROW } from "./rowStatus.js";
import { scoredSql } from "./scoredSql.js";
import type { Column, Table } from "./table.js";

/** Rows looked at: neighbours, because clusters tend to stand together. */
const ROWS = 200_000;
const LEAST_VALUES = 20;
const LEAST_EFFECT = 1.5;
const MOST_COLUMNS = 40;

const NAMES_OF_CLUSTERS =
  /(^|[_\s.-])(id|page|doc|document|file|image|user|customer|patient|subject|speaker|author|session|conversation|thread|group|cluster|site|question|prompt|example)([_\s.-]?id)?s?$/i;

/**
 * Columns that look like clusters. They have at least 20 values, of 2 rows or more on average; equal values stand
 * together in the file, or the name says what it is; and the gaps (confidence − outcome) within a value are so alike
 * that the variance of the mean gap is at least 1.5 times that of independent rows.
 */
export async function findClusters(
  database: Database,
  table: Table,
  mapping: ColumnMapping,
  where: string | null,
): Promise<ClusterSuspect[]> {
  const candidates = clusterCandidates(
    table,
    [mapping.confidence, mapping.outcome].map(({ column }) => column?.name ?? ""),
  );
  const rows = scoredSql(table, { ...mapping, group: null, by: [] }, where, {
    limit: ROWS,
    extra: candidates.map(candidateSql),
  });
  return judgeCandidates(
    database,
    candidates,
    `(select *, confidence - outcome as gap from (${rows})) where status = ${ROW.scored}`,
  );
}

/** Columns that could be clusters, by their type; none of those that are `used` for something else. */
export function clusterCandidates(table: Table, used: readonly string[]): Column[] {
  const plain = /^(VARCHAR|U?(TINY|SMALL|BIG)?INT(EGER)?|UUID|DATE)$/;
  return table.columns
    .filter(({ name, type }) => !used.includes(name) && plain.test(type))
    .slice(0, MOST_COLUMNS);
}

/** The value of a candidate as SQL: what `judgeCandidates` reads. */
export const candidateSql = ({ sqlName }: Column, i: number): string =>
  `hash(nullif(${quoteName(sqlName)}::varchar, '')) as candidate${i}`;

/**
 * Those of the candidates whose rows err together.
 * @param rows What stands after FROM: rows with a `gap` and the candidates' values.
 */
export async function judgeCandidates(
  database: Database,
  candidates: readonly Column[],
  rows: string,
): Promise<ClusterSuspect[]> {
  if (candidates.length === 0) return [];
  const ids = candidates.map((_, i) => `candidate${i}`);
  await database.connection.run(
    `create temp table neighbours as select gap, ${ids.join(", ")} from ${rows} limit ${ROWS}`,
  );
  const suspects: ClusterSuspect[] = [];
  for (const [i, id] of ids.entries()) {
    const { name } = candidates[i];
    const [{ n, runs }] = await database.rows<{ n: number; runs: number }>(
      `select count(*)::double as n, count(*) filter (id is distinct from before)::double as runs
       from (select ${id} as id, lag(${id}) over () as before from neighbours) where id is not null`,
    );
    if (n < 2 * runs && !NAMES_OF_CLUSTERS.test(name)) continue;
    const [{ values, designEffect }] = await database.rows<{ values: number; designEffect: number | null }>(
      `with centred as (select ${id} as id, gap - avg(gap) over () as r from neighbours where ${id} is not null),
       sums as (select sum(r) as total, sum(r * r) as squares from centred group by id)
       select count(*)::double as values,
         sum(total * total) / nullif(sum(squares), 0) * count(*) / nullif(count(*) - 1, 0) as designEffect from sums`,
    );
    if (values < LEAST_VALUES || n < 2 * values || designEffect === null || designEffect < LEAST_EFFECT)
      continue;
    suspects.push({ column: name, values, designEffect });
  }
  return suspects.sort((a, b) => b.designEffect - a.designEffect);
}
