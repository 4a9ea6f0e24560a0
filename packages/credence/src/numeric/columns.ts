import { checkNotEmpty, checkSameLength, notAProbability, notBinary, type Outcomes } from "./check.js";

/**
 * A column of probabilities as float64, so that hot loops see one array type only. Entries that are not numbers become
 * an error here; their range is left to the loop that reads them.
 */
export function floatColumn(fn: string, argument: string, values: ArrayLike<number>): Float64Array {
  if (values instanceof Float64Array) return values;
  if (ArrayBuffer.isView(values)) return new Float64Array(values as ArrayLike<number>);
  const column = new Float64Array(values.length);
  for (let i = 0; i < column.length; i++) {
    if (typeof values[i] !== "number") throw notAProbability(fn, argument, i, values[i]);
    column[i] = values[i];
  }
  return column;
}

/** A column of outcomes as bytes 0 and 1. A Uint8Array is returned as it is: its range is left to the loop that reads it. */
export function outcomeColumn(fn: string, argument: string, outcomes: Outcomes): Uint8Array {
  if (outcomes instanceof Uint8Array) return outcomes;
  const column = new Uint8Array(outcomes.length);
  for (let i = 0; i < column.length; i++) {
    const y = outcomes[i];
    if (y === 1 || y === true) column[i] = 1;
    else if (y !== 0 && y !== false) throw notBinary(fn, argument, i, y);
  }
  return column;
}

/** Probabilities and outcomes, one of each per row, in the types of {@link floatColumn} and {@link outcomeColumn}. */
export function scoredColumns(
  fn: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  argument = "confidences",
): { readonly confidences: Float64Array; readonly outcomes: Uint8Array } {
  checkNotEmpty(fn, argument, confidences);
  checkSameLength(fn, argument, confidences, "outcomes", outcomes);
  return {
    confidences: floatColumn(fn, argument, confidences),
    outcomes: outcomeColumn(fn, "outcomes", outcomes),
  };
}
