import { InputError, type InputPlace } from "../reading/inputError.js";

/** What is the matter with a row of class probabilities; above `unlabelled` it is refused. */
export const CLASS_ROW = {
  fine: 0,
  missing: 1,
  unlabelled: 2,
  notAList: 3,
  wrongLength: 4,
  notANumber: 5,
  outOfRange: 6,
  notNormalised: 7,
  unknownClass: 8,
} as const;

/** How far the sum of a row may be from 1. */
export const SUM_TOLERANCE = 1e-3;

/** What is known of a refused row. */
export interface RefusedClassRow {
  readonly status: number;
  readonly place: InputPlace;
  /** Values in the row's list. */
  readonly length: number;
  readonly sum: number;
  readonly names: readonly string[];
}

/** The error of a refused row. */
export function refusedClassRow({ status, place, length, sum, names }: RefusedClassRow): InputError {
  const { value } = place;
  const shown = value === undefined ? "" : JSON.stringify(value);
  switch (status) {
    case CLASS_ROW.notAList:
      return new InputError("not-a-number", `${shown} is no list of numbers.`, place);
    case CLASS_ROW.wrongLength:
      return new InputError(
        "wrong-length",
        `holds ${length} values, but the first row has ${names.length}: every row needs one for each class.`,
        place,
      );
    case CLASS_ROW.notANumber:
      return new InputError(
        "not-a-number",
        `${value === undefined ? "an empty cell" : shown} is no finite number; leave all of them empty (null) to count the row as missing.`,
        place,
      );
    case CLASS_ROW.outOfRange:
      return new InputError(
        "not-a-probability",
        `${shown} is outside [0, 1]; if these are logits, say --logits.`,
        place,
      );
    case CLASS_ROW.notNormalised:
      return new InputError(
        "not-normalised",
        `the row sums to ${Number(sum.toPrecision(6))}, not 1; name the columns of all classes, or say --logits if these are logits.`,
        place,
      );
    default:
      return new InputError(
        "unknown-class",
        `${shown} is no class; classes are numbered 0 to ${names.length - 1}${names.every((name, k) => name === String(k)) ? "." : `, or called ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}.`}`,
        place,
      );
  }
}
