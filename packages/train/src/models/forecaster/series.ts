import { CredenceError, checkFields, checkList, type Matrix } from "credence/numeric";
import { type Rows, toMatrix } from "../rows.js";

/** A series in time, and what is known of each time beforehand. */
export interface Series {
  /** One value for each time, at equal distances. */
  readonly values: ArrayLike<number>;
  /** What is known of each time beforehand, such as the season or a price to be set: one row for each time. */
  readonly covariates?: Rows;
}

/** A series, checked. */
export interface CheckedSeries {
  readonly values: Float64Array;
  readonly covariates: Matrix;
}

/**
 * Checks a series.
 * @param ahead Rows of covariates that are needed beyond the values. @param width Columns that they must have; null: any.
 * @throws CredenceError "not-finite" for gaps, "length-mismatch" for covariates that do not fit.
 */
export function checkSeries(
  fn: string,
  argument: string,
  series: Series,
  { ahead = 0, width }: { ahead?: number; width: number | null },
): CheckedSeries {
  checkFields(fn, argument, series);
  checkList(fn, `${argument}.values`, series.values);
  const values = Float64Array.from(series.values);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new CredenceError(
      "not-finite",
      { function: fn, argument: `${argument}.values`, index: bad, value: series.values[bad] },
      "every time needs a value; fill the gap in, or give the parts before and after it as series of their own.",
    );
  const rows = values.length + ahead;
  const given = series.covariates;
  const covariates = given ? toMatrix(fn, `${argument}.covariates`, given) : { data: [], rows, columns: 0 };
  if (covariates.rows !== rows)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: `${argument}.covariates`, value: covariates.rows },
      ahead > 0
        ? `${rows} rows are needed, one for each of ${values.length} values and of ${ahead} times to forecast.`
        : `has ${covariates.rows} rows, but there are ${rows} values.`,
    );
  if (width !== null && covariates.columns !== width)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: `${argument}.covariates`, value: covariates.columns },
      `has ${covariates.columns} columns, but the model was trained with ${width}.`,
    );
  return { values, covariates };
}

/** What the network sees of a time: the values before it, oldest first, and its covariates. */
export function contextOf(
  { values, covariates }: CheckedSeries,
  time: number,
  context: number,
  into: Float32Array,
  at: number,
): void {
  for (let i = 0; i < context; i++) into[at + i] = values[time - context + i];
  const { data, columns } = covariates;
  for (let j = 0; j < columns; j++) into[at + context + j] = Number(data[time * columns + j]);
}
