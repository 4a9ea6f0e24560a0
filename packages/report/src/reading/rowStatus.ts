import type { Selected } from "./columns.js";
import { InputError, type InputPlace } from "./inputError.js";

/** What is the matter with a row: up to 2 it is analysed or counted apart, above it is refused. */
export const ROW = {
  scored: 0,
  missing: 1,
  unlabelled: 2,
  notANumber: 3,
  nan: 4,
  outOfRange: 5,
  notBinary: 6,
  noGroup: 7,
} as const;

/** The SQL that reads one row: the confidence as a number, the outcome as 0 or 1, and the row's status. */
export interface RowSql {
  readonly confidence: string;
  readonly outcome: string;
  readonly status: string;
}

const YES = ["true", "t", "1", "1.0", "yes", "y", "correct", "right"];
const NO = ["false", "f", "0", "0.0", "no", "n", "incorrect", "wrong"];
const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

/** How rows are read and judged. */
export function rowSql(confidence: Selected, outcome: Selected, group: Selected | null): RowSql {
  const score = numberSql(confidence);
  const answer = binarySql(outcome);
  return {
    confidence: score.value,
    outcome: answer.value,
    status: `case
      when ${score.empty} then ${ROW.missing}
      when ${score.value} is null then ${ROW.notANumber}
      when isnan(${score.value}) then ${ROW.nan}
      when not (${score.value} between 0 and 1) then ${ROW.outOfRange}
      when ${answer.empty} then ${ROW.unlabelled}
      when ${answer.value} is null then ${ROW.notBinary}
      ${group ? `when ${group.sql} is null then ${ROW.noGroup}` : ""}
      else ${ROW.scored} end`,
  };
}

interface CellSql {
  readonly empty: string;
  /** Null where the cell holds something else. */
  readonly value: string;
}

function numberSql({ sql, type }: Selected): CellSql {
  if (NUMBER.test(type)) return { empty: `${sql} is null`, value: `(${sql})::double` };
  const filled = filledText(sql);
  return { empty: `${filled} is null`, value: `try_cast(${filled} as double)` };
}

function binarySql({ sql, type }: Selected): CellSql {
  const empty = `${sql} is null`;
  if (type === "BOOLEAN") return { empty, value: `(${sql})::utinyint` };
  if (NUMBER.test(type)) return { empty, value: `case ${sql} when 1 then 1 when 0 then 0 end` };
  const filled = `lower(${filledText(sql)})`;
  const words = (list: readonly string[]) => list.map((word) => `'${word}'`).join(", ");
  return {
    empty: `${filled} is null`,
    value: `case when ${filled} in (${words(YES)}) then 1 when ${filled} in (${words(NO)}) then 0 end`,
  };
}

/** Empty cells of text are missing values. */
const filledText = (sql: string): string => `nullif(trim((${sql})::varchar), '')`;

/** The error of a refused row; `largest` is the largest confidence of the file. */
export function refusedRow(status: number, place: InputPlace, largest: number): InputError {
  const { value, column = "" } = place;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  switch (status) {
    case ROW.notANumber:
      return new InputError(
        "not-a-number",
        `${shown} is not a number; leave the cell empty (null) to count the row as missing.`,
        place,
      );
    case ROW.nan:
      return new InputError(
        "not-a-number",
        "NaN is no confidence; leave the cell empty (null) to count the row as missing.",
        place,
      );
    case ROW.outOfRange:
      return new InputError(
        "not-a-probability",
        `${shown} is outside [0, 1]; ${scaleHint(column, Number(value), largest)}`,
        place,
      );
    case ROW.notBinary:
      return new InputError(
        "not-binary",
        `${shown} is no outcome; outcomes are true or false, 1 or 0, yes or no.`,
        place,
      );
    default:
      return new InputError(
        "missing-group",
        `is empty, so the row belongs to no group; leave such rows out with --where '"${column}" is not null'.`,
        place,
      );
  }
}

function scaleHint(column: string, value: number, largest: number): string {
  if (value > 1 && largest > 2 && largest <= 100)
    return `the column looks like percentages: use --confidence '"${column}" / 100'.`;
  if (value < 0)
    return `the column may hold logits or log-probabilities: use --confidence '1 / (1 + exp(-"${column}"))' or 'exp("${column}")'.`;
  return "repair the row, or leave such rows out with --where.";
}
