import { expressionType, type Selected, selectColumn } from "../reading/columns.js";
import { lineOfRow } from "../reading/csvLine.js";
import { type Database, quoteName, quoteText } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import { type ReadOptions, readTable } from "../reading/readRecords.js";
import type { ClassRows, Records } from "../reading/records.js";
import type { Table } from "../reading/table.js";
import { withTable } from "../reading/withTables.js";
import { type ClassColumns, findClassColumns, listSql, textNames, typedStar } from "./classColumns.js";
import { CLASS_ROW, refusedClassRow, SUM_TOLERANCE } from "./classStatus.js";

/** What to read of files that hold a probability for every class. */
export interface ClassReadOptions extends ReadOptions {
  /** Columns of the class probabilities, patterns such as p_*, or one column of lists. */
  probabilities?: readonly string[];
  /** The true class: its number from 0, or its name, which is its column's without what all have in common. */
  label?: string;
  /** The values are logits: softmax makes them probabilities. */
  logits?: boolean;
}

/**
 * Reads class probabilities. Confidence is the largest of a row, and right means that its class (the first, among
 * equals) is the true one; the matrix itself is kept in `classes`.
 * @throws InputError as `readRecords`; "wrong-length", "not-normalised", "unknown-class".
 */
export async function readClassRecords(
  names: readonly string[],
  options: ClassReadOptions,
): Promise<Records & { readonly classes: ClassRows }> {
  const { probabilities, label, where } = checkClassOptions(options);
  return withTable(names, options, async (database, table) => {
    const guesses: string[] = [];
    const columns = await findClassColumns(database, table, probabilities, guesses);
    const truth = await selectColumn(database, table, "--label", label, guesses);
    await judgeClasses(database, table, columns, truth, { where, logits: options.logits === true, guesses });
    const records = await readTable(database, judgedTable(table), {
      ...options,
      ...JUDGED,
    });
    return {
      ...records,
      origin: {
        ...records.origin,
        columns: {
          ...records.origin.columns,
          confidence: `largest of ${columns.title} (${columns.names.length} classes${options.logits ? ", softmax" : ""})`,
          outcome: `its class is ${truth.name}`,
        },
        guesses: [...guesses, ...records.origin.guesses],
      },
      // Rows of one class err together by nature: they are no cluster.
      suspects: records.suspects.filter(({ column }) => column !== truth.name),
      classes: await readMatrix(database, columns.names, where, records.n),
    };
  });
}

/**
 * The columns that are asked for.
 * @throws InputError "invalid-option" where one is missing, or something else is asked for too.
 */
export function checkClassOptions(options: ClassReadOptions): {
  readonly probabilities: readonly string[];
  readonly label: string;
  readonly where: string | null;
} {
  const { probabilities = [], label, where = null } = options;
  if (probabilities.length === 0 || label === undefined)
    throw new InputError(
      "invalid-option",
      "class probabilities need both --probabilities COLUMNS and --label COLUMN.",
    );
  if (options.confidence !== undefined || options.outcome !== undefined)
    throw new InputError(
      "invalid-option",
      "--probabilities and --label take the place of --confidence and --outcome; name one pair.",
    );
  return { probabilities, label, where };
}

/** Confidence and outcome in `judgedTable`. Quoted, they are expressions: no cells of the files. */
export const JUDGED = { confidence: quoteName("credence_top"), outcome: quoteName("credence_right") };

/** How the rows are judged. */
interface Judging {
  readonly where: string | null;
  readonly logits: boolean;
  /** Hears what was guessed. */
  readonly guesses: string[];
}

/**
 * Makes the table `class_rows`: the columns of the files, `credence_probabilities`, and what each row is worth.
 * @throws InputError for the first row that must be refused.
 */
export async function judgeClasses(
  database: Database,
  table: Table,
  columns: ClassColumns,
  truth: Selected,
  { where, logits, guesses }: Judging,
): Promise<void> {
  if (where !== null) await expressionType(database, table, "--where", where);
  await readCells(database, table, columns, truth);
  await readLabels(database, columns.names, where, guesses);
  await judgeRows(database, columns.names.length, logits);
  await refuseRows(database, table, columns, truth, where);
}

