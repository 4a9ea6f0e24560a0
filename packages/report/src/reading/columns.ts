import { type Database, quoteName } from "./database.js";
import { InputError } from "./inputError.js";
import { nearestName } from "./nearestName.js";
import type { Column, Table } from "./table.js";

/** What the user asks to be read: names of columns, or DuckDB SQL expressions such as "score / 100". */
export interface ColumnRequest {
  /** The model's confidence. Default: guessed from the names. */
  confidence?: string;
  /** Whether the answer was right. Default: guessed from the names. */
  outcome?: string;
  /** The cluster of each row, such as a page, a user or a document. */
  group?: string | null;
  /** Slices: a column or an expression each. */
  by?: readonly string[];
}

/** A column, or an expression over columns, ready for SQL. */
export interface Selected {
  /** As the report names it. */
  readonly name: string;
  readonly sql: string;
  /** Its DuckDB type. */
  readonly type: string;
  /** The column; null for an expression. */
  readonly column: Column | null;
}

/** The mapping of a table's columns to what the analysis needs. */
export interface ColumnMapping {
  readonly confidence: Selected;
  readonly outcome: Selected;
  readonly group: Selected | null;
  readonly by: readonly Selected[];
  /** What was guessed, in sentences. */
  readonly guesses: readonly string[];
}

const CONFIDENCES = [
  "confidence",
  "conf",
  "probability",
  "prob",
  "p",
  "score",
  "p_correct",
  "certainty",
  "likelihood",
];
const OUTCOMES = [
  "correct",
  "is_correct",
  "outcome",
  "label",
  "target",
  "y",
  "hit",
  "success",
  "right",
  "accurate",
];

/** Finds the columns asked for, and guesses those that were not. */
export async function mapColumns(
  database: Database,
  table: Table,
  request: ColumnRequest,
): Promise<ColumnMapping> {
  const guesses: string[] = [];
  const { group = null, by = [] } = request;
  const confidence = await scoringColumn(database, table, "confidence", request.confidence, guesses);
  const outcome = await scoringColumn(database, table, "outcome", request.outcome, guesses);
  const select = (flag: string, name: string) => selectColumn(database, table, flag, name, guesses);
  const slices: Selected[] = [];
  for (const name of by) slices.push(await select("--by", name));
  return {
    confidence,
    outcome,
    group: group === null ? null : await select("--group", group),
    by: slices,
    guesses,
  };
}

/** The column asked for, else the one whose name says that it is the confidence or the outcome. */
export async function scoringColumn(
  database: Database,
  table: Table,
  role: "confidence" | "outcome",
  asked: string | undefined,
  guesses: string[],
): Promise<Selected> {
  if (asked !== undefined) return selectColumn(database, table, `--${role}`, asked, guesses);
  const column = guessColumn(table, role === "confidence" ? CONFIDENCES : OUTCOMES);
  if (!column)
    throw new InputError(
      "missing-column",
      `no column looks like the ${role}; name it with --${role} COLUMN. ${columnList(table)}`,
      { file: table.files[0] },
    );
  guesses.push(`Took column "${column.name}" as the ${role}; --${role} names another.`);
  return checkedColumn(table, column);
}

/** A column by its name, whatever its case, else an expression. */
export async function selectColumn(
  database: Database,
  table: Table,
  flag: string,
  name: string,
  guesses: string[] = [],
): Promise<Selected> {
  const exact = table.columns.find((column) => column.name === name);
  if (exact) return checkedColumn(table, exact);
  const loose = table.columns.filter(
    (column) => column.name.trim().toLowerCase() === name.trim().toLowerCase(),
  );
  if (loose.length === 1) {
    guesses.push(`Took column "${loose[0].name}" for "${name}".`);
    return checkedColumn(table, loose[0]);
  }
  // A misspelt name is no expression, though SQL might read a-b as one: only what binds to columns is.
  if (/^[\w .-]*$/.test(name) && !/\d/.test(name)) throw unknownColumn(table, name);
  const type = await expressionType(database, table, flag, name);
  return { name, sql: `(${name})`, type, column: null };
}

function checkedColumn(table: Table, column: Column): Selected {
  if (table.repeated.includes(column.name))
    throw new InputError("duplicate-column", "stands more than once in the header; rename one of them.", {
      file: table.files[0],
      line: 1,
      column: column.name,
    });
  return { name: column.name, sql: quoteName(column.sqlName), type: column.type, column };
}

function unknownColumn(table: Table, name: string): InputError {
  const near = nearestName(
    name,
    table.columns.map((column) => column.name),
  );
  return new InputError(
    "missing-column",
    `there is no such column${near ? `; did you mean "${near}"?` : "."} ${columnList(table)}`,
    { file: table.files[0], column: name },
  );
}

const columnList = (table: Table): string =>
  `Columns: ${table.columns
    .slice(0, 40)
    .map((column) => column.name)
    .join(", ")}${table.columns.length > 40 ? ", …" : ""}.`;

/**
 * The type of an SQL expression over the table's columns.
 * @throws InputError "invalid-expression" where DuckDB does not understand it, "missing-column" naming the column.
 */
export async function expressionType(
  database: Database,
  table: Table,
  flag: string,
  expression: string,
): Promise<string> {
  const sql = `select (${expression}\n) from ${table.from([])}`;
  try {
    // Once without brackets, so that it cannot close ours; once with them, so that it is one expression.
    for (const text of [`select ${expression}\n from ${table.from([])}`, sql]) {
      const { count } = await database.connection.extractStatements(text);
      if (count !== 1) throw new Error("one expression is needed, without a semicolon");
    }
    const [described] = await database.rows<{ column_type: string }>(`describe ${sql}`);
    return described.column_type;
  } catch (error) {
    const unknown = /Referenced column "(.+?)" not found/.exec((error as Error).message);
    if (unknown) throw unknownColumn(table, unknown[1]);
    throw new InputError("invalid-expression", `${flag} ${JSON.stringify(expression)}: ${firstLine(error)}`);
  }
}

/** What DuckDB says, without the name of its error class and without the query. */
export const firstLine = (error: unknown): string =>
  (error as Error).message
    .split("\n")[0]
    .replace(/^.*?\b[A-Z]\w+ Error: /, "")
    .trim();

function guessColumn(table: Table, known: readonly string[]): Column | null {
  for (const name of known) {
    const found = table.columns.filter((column) => column.name.trim().toLowerCase() === name);
    if (found.length > 0) return found[0];
  }
  return null;
}
