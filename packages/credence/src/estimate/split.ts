import { checkFields, checkList, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";

/** Which rows did something: one named part of one split of one data set. Plain data, so that it travels in JSON. */
export interface RowsUsed {
  /** Fingerprint of the data set that was split. */
  readonly dataset: string;
  /** Name of the split: its parts, shares, seed and grouping. */
  readonly split: string;
  /** Name of the part, e.g. "fit". */
  readonly part: string;
  /** Rows in the part. */
  readonly n: number;
  /** Groups in the part, where the split kept groups whole. */
  readonly groups?: number;
}

/** One part of a split. */
export interface Part {
  /** The rows, ascending. */
  readonly indices: Int32Array;
  /** What fitted objects and certificates remember. */
  readonly rows: RowsUsed;
  /** The part's share of a column. */
  take<T>(column: ArrayLike<T>): T[];
  /** The part's share of a numeric column. */
  takeNumbers(column: ArrayLike<number>): Float64Array;
}

/** Disjoint, named parts of a data set. */
export type Split<Name extends string> = { readonly [K in Name]: Part };

/** How to split. */
export interface SplitOptions {
  /** A cluster id per row; groups are never torn apart. */
  groups?: Groups;
  /** Seed of the shuffle. Default 0. */
  seed?: number;
}

/**
 * Splits rows at random into disjoint parts, groups kept whole.
 * @param columns What identifies the data set (usually confidences and outcomes); its fingerprint is remembered.
 * @param shares The share of the rows (of the groups, with groups) of each part; they sum to 1.
 * @throws CredenceError "out-of-range" for shares that do not sum to 1, "too-few" where a part would stay empty.
 * @example
 * ```ts
 * import { splitRows } from "credence/estimate";
 * const confidences = [0.2, 0.9, 0.7, 0.4];
 * const { fit, certify } = splitRows([confidences], { fit: 0.5, certify: 0.5 });
 * fit.indices.length + certify.indices.length; // → 4
 * ```
 */
export function splitRows<Name extends string>(
  columns: readonly ArrayLike<number | boolean>[],
  shares: { readonly [K in Name]: number },
  options: SplitOptions = {},
): Split<Name> {
  const fn = "splitRows";
  checkOptions(fn, options);
  const { seed = 0, groups } = options;
  checkList(fn, "columns", columns);
  checkFields(fn, "shares", shares);
  const names = Object.keys(shares) as Name[];
  const n = columns[0]?.length ?? 0;
  if (n === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "columns" },
      "has no rows; at least one is needed.",
    );
  let total = 0;
  for (const name of names) {
    if (names.length > 1) checkOpenUnit(fn, `shares.${name}`, shares[name]);
    total += shares[name];
  }
  if (Math.abs(total - 1) > 1e-9)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "shares", value: total },
      "the shares must sum to 1.",
    );
  const coded = groups && groupCodes(fn, groups, columns[0], "columns");
  const units = coded ? coded.count : n;
  const order = shuffle(
    createRandom(seed),
    Int32Array.from({ length: units }, (_, i) => i),
  );
  const partOf = new Uint8Array(units);
  const sizes = names.map(() => 0);
  let filled = 0;
  names.forEach((name, p) => {
    const until = p === names.length - 1 ? units : Math.round(units * (filled + shares[name]));
    const from = Math.round(units * filled);
    if (until <= from)
      throw new CredenceError(
        "too-few",
        { function: fn, argument: `shares.${name}`, value: shares[name] },
        `leaves no ${coded ? "group" : "row"} for this part: there are only ${units}.`,
      );
    sizes[p] = until - from;
    for (let i = from; i < until; i++) partOf[order[i]] = p;
    filled += shares[name];
  });
  const dataset = fingerprint(columns);
  const split = `${names.map((name) => `${name}:${shares[name]}`).join(",")};seed:${seed}${coded ? `;groups:${fingerprint([coded.codes])}` : ""}`;
  const result = {} as { [K in Name]: Part };
  const partOfRow = coded ? new Uint8Array(n) : partOf;
  if (coded) for (let i = 0; i < n; i++) partOfRow[i] = partOf[coded.codes[i]];
  names.forEach((name, p) => {
    const indices = rowsOfPart(partOfRow, p);
    const rows: RowsUsed = {
      dataset,
      split,
      part: name,
      n: indices.length,
      ...(coded && { groups: sizes[p] }),
    };
    result[name] = part(indices, rows);
  });
  return result;
}

function rowsOfPart(partOfRow: Uint8Array, part: number): Int32Array {
  const rows = new Int32Array(partOfRow.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (partOfRow[i] === part) rows[count++] = i;
  return rows.slice(0, count);
}

function part(indices: Int32Array, rows: RowsUsed): Part {
  return {
    indices,
    rows,
    take: (column) => Array.from(indices, (i) => column[i]),
    takeNumbers: (column) => Float64Array.from(indices, (i) => column[i]),
  };
}

/** A 64-bit content hash of columns, as 16 hexadecimal digits (two FNV-1a style lanes over the float64 words). */
export function fingerprint(columns: readonly ArrayLike<number | boolean>[]): string {
  checkList("fingerprint", "columns", columns);
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c];
    checkList("fingerprint", `columns[${c}]`, column);
    for (let i = 0; i < column.length; i++) {
      float[0] = Number(column[i]) + 0;
      a = Math.imul(a ^ words[0], 0x01000193) ^ words[1];
      b = Math.imul(b ^ words[1], 0x85ebca6b) + words[0];
      a ^= a >>> 15;
      b = (b << 13) | (b >>> 19);
    }
    a = Math.imul(a ^ column.length, 0x01000193);
    b = Math.imul(b + column.length, 0x85ebca6b);
  }
  const hex = (x: number) => (x >>> 0).toString(16).padStart(8, "0");
  return hex(a) + hex(b);
}

/**
 * Refuses rows that were used before: the same part, or an overlapping part of another split of the same data.
 * Different parts of one split are disjoint; different data sets are taken as disjoint.
 */
export function checkDisjoint(fn: string, argument: string, rows: RowsUsed, before: RowsUsed): void {
  if (rows.dataset !== before.dataset) return;
  if (rows.split === before.split && rows.part !== before.part) return;
  throw new CredenceError(
    "rows-overlap",
    { function: fn, argument, value: rows.part },
    rows.split === before.split
      ? `these rows were already used as part "${before.part}"; take another part of the split.`
      : `these rows come from another split of data already used ("${before.part}"), so they may overlap; take both parts from one split.`,
  );
}
