import { reportOptions } from "../analysis/options.js";
import { estimateOptions, type Scored } from "../analysis/scored.js";
import { findClassColumns } from "../classes/classColumns.js";
import { classOrder } from "../classes/classOrder.js";
import {
  type ClassReadOptions,
  checkClassOptions,
  JUDGED,
  judgeClasses,
  judgedTable,
} from "../classes/readClassRecords.js";
import { type ColumnMapping, expressionType, mapColumns, selectColumn } from "../reading/columns.js";
import type { Database } from "../reading/database.js";
import { createDenseCoder } from "../reading/denseCodes.js";
import { growable } from "../reading/growable.js";
import { InputError } from "../reading/inputError.js";
import { locateRow } from "../reading/locateRow.js";
import { ROW } from "../reading/rowStatus.js";
import { scoredSql } from "../reading/scoredSql.js";
import type { Table } from "../reading/table.js";
import { withTables } from "../reading/withTables.js";
import { readClassPairs } from "./classPairs.js";
import { compareRows, comparisonVerdict } from "./compareRows.js";
import { COMPARISON_SCHEMA, type Comparison } from "./comparison.js";

/** How two files are compared. */
export interface CompareOptions extends Omit<ClassReadOptions, "by"> {
  /** Column, or SQL expression, that is the same in both files for the same row. Default: rows are paired by order. */
  key?: string | null;
  /** Columns of the second file, where they are named differently there. */
  confidenceB?: string;
  outcomeB?: string;
  probabilitiesB?: readonly string[];
  labelB?: string;
  bins?: number;
  level?: number;
  seed?: number;
}

/**
 * Compares two sets of confidences, or of class probabilities, for the same questions, row by row: far more can be told
 * than from two reports. With class probabilities the scores are those of all classes, and the calibration error that of
 * the likeliest.
 * @throws InputError as `readRecords` and `readClassRecords`; "unknown-class" where the files have other classes; "unpaired" where rows cannot be paired.
 */
export function compareFiles(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  const { bins, level, seed } = reportOptions({
    bins: options.bins,
    level: options.level,
    seed: options.seed,
  });
  return withTables([[a], [b]], options, async (database, tables) => {
    const [a, b] = tables;
    const multiclass = [options.probabilities, options.label, options.logits].some((o) => o !== undefined);
    const sideA = multiclass
      ? await readClassSide(database, a, "a", options, null)
      : { mapping: await readSide(database, a, "a", options, options.where ?? null), names: null };
    const mappingB = sideA.names
      ? (await readClassSide(database, b, "b", ofB(options), sideA.names)).mapping
      : await readSide(database, b, "b", ofB(options), options.where ?? null);
    const mappings = [sideA.mapping, mappingB];
    const pairing = await pairRows(database, tables, options.key ?? null);
    const { first, second, missing } = await readPairs(database, mappings[0]);
    const n = first.confidences.length;
    if (n === 0)
      throw new InputError("no-rows", "no row is scored in both files.", { file: tables[1].files[0] });
    const classes = sideA.names && (await readClassPairs(database, sideA.names.length, n));
    const found = compareRows(
      first,
      second,
      bins,
      { ...estimateOptions(first, level, seed), level },
      classes,
    );
    return {
      schema: COMPARISON_SCHEMA,
      n,
      groups: first.groups && {
        column: mappings[0].group?.name ?? "",
        count: first.groups.reduce((most, g) => Math.max(most, g + 1), 0),
      },
      classes: sideA.names,
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

/** The options of the second file. Groups belong to the pair: the first file names them. */
function ofB(options: CompareOptions): CompareOptions {
  return {
    ...options,
    confidence: options.confidenceB ?? options.confidence,
    outcome: options.outcomeB ?? options.outcome,
    probabilities: options.probabilitiesB ?? options.probabilities,
    label: options.labelB ?? options.label,
    group: null,
  };
}

/** Reads one file into a table of its own, refusing rows that cannot be used. */
async function readSide(
  database: Database,
  table: Table,
  name: "a" | "b",
  options: CompareOptions,
  where: string | null,
  more: readonly string[] = [],
): Promise<ColumnMapping> {
  const { key = null } = options;
  const { confidence, outcome, group } = options;
  const mapping = await mapColumns(database, table, { confidence, outcome, group, by: [] });
  if (where !== null) await expressionType(database, table, "--where", where);
  const keys =
    key === null ? [] : [`(${(await selectColumn(database, table, "--key", key)).sql})::varchar as pair_key`];
  const extra = [...keys, ...more];
  await database.connection.run(`create temp table scored as ${scoredSql(table, mapping, where, { extra })}`);
  const [{ refused }] = await database.rows<{ refused: number }>(
    `select count(*) filter (status > ${ROW.unlabelled})::double as refused from scored`,
  );
  if (refused > 0) throw await locateRow(database, table, mapping, where);
  await database.connection.run(`alter table scored rename to ${name}`);
  return mapping;
}

/**
 * The same of a file with class probabilities, which it keeps as `probabilities_a` …, with the number of the true class
 * as `class_a`.
 * @param known The classes of the other file, whose order is taken.
 */
async function readClassSide(
  database: Database,
  table: Table,
  name: "a" | "b",
  options: CompareOptions,
  known: readonly string[] | null,
): Promise<{ readonly mapping: ColumnMapping; readonly names: readonly string[] }> {
  const { probabilities, label, where } = checkClassOptions(options);
  const guesses: string[] = [];
  const columns = await findClassColumns(database, table, probabilities, guesses);
  const order = classOrder(columns, known ?? columns.names, table.files[0], "the other file has");
  const truth = await selectColumn(database, table, "--label", label, guesses);
  await judgeClasses(database, table, columns, truth, { where, logits: options.logits === true, guesses });
  const mapping = await readSide(database, judgedTable(table), name, { ...options, ...JUDGED }, where, [
    `list_position([${order.join(", ")}], credence_class) - 1 as class_${name}`,
    `[${order.map((k) => `credence_probabilities[${k + 1}]`).join(", ")}] as probabilities_${name}`,
  ]);
  // The other side makes its own.
  await database.connection.run("drop view class_labels; drop table class_rows; drop table class_cells");
  return { mapping: { ...mapping, guesses: [...guesses, ...mapping.guesses] }, names: columns.names };
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
  const both = `a.confidence as p, a.outcome as y, a.status as s, b.confidence as q, b.outcome as z, b.status as t, a.* exclude (confidence, outcome, status), b.* exclude (confidence, outcome, status${key === null ? "" : ", pair_key"})`;
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
