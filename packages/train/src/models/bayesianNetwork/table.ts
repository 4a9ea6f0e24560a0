import { CredenceError, type Matrix } from "credence/numeric";
import type { Rows } from "../rows.js";

/** A level of a discrete column. */
export type Level = string | number | boolean;

/** An entry of a table; null, undefined and NaN are missing. */
export type Cell = Level | null | undefined;

/** Named columns of equal length, or a matrix with the names of its columns. */
export type Table =
  | { readonly [name: string]: ArrayLike<Cell> }
  | (Matrix & { readonly names: readonly string[] });

/** A column of a table as a network sees it. */
export type Variable =
  | { readonly kind: "discrete"; readonly name: string; readonly levels: readonly Level[] }
  | { readonly kind: "continuous"; readonly name: string };

/** Which columns are discrete. */
export interface ColumnOptions {
  /** Columns of numbers that are names of levels. Default: none; columns with texts or booleans always are discrete. */
  discrete?: readonly string[] | "all";
  /** The levels of discrete columns, in order, also those that no row has. Default: those in the data, ascending. */
  levels?: { readonly [name: string]: readonly Level[] };
}

/** A table in numbers: per column the level's index or the value; NaN where missing. */
export interface Data {
  readonly variables: readonly Variable[];
  readonly rows: number;
  readonly columns: readonly Float64Array[];
}

/** Number of levels; 0 for a continuous variable. */
export const sizeOf = (variable: Variable): number =>
  variable.kind === "discrete" ? variable.levels.length : 0;

/** Reads a table to train on, and finds out what its columns are. */
export function readTable(fn: string, table: Table, options: ColumnOptions): Data {
  const { names, rows, cell } = open(fn, table);
  const { discrete = [], levels = {} } = options;
  for (const name of [...(discrete === "all" ? [] : discrete), ...Object.keys(levels)])
    if (!names.includes(name)) throw unknownColumn(fn, name, names);
  const variables = names.map((name, j): Variable => {
    const known = levels[name];
    if (known) {
      if (known.length === 0 || new Set(known).size !== known.length)
        throw new CredenceError(
          "unknown-option",
          { function: fn, argument: `levels.${name}` },
          "must be a list of distinct levels, at least one.",
        );
      return { kind: "discrete", name, levels: [...known] };
    }
    let present = 0;
    let numeric = true;
    for (let i = 0; i < rows; i++) {
      const value = cell(i, j);
      if (isMissing(value)) continue;
      present++;
      if (typeof value !== "number") numeric = false;
    }
    if (present === 0)
      throw new CredenceError(
        "too-few",
        { function: fn, argument: name },
        "has no value at all; drop the column, or give its levels.",
      );
    if (numeric && discrete !== "all" && !discrete.includes(name)) return { kind: "continuous", name };
    const found = new Set<Level>();
    for (let i = 0; i < rows; i++) {
      const value = cell(i, j);
      if (!isMissing(value)) found.add(value);
    }
    return { kind: "discrete", name, levels: [...found].sort(compareLevels) };
  });
  return { variables, rows, columns: encode(fn, variables, rows, (i, j) => cell(i, j)) };
}

/**
 * Reads rows for a network that has its variables already. A table may lack columns, whose entries then are missing; a bare
 * matrix or list of rows holds level indices and values in the order of the variables.
 */
export function readRows(fn: string, variables: readonly Variable[], given: Table | Rows): Data {
  if (Array.isArray(given) || (isMatrix(given) && !("names" in given)))
    return readCodes(fn, variables, given);
  const { names, rows, cell } = open(fn, given as Table);
  for (const name of names)
    if (!variables.some((v) => v.name === name))
      throw unknownColumn(
        fn,
        name,
        variables.map((v) => v.name),
      );
  const at = variables.map((v) => names.indexOf(v.name));
  return {
    variables,
    rows,
    columns: encode(fn, variables, rows, (i, j) => (at[j] < 0 ? null : cell(i, at[j]))),
  };
}

function readCodes(fn: string, variables: readonly Variable[], given: Rows): Data {
  const rows = "rows" in given ? given.rows : given.length;
  const width = (i: number) => ("rows" in given ? given.columns : given[i].length);
  const code = (i: number, j: number) => ("rows" in given ? given.data[i * given.columns + j] : given[i][j]);
  for (let i = 0; i < rows; i++)
    if (width(i) !== variables.length)
      throw new CredenceError(
        "shape-mismatch",
        { function: fn, argument: "rows", index: i },
        `has ${width(i)} values, but the network has ${variables.length} variables.`,
      );
  return {
    variables,
    rows,
    columns: encode(fn, variables, rows, (i, j) => {
      const variable = variables[j];
      const value = code(i, j);
      if (variable.kind === "continuous" || isMissing(value)) return value;
      const level = variable.levels[value];
      if (level === undefined) throw unknownLevel(fn, variable, value, i, "level index");
      return level;
    }),
  };
}

