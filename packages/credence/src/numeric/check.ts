import { CredenceError } from "./error.js";

/** Outcomes: 1 or true where the event happened (the answer was right), 0 or false where it did not. */
export type Outcomes = ArrayLike<number | boolean>;

/** Refuses what is no list at all: nothing, a single value, a matrix. */
export function checkList(fn: string, argument: string, values: ArrayLike<unknown> | null | undefined): void {
  if (typeof values?.length !== "number" || typeof values === "string" || typeof values === "function")
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument, value: values },
      "a list is needed, an array or a typed array.",
    );
}

/**
 * Refuses options that are no object. Where an option has no default its name is given, so that a call without any
 * options says which one is missing.
 */
export function checkOptions(fn: string, options: unknown, required?: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  if (options === undefined && required !== undefined)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: required, value: undefined },
      `is needed: { ${required}: … }.`,
    );
  throw new CredenceError(
    "shape-mismatch",
    { function: fn, argument: "options", value: options },
    "must be an object, { name: value }, or left out.",
  );
}

/** Refuses what has no fields to read: nothing, a single value, a function. */
export function checkFields(fn: string, argument: string, value: unknown): void {
  if (typeof value !== "object" || value === null)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument, value },
      "an object with named fields is needed.",
    );
}

/** Refuses anything but a function. */
export function checkFunction(fn: string, argument: string, value: unknown): void {
  if (typeof value !== "function")
    throw new CredenceError("shape-mismatch", { function: fn, argument, value }, "a function is needed.");
}

/** Refuses an empty list. */
export function checkNotEmpty(fn: string, argument: string, values: ArrayLike<unknown>): void {
  checkList(fn, argument, values);
  if (values.length === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument },
      "is empty; at least one row is needed.",
    );
}

/** Refuses lists of different lengths. */
export function checkSameLength(
  fn: string,
  argument: string,
  values: ArrayLike<unknown>,
  otherArgument: string,
  other: ArrayLike<unknown>,
): void {
  checkList(fn, argument, values);
  checkList(fn, otherArgument, other);
  if (values.length !== other.length)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument },
      `has ${values.length} values but ${otherArgument} has ${other.length}; both need one value per row.`,
    );
}

/** Refuses NaN and infinities. */
export function checkFinite(fn: string, argument: string, values: ArrayLike<number>): void {
  checkList(fn, argument, values);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument, index: i, value: values[i] },
        "a finite number is needed; drop or repair the row.",
      );
}

/** Refuses anything outside [0, 1], and NaN, null and texts, which are no numbers. */
export function checkProbabilities(fn: string, argument: string, values: ArrayLike<number>): void {
  checkList(fn, argument, values);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number" || !(value >= 0 && value <= 1))
      throw notAProbability(fn, argument, i, value);
  }
}

/** The error of {@link checkProbabilities}, for loops that check as they go. */
export function notAProbability(fn: string, argument: string, index: number, value: number): CredenceError {
  return Number.isFinite(value) || value === Infinity || value === -Infinity
    ? new CredenceError(
        "not-a-probability",
        { function: fn, argument, index, value },
        "a probability lies in [0, 1]; divide percentages by 100, and turn logits into probabilities first.",
      )
    : new CredenceError(
        "not-finite",
        { function: fn, argument, index, value },
        "a probability in [0, 1] is needed; drop the row or count it as missing.",
      );
}

/** Refuses outcomes that are not 0, 1, false or true. */
export function checkOutcomes(fn: string, argument: string, outcomes: Outcomes): void {
  checkList(fn, argument, outcomes);
  for (let i = 0; i < outcomes.length; i++) {
    const y = outcomes[i];
    if (y !== 0 && y !== 1 && y !== true && y !== false) throw notBinary(fn, argument, i, y);
  }
}

/** The error of {@link checkOutcomes}, for loops that check as they go. */
export function notBinary(fn: string, argument: string, index: number, value: unknown): CredenceError {
  return new CredenceError(
    "not-binary",
    { function: fn, argument, index, value },
    "an outcome is 0 or 1 (or false or true).",
  );
}

/** Checks the pair that most functions take: probabilities and outcomes, one of each per row. */
export function checkScored(
  fn: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  argument = "confidences",
): void {
  checkNotEmpty(fn, argument, confidences);
  checkSameLength(fn, argument, confidences, "outcomes", outcomes);
  checkProbabilities(fn, argument, confidences);
  checkOutcomes(fn, "outcomes", outcomes);
}

/** Refuses labels that are no class: whole numbers from 0 to classes − 1 (false and true are 0 and 1). */
export function checkClasses(
  fn: string,
  argument: string,
  labels: ArrayLike<number | boolean>,
  classes: number,
): void {
  checkList(fn, argument, labels);
  for (let i = 0; i < labels.length; i++) {
    const label = typeof labels[i] === "boolean" ? Number(labels[i]) : (labels[i] as number);
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new CredenceError(
        "unknown-class",
        { function: fn, argument, index: i, value: labels[i] },
        `a class is a whole number from 0 to ${classes - 1}, the number of its column.`,
      );
  }
}

/** Refuses a number that is not positive and finite. */
export function checkPositive(fn: string, argument: string, value: number, index?: number): void {
  if (!(typeof value === "number" && value > 0 && value < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument, ...(index !== undefined && { index }), value },
      "must be positive and finite.",
    );
}

/** Refuses a number outside the open interval (0, 1): levels, α, δ, shares. */
export function checkOpenUnit(fn: string, argument: string, value: number): void {
  if (typeof value !== "number" || !(value > 0 && value < 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument, value },
      "must lie strictly between 0 and 1.",
    );
}

/** Refuses anything but a whole number of at least `least`. */
export function checkCount(fn: string, argument: string, value: number, least = 1): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument, value },
      `must be a whole number of at least ${least}.`,
    );
}

/** Refuses an option that is none of `known`. */
export function checkOneOf<T extends string>(
  fn: string,
  argument: string,
  value: T,
  known: readonly T[],
): void {
  if (!known.includes(value))
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument, value },
      `must be one of ${known.map((k) => `"${k}"`).join(", ")}.`,
    );
}
