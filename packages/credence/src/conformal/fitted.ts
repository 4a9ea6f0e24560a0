import { type FitRecord, readFitRecord, recordFit } from "../estimate/fitRecord.js";
import type { RowsUsed } from "../estimate/split.js";
import { CredenceError } from "../numeric/error.js";
import type { Groups } from "../numeric/groups.js";
import { type JsonFields, jsonFields } from "../numeric/json.js";
import type { CategoryThreshold, ConformalThreshold } from "./quantile.js";

/** Version of the JSON layout of conformal fits. */
const SCHEMA = 1;

/** A number in JSON, where infinities are words. */
export type JsonNumber = number | "Infinity" | "-Infinity";

/** The JSON form of a conformal fit. */
export interface ConformalJSON {
  readonly schema: number;
  readonly method: string;
  readonly fitted: FitRecord;
  readonly parameters: Record<string, unknown>;
}

/** What fits that can be stored remember and can do. */
export interface StoredFit {
  /** The rows it was calibrated on. */
  readonly fitted: FitRecord;
  /** Plain data, from which the method's `fromJSON` makes the same fit. */
  toJSON(): ConformalJSON;
}

/** What a fit may be told about its rows. */
export interface RecordOptions {
  /** The part of a split these rows are (`part.rows`). */
  rows?: RowsUsed;
  /** Date to record. Default: now. */
  fittedAt?: Date | string;
}

/** The record of a calibration: of its scores and, where there are any, a second column. */
export function recordCalibration(
  fn: string,
  scores: ArrayLike<number>,
  options: RecordOptions & { groups?: Groups },
  second: ArrayLike<number> = scores,
): FitRecord {
  const { rows, fittedAt, groups } = options;
  return recordFit(fn, scores, second, { rows, fittedAt, groups });
}

/** Adds the record and `toJSON` to what a method can do. */
export function stored<T extends object>(
  fit: T,
  method: string,
  fitted: FitRecord,
  parameters: Record<string, unknown>,
): T & StoredFit {
  return { ...fit, fitted, toJSON: () => ({ schema: SCHEMA, method, fitted, parameters }) };
}

/** Opens the JSON of one of the methods. */
export function readStored(
  fn: string,
  methods: readonly string[],
  json: unknown,
): { method: string; fitted: FitRecord; parameters: JsonFields } {
  const fields = jsonFields(fn, json);
  if (fields.value("schema") !== SCHEMA)
    throw fields.refuse("schema", `must be ${SCHEMA}, the layout that this version reads.`);
  return {
    method: fields.oneOf("method", methods),
    fitted: readFitRecord(fields.fields("fitted")),
    parameters: fields.fields("parameters"),
  };
}

export function writeNumber(value: number): JsonNumber {
  return value === Infinity ? "Infinity" : value === -Infinity ? "-Infinity" : value;
}

/** Reads a number that may be infinite. */
export function readNumber(fields: JsonFields, name: string): number {
  const value = fields.value(name);
  return value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : fields.number(name);
}

/** Reads a list of numbers that may be infinite. */
export function readNumbers(fn: string, fields: JsonFields, name: string, length: number): Float64Array {
  const list = fields.value(name);
  if (!Array.isArray(list) || list.length !== length)
    throw fields.refuse(name, `must be a list of ${length} numbers.`);
  return Float64Array.from(list, (value, index) => {
    if (value === "Infinity") return Infinity;
    if (value === "-Infinity") return -Infinity;
    if (!Number.isFinite(value))
      throw new CredenceError(
        "invalid-json",
        { function: fn, argument: name, index, value },
        "must be a number.",
      );
    return value;
  });
}

export function writeThreshold(cut: ConformalThreshold): Record<string, unknown> {
  const { alpha, n, groups, threshold, reason } = cut;
  return { alpha, n, ...(groups !== undefined && { groups }), threshold: writeNumber(threshold), reason };
}

export function readThreshold(fields: JsonFields): ConformalThreshold {
  const alpha = fields.number("alpha");
  if (!(alpha > 0 && alpha < 1)) throw fields.refuse("alpha", "must lie strictly between 0 and 1.");
  return {
    alpha,
    n: fields.count("n"),
    ...(fields.has("groups") && { groups: fields.count("groups") }),
    threshold: readNumber(fields, "threshold"),
    reason: fields.has("reason") ? fields.text("reason") : null,
  };
}

export function writeCategory(cell: CategoryThreshold): Record<string, unknown> {
  return { category: cell.category, ...writeThreshold(cell) };
}

export function readCategory(fields: JsonFields): CategoryThreshold {
  const category = fields.value("category");
  if (typeof category !== "string" && !Number.isFinite(category))
    throw fields.refuse("category", "must be a text or a number.");
  return { category: category as string | number, ...readThreshold(fields) };
}