/** The index of a level, or the value itself. */
export function encodeCell(fn: string, variable: Variable, value: Cell, index?: number): number {
  if (isMissing(value)) return Number.NaN;
  if (variable.kind === "discrete") {
    const code = variable.levels.indexOf(value);
    if (code < 0) throw unknownLevel(fn, variable, value, index, "level");
    return code;
  }
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new CredenceError(
      "not-finite",
      { function: fn, argument: variable.name, index, value },
      "a finite number is needed, or null where it is missing.",
    );
  return value;
}

/** The columns in the user's terms: levels and numbers, null where missing. */
export function decode({ variables, rows, columns }: Data): { [name: string]: (Level | null)[] } {
  return Object.fromEntries(
    variables.map((variable, j) => [
      variable.name,
      Array.from({ length: rows }, (_, i) => {
        const value = columns[j][i];
        if (Number.isNaN(value)) return null;
        return variable.kind === "discrete" ? variable.levels[value] : value;
      }),
    ]),
  );
}

const isMissing = (value: Cell): value is null | undefined =>
  value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));

const isMatrix = (given: object): given is Matrix =>
  "data" in given && "rows" in given && typeof given.rows === "number";

/** Numbers by size, everything else by its text; so that the order does not depend on the rows'. */
function compareLevels(a: Level, b: Level): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [`${typeof a} ${a}`, `${typeof b} ${b}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

interface OpenTable {
  readonly names: readonly string[];
  readonly rows: number;
  cell(i: number, j: number): Cell;
}

function open(fn: string, table: Table): OpenTable {
  const refuse = (code: "empty-input" | "length-mismatch" | "shape-mismatch", why: string) =>
    new CredenceError(code, { function: fn, argument: "table" }, why);
  if (typeof table !== "object" || table === null)
    throw refuse("shape-mismatch", "must be columns { name: list }, or a matrix with names.");
  if (isMatrix(table)) {
    const { data, rows, columns, names } = table as Matrix & { names?: readonly string[] };
    if (names?.length !== columns || new Set(names).size !== columns)
      throw refuse("shape-mismatch", `a matrix of ${columns} columns needs as many distinct names.`);
    if (data.length !== rows * columns)
      throw refuse(
        "length-mismatch",
        `has ${data.length} values, but ${rows} rows × ${columns} columns are ${rows * columns}.`,
      );
    if (data.length === 0) throw refuse("empty-input", "is empty; at least one row and column are needed.");
    return { names, rows, cell: (i, j) => data[i * columns + j] };
  }
  const named = table as { readonly [name: string]: ArrayLike<Cell> };
  const names = Object.keys(named);
  const columns = names.map((name) => named[name]);
  if (names.length === 0) throw refuse("empty-input", "has no columns.");
  columns.forEach((column, j) => {
    if (typeof column?.length !== "number" || typeof column === "string")
      throw refuse("shape-mismatch", `its column ${names[j]} is no list.`);
    if (column.length !== columns[0].length)
      throw refuse(
        "length-mismatch",
        `its column ${names[j]} has ${column.length} values, but ${names[0]} has ${columns[0].length}.`,
      );
  });
  if (columns[0].length === 0) throw refuse("empty-input", "has no rows.");
  return { names, rows: columns[0].length, cell: (i, j) => columns[j][i] };
}

function encode(
  fn: string,
  variables: readonly Variable[],
  rows: number,
  cell: (i: number, j: number) => Cell,
): Float64Array[] {
  return variables.map((variable, j) => {
    // A map, since looking through a list of levels for every row takes time.
    const codes = variable.kind === "discrete" ? new Map(variable.levels.map((l, k) => [l, k])) : null;
    return Float64Array.from({ length: rows }, (_, i) => {
      const value = cell(i, j);
      return codes?.get(value as Level) ?? encodeCell(fn, variable, value, i);
    });
  });
}

function unknownLevel(
  fn: string,
  variable: Variable,
  value: unknown,
  index: number | undefined,
  what: string,
) {
  const levels = variable.kind === "discrete" ? variable.levels : [];
  const shown = levels.slice(0, 10).map((l) => JSON.stringify(l));
  return new CredenceError(
    "unknown-class",
    { function: fn, argument: variable.name, index, value },
    `is no ${what} of ${variable.name}; known are ${shown.join(", ")}${levels.length > 10 ? ", …" : ""}.`,
  );
}

/** The error for a name that no column has. */
export function unknownColumn(fn: string, name: string, names: readonly string[]): CredenceError {
  return new CredenceError(
    "unknown-option",
    { function: fn, argument: "column", value: name },
    `there is no such column; the columns are ${names.slice(0, 20).join(", ")}.`,
  );
}
