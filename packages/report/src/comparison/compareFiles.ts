import { reportOptions } from "../analysis/options.js";
import { estimateOptions, type Scored } from "../analysis/scored.js";
import { type ColumnMapping, expressionType, mapColumns, selectColumn } from "../reading/columns.js";
import type { Database } from "../reading/database.js";
import { createDenseCoder } from "../reading/denseCodes.js";
import { growable } from "../reading/growable.js";
import { InputError } from "../reading/inputError.js";
import { locateRow } from "../reading/locateRow.js";
import type { ReadOptions } from "../reading/readRecords.js";
import { ROW } from "../reading/rowStatus.js";
import { scoredSql } from "../reading/scoredSql.js";
import type { Table } from "../reading/table.js";
import { withTables } from "../reading/withTables.js";
import { compareRows, comparisonVerdict } from "./compareRows.js";
import { COMPARISON_SCHEMA, type Comparison } from "./comparison.js";

/** How two files are compared. */
export interface CompareOptions extends Omit<ReadOptions, "by"> {
  /** Column, or SQL expression, that is the same in both files for the same row. Default: rows are paired by order. */
  key?: string | null;
  /** Columns of the second file, where they are named differently there. */
  confidenceB?: string;
  outcomeB?: string;
  bins?: number;
  level?: number;
  seed?: number;
}

/**
 * Compares two sets of confidences for the same questions, row by row: far more can be told than from two reports.
 * @throws InputError as `readRecords`; "unpaired" where rows cannot be paired.
 */
export function compareFiles(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  const { bins, level, seed } = reportOptions({
    bins: options.bins,
    level: options.level,
    seed: options.seed,
  });
  return withTables([[a], [b]], options, async (database, tables) => {
    const mappings: ColumnMapping[] = [];
    for (const [i, name] of (["a", "b"] as const).entries())
      mappings.push(await readSide(database, tables[i], name, options));
    const pairing = await pairRows(database, tables, options.key ?? null);
    const { first, second, missing } = await readPairs(database, mappings[0]);
    const n = first.confidences.length;
    if (n === 0)
      throw new InputError("no-rows", "no row is scored in both files.", { file: tables[1].files[0] });
    const found = compareRows(first, second, bins, { ...estimateOptions(first, level, seed), level });
    return {
      schema: COMPARISON_SCHEMA,
      n,
      groups: first.groups && {
        column: mappings[0].group?.name ?? "",
        count: first.groups.reduce((most, g) => Math.max(most, g + 1), 0),
      },
      ...pairing,
      missing,
      level,
      a: { files: tables[0].files, ...found.a },
      b: { files: tables[1].files, ...found.b },
      difference: found.difference,
      verdict: comparisonVerdict(found.difference),
      guesses: [...new Set(mappings.flatMap(({ guesses }) => guesses))],
    };
  });
}

/** Reads one file into a table of its own, refusing rows that cannot be used. */
async function readSide(
  database: Database,
  table: Table,
  name: "a" | "b",
  options: CompareOptions,
): Promise<ColumnMapping> {
  const { where = null, key = null } = options;
  // Groups belong to the pair: the first file names them.
  const second = {
    confidence: options.confidenceB ?? options.confidence,
    outcome: options.outcomeB ?? options.outcome,
  };
  const mapping = await mapColumns(database, table, name === "a" ? { ...options, by: [] } : second);
  if (where !== null) await expressionType(database, table, "--where", where);
  const extra =
    key === null ? [] : [`(${(await selectColumn(database, table, "--key", key)).sql})::varchar as pair_key`];
  await database.connection.run(`create temp table scored as ${scoredSql(table, mapping, where, { extra })}`);
  const [{ refused }] = await database.rows<{ refused: number }>(
    `select count(*) filter (status > ${ROW.unlabelled})::double as refused from scored`,
  );
  if (refused > 0) throw await locateRow(database, table, mapping, where);
  await database.connection.run(`alter table scored rename to ${name}`);
  return mapping;
}

/** Makes the table `pairs`. */
async function pairRows(
  database: Database,
  tables: readonly Table[],
  key: string | null,
): Promise<Pick<Comparison, "pairedBy" | "unpaired">> {
  const [counts] = await database.rows<{ a: number; b: number }>(
    "select (select count(*) from a)::double as a, (select count(*) from b)::double as b",
  );
  const both = `a.confidence as p, a.outcome as y, a.status as s, b.confidence as q, b.outcome as z, b.status as t, a.* exclude (confidence, outcome, status)`;
  if (key === null) {
    if (counts.a !== counts.b)
      throw new InputError(
        "unpaired",
        `has ${counts.b} rows, but ${tables[0].files[0]} has ${counts.a}; name the column that pairs them with --key COLUMN.`,
        { file: tables[1].files[0] },
      );
    await database.connection.run(`create temp table pairs as select ${both} from a positional join b`);
    return { pairedBy: "order", unpaired: { a: 0, b: 0 } };
  }
  for (const [i, side] of ["a", "b"].entries()) {
    const [twice] = await database.rows<{ pair_key: string }>(
      `select pair_key from ${side} where pair_key is not null group by 1 having count(*) > 1 order by 1 limit 1`,
    );
    if (twice)
      throw new InputError(
        "unpaired",
        `the value "${twice.pair_key}" stands in more than one row; a key names one row.`,
        {
          file: tables[i].files[0],
          column: key,
        },
      );
  }
  await database.connection.run(`create temp table pairs as select ${both} from a join b using (pair_key)`);
  const [{ n }] = await database.rows<{ n: number }>("select count(*)::double as n from pairs");
  if (n === 0)
    throw new InputError("unpaired", `no value of "${key}" stands in both files.`, {
      file: tables[1].files[0],
    });
  return { pairedBy: key, unpaired: { a: counts.a - n, b: counts.b - n } };
}

async function readPairs(
  database: Database,
  { group }: ColumnMapping,
): Promise<{ first: Scored; second: Scored; missing: number }> {
  const floats = () => growable((length) => new Float64Array(length));
  const bytes = () => growable((length) => new Uint8Array(length));
  const [p, q, y, z] = [floats(), floats(), bytes(), bytes()];
  const groups = group && growable((length) => new Int32Array(length));
  const coder = createDenseCoder();
  let missing = 0;
  const result = await database.connection.stream(
    `select p, q, y, z, s, t${groups ? ", cluster" : ""} from pairs`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
    for (let i = 0; i < chunk.rowCount; i++) {
      const value = (column: number) => vectors[column].getItem(i) as number;
      if (value(4) !== ROW.scored || value(5) !== ROW.scored) {
        missing++;
        continue;
      }
      p.push(value(0));
      q.push(value(1));
      y.push(value(2));
      z.push(value(3));
      groups?.push(coder.code(value(6)));
    }
  }
  const codes = groups?.take() ?? null;
  return {
    first: { confidences: p.take(), outcomes: y.take(), groups: codes },
    second: { confidences: q.take(), outcomes: z.take(), groups: codes },
    missing,
  };
}
