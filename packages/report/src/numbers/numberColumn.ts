import type { Selected } from "../reading/columns.js";
import { InputError, type InputPlace } from "../reading/inputError.js";

/** A column that is read as numbers. */
export interface NumberColumn {
  /** What it is, as the report's own words have it: "prediction". */
  readonly role: string;
  readonly selected: Selected;
  /** "time": dates become milliseconds since 1970. Default "number". */
  readonly kind?: "number" | "time";
  /** What an empty cell makes of its row. */
  readonly empty: "missing" | "unlabelled" | "refused";
}

/** Something that must hold of every row that is analysed. */
export interface RowRule {
  /** The column that is to blame. */
  readonly role: string;
  /** SQL that is true where the rule is broken; columns stand by their roles. */
  readonly broken: string;
  /** The error, from the row's numbers by role. */
  refuse(values: Readonly<Record<string, number>>, place: InputPlace): InputError;
}

/** What is the matter with a row: up to 2 it is analysed or counted apart, above it is refused. */
export const NUMBER_ROW = {
  fine: 0,
  missing: 1,
  unlabelled: 2,
  noGroup: 3,
  columns: 10,
  rules: 200,
} as const;

/** What is the matter with a cell; added to `columns` + 3 × the column's number. */
export const CELL = { empty: 0, notANumber: 1, notFinite: 2 } as const;

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const DATE = /^(DATE|TIMESTAMP.*)$/;

/** SQL of a cell: whether it is empty, and its number (null where it is none). */
export function cellSql(
  sql: string,
  type: string,
  kind: "number" | "time",
): { empty: string; value: string } {
  if (NUMBER.test(type)) return { empty: `${sql} is null`, value: `(${sql})::double` };
  const filled = `nullif(trim((${sql})::varchar), '')`;
  const number = `try_cast(${filled} as double)`;
  const date = `epoch_ms(try_cast(${filled} as timestamp))::double`;
  if (kind === "number") return { empty: `${filled} is null`, value: number };
  return {
    empty: `${filled} is null`,
    value: DATE.test(type) ? date : `coalesce(${number}, ${date})`,
  };
}

/** The error of a cell that cannot be used. */
export function refusedCell(
  problem: number,
  { kind, role, empty }: NumberColumn,
  place: InputPlace,
): InputError {
  const shown = JSON.stringify(place.value ?? "");
  if (problem === CELL.empty)
    return new InputError(
      kind === "time" ? "not-a-time" : "not-a-number",
      `is empty; every row needs a ${role}. Leave such rows out with --where.`,
      place,
    );
  if (kind === "time")
    return new InputError(
      "not-a-time",
      `${shown} is neither a date, such as 2024-05-31 or 2024-05-31 12:00, nor a finite number.`,
      place,
    );
  const hint = empty === "refused" ? "repair the row" : "leave the cell empty (null) to count the row apart";
  return new InputError(
    "not-a-number",
    problem === CELL.notFinite ? `${shown} is no ${role}; ${hint}.` : `${shown} is not a number; ${hint}.`,
    place,
  );
}
