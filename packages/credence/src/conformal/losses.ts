import { checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** What every way of controlling a risk is given. */
export interface LossOptions {
  /** The largest loss there can be; losses lie in [0, bound]. Default 1. */
  bound?: number;
  /** The parameter of each column. Default: the column's number. */
  lambdas?: ArrayLike<number>;
  /** A cluster id per row: losses are averaged within groups, and the promise is for a new group's mean loss. */
  groups?: Groups;
}

/** Losses of independent units (rows, or means of groups), divided by their bound, one column per parameter. */
export interface UnitLosses {
  /** Units × columns, in [0, 1]. */
  readonly data: Float64Array;
  readonly units: number;
  readonly columns: number;
  /** Whether every loss is 0 or the bound. */
  readonly binary: boolean;
  readonly grouped: boolean;
  lambda(column: number): number;
  /** The losses of one column. */
  column(column: number): Float64Array;
}

/** Checks a matrix of losses (rows × parameters) and reduces it to independent units. */
export function unitLosses(fn: string, losses: Matrix, options: LossOptions): UnitLosses {
  const { bound = 1, lambdas, groups } = options;
  checkMatrix(fn, "losses", losses);
  if (!(bound > 0 && bound < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "bound", value: bound },
      "must be positive and finite.",
    );
  const { data, rows, columns } = losses;
  if (lambdas) checkSameLength(fn, "lambdas", lambdas, "columns of losses", { length: columns });
  let binary = true;
  for (let i = 0; i < data.length; i++) {
    if (!(data[i] >= 0 && data[i] <= bound))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "losses", index: i, value: data[i] },
        `a loss lies in [0, bound], and the bound is ${bound}.`,
      );
    if (data[i] !== 0 && data[i] !== bound) binary = false;
  }
  const coded = groups && groupCodes(fn, groups, { length: rows }, "rows of losses");
  const units = coded ? coded.count : rows;
  const sizes = new Float64Array(units);
  for (let i = 0; i < rows; i++) sizes[coded ? coded.codes[i] : i]++;
  const means = new Float64Array(units * columns);
  for (let i = 0; i < rows; i++) {
    const unit = coded ? coded.codes[i] : i;
    for (let j = 0; j < columns; j++)
      means[unit * columns + j] += data[i * columns + j] / bound / sizes[unit];
  }
  // A mean of losses that are all the bound may be 1 + 2e-16.
  for (let k = 0; k < means.length; k++) means[k] = Math.min(means[k], 1);
  return {
    data: means,
    units,
    columns,
    binary: binary && units === rows,
    grouped: coded !== undefined,
    lambda: (column) => (lambdas ? lambdas[column] : column),
    column: (column) => Float64Array.from({ length: units }, (_, u) => means[u * columns + column]),
  };
}