/** Makes the table `class_cells`: the columns of the files, the row's place, its cells and its label. */
async function readCells(
  database: Database,
  table: Table,
  { columns, list }: ClassColumns,
  truth: Selected,
): Promise<void> {
  const texts = textNames(table, [...columns, truth]);
  const text = ({ sql }: Selected) => `nullif(trim((${sql})::varchar), '')`;
  // Parquet's numbers are taken as they are: their text could be shorter than they.
  const typed = columns.every(({ type }) => /DOUBLE|FLOAT|DECIMAL|INT/.test(type)) && texts.length === 0;
  const all = list ? columns[0].sql : `[${columns.map(({ sql }) => sql).join(", ")}]`;
  const cells = list ? listSql(columns[0], table.format !== "parquet") : `[${columns.map(text).join(", ")}]`;
  const values = typed
    ? `(${all})::double[]`
    : `list_transform(${cells}, lambda cell: try_cast(cell as double))`;
  const selects = table.files.map(
    (
      file,
      i,
    ) => `select ${typedStar(table, texts)}, ${i} as credence_file, row_number() over () as credence_row,
      ${cells} as credence_cells, ${values} as credence_values, ${text(truth)} as credence_label,
      ${list ? `${text(columns[0])} is null` : `len(list_filter(${cells}, lambda cell: cell is not null)) = 0`} as credence_empty,
      ${list ? text(columns[0]) : "null"} as credence_text from ${table.from(texts, file)}`,
  );
  await database.connection.run(`create temp table class_cells as ${selects.join(" union all by name ")}`);
}

const filter = (where: string | null): string => (where === null ? "true" : `(${where}\n)`);

/** Makes the view `class_labels`: the cells with the number of the true class, null where it is none. */
async function readLabels(
  database: Database,
  names: readonly string[],
  where: string | null,
  guesses: string[],
): Promise<void> {
  const byName = `list_position([${names.map(quoteText).join(", ")}], credence_label) - 1`;
  const number = "try_cast(credence_label as double)";
  const byNumber = `case when ${number} between 0 and ${names.length - 1} and ${number} = floor(${number}) then ${number}::integer end`;
  const [{ named, numbered, different }] = await database.rows<Record<string, number>>(
    `select count(${byName})::double as named, count(${byNumber})::double as numbered,
       count(*) filter (${byName} <> ${byNumber})::double as different from class_cells where ${filter(where)}`,
  );
  const takeNames = named >= numbered;
  if (different > 0)
    guesses.push(`Took the labels as the ${takeNames ? "names" : "numbers (from 0)"} of the classes.`);
  await database.connection.run(
    `create temp view class_labels as select *, (${takeNames ? byName : byNumber})::integer as credence_class from class_cells`,
  );
}

/** Makes the table `class_rows`: probabilities, the row's status, its largest probability and whether that is right. */
async function judgeRows(database: Database, classes: number, logits: boolean): Promise<void> {
  const values = "credence_values";
  const bad = (test: string) => `len(list_filter(${values}, lambda v: ${test})) > 0`;
  const probabilities = logits
    ? softmaxSql("class_labels", values)
    : `select *, ${values} as credence_probabilities from class_labels`;
  const notProbabilities = logits
    ? ""
    : `when ${bad("v < 0 or v > 1")} then ${CLASS_ROW.outOfRange}
       when abs(list_sum(${values}) - 1) > ${SUM_TOLERANCE} then ${CLASS_ROW.notNormalised}`;
  const status = `case
    when credence_empty then ${CLASS_ROW.missing}
    when ${values} is null then ${CLASS_ROW.notAList}
    when len(${values}) <> ${classes} then ${CLASS_ROW.wrongLength}
    when ${bad("v is null or not isfinite(v)")} then ${CLASS_ROW.notANumber}
    ${notProbabilities}
    when credence_label is null then ${CLASS_ROW.unlabelled}
    when credence_class is null then ${CLASS_ROW.unknownClass}
    else ${CLASS_ROW.fine} end`;
  // The first of equals: list_position finds the lowest.
  const right = "list_position(credence_probabilities, credence_top) - 1 = credence_class";
  await database.connection.run(
    `create temp table class_rows as
     select *, case when credence_status = ${CLASS_ROW.fine} then (${right})::integer end as credence_right
     from (select *, list_max(credence_probabilities) as credence_top, ${status} as credence_status from (${probabilities}))`,
  );
}

