import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkList, checkNotEmpty } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";

/** One value, or one per row. */
export type Column = number | ArrayLike<number>;

/** A proper score of one forecast is a number; of several rows it is their mean, with an interval. */
export type RowScores<Columns extends readonly Column[]> = Columns extends readonly number[]
  ? number
  : Estimate;

/**
 * Applies a score to one forecast (all arguments numbers) or to rows (some arguments lists; numbers then count for
 * every row), whose mean becomes an {@link Estimate}.
 */
export function rowScores<Columns extends readonly Column[]>(
  fn: string,
  names: readonly string[],
  columns: Columns,
  score: (...row: number[]) => number,
  options: EstimateOptions = {},
): RowScores<Columns> {
  const lists = columns.filter((column) => typeof column !== "number");
  if (lists.length === 0) {
    columns.forEach((value, c) => {
      checkCell(fn, names[c], value as number);
    });
    return score(...(columns as readonly number[])) as RowScores<Columns>;
  }
  lists.forEach((list) => {
    checkList(fn, names[columns.indexOf(list)], list);
  });
  const n = lists[0].length;
  columns.forEach((column, c) => {
    if (typeof column === "number") return checkCell(fn, names[c], column);
    checkNotEmpty(fn, names[c], column);
    if (column.length !== n)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: names[c] },
        `has ${column.length} values, others have ${n}; all need one value per row.`,
      );
    for (let i = 0; i < n; i++) checkCell(fn, names[c], column[i], i);
  });
  const row = new Array<number>(columns.length);
  const scores = Float64Array.from({ length: n }, (_, i) => {
    columns.forEach((column, c) => {
      row[c] = typeof column === "number" ? column : column[i];
    });
    return score(...row);
  });
  return meanEstimate(scores, options, fn) as RowScores<Columns>;
}

function checkCell(fn: string, argument: string, value: number, index?: number): void {
  if (!Number.isFinite(value))
    throw new CredenceError(
      "not-finite",
      { function: fn, argument, ...(index !== undefined && { index }), value },
      "a finite number is needed; drop or repair the row.",
    );
}

/** Refuses a parameter that a score cannot take. */
export function requireThat(fn: string, argument: string, value: number, holds: boolean, rule: string): void {
  if (!holds) throw new CredenceError("out-of-range", { function: fn, argument, value }, rule);
}