/** Step by step, because what a lambda captures is computed again for each element. */
function softmaxSql(from: string, values: string): string {
  const largest = `select *, list_max(${values}) as credence_largest from ${from}`;
  const odds = `select *, list_transform(${values}, lambda v: exp(v - credence_largest)) as credence_odds from (${largest})`;
  const total = `select *, list_sum(credence_odds) as credence_total from (${odds})`;
  return `select * exclude (credence_largest, credence_odds, credence_total),
    list_transform(credence_odds, lambda v: v / credence_total) as credence_probabilities from (${total})`;
}

/** Throws the error of the first row that must be refused. */
async function refuseRows(
  database: Database,
  table: Table,
  { columns, list, title, names }: ClassColumns,
  truth: Selected,
  where: string | null,
): Promise<void> {
  const [found] = await database.rows<{
    file: number;
    row: number;
    status: number;
    cells: (string | null)[] | null;
    numbers: (number | null)[] | null;
    label: string | null;
    whole: string | null;
    sum: number | null;
  }>(
    `select credence_file::double as file, credence_row::double as row, credence_status as status, credence_cells as cells,
       credence_values as numbers, credence_label as label, credence_text as whole, list_sum(credence_values) as sum
     from class_rows where ${filter(where)} and credence_status > ${CLASS_ROW.unlabelled} order by 1, 2 limit 1`,
  );
  if (!found) return;
  const { status, row, numbers, sum } = found;
  const file = table.files[found.file];
  const line = await lineOfRow(file, table.format, row);
  // The cell that is to blame, where it is a single one.
  const at = (numbers ?? []).findIndex((value) =>
    status === CLASS_ROW.notANumber
      ? value === null || !Number.isFinite(value)
      : status === CLASS_ROW.outOfRange && value !== null && !(value >= 0 && value <= 1),
  );
  const cell = status === CLASS_ROW.notAList ? found.whole : found.cells?.[at];
  const label = status === CLASS_ROW.unknownClass;
  const value = label ? found.label : cell;
  throw refusedClassRow({
    status,
    place: {
      file,
      row,
      ...(line && { line }),
      column: label ? truth.name : list || at < 0 ? title : columns[at].name,
      ...(value !== null && value !== undefined && { value }),
    },
    length: numbers?.length ?? 0,
    sum: sum ?? Number.NaN,
    names,
  });
}

/** The judged rows as a table that `readRecords` can read on: filter, groups and slices are as ever. */
export const judgedTable = (table: Table): Table => ({
  ...table,
  from: (_, file) =>
    `(select * exclude (credence_row) from class_rows${file === undefined ? "" : ` where credence_file = ${table.files.indexOf(file)}`})`,
});

/** The probabilities and labels of the rows that are analysed, in their order. */
async function readMatrix(
  database: Database,
  names: readonly string[],
  where: string | null,
  rows: number,
): Promise<ClassRows> {
  const classes = names.length;
  const data = new Float64Array(rows * classes);
  const labels = new Int32Array(rows);
  const result = await database.connection.stream(
    `select credence_class, ${names.map((_, k) => `credence_probabilities[${k + 1}]`).join(", ")}
     from class_rows where ${filter(where)} and credence_status = ${CLASS_ROW.fine}`,
  );
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const vectors = Array.from({ length: chunk.columnCount }, (_, k) => chunk.getColumnVector(k));
    for (let i = 0; i < chunk.rowCount; i++, row++) {
      labels[row] = vectors[0].getItem(i) as number;
      for (let k = 0; k < classes; k++) data[row * classes + k] = vectors[k + 1].getItem(i) as number;
    }
  }
  return { names, labels, probabilities: { data, rows, columns: classes } };
}
