import { checkCount, checkFunction, checkList, checkNotEmpty } from "../numeric/check.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { allRows } from "./statistic.js";

/** One of several samples drawn independently of each other: real and generated rows, say. */
export interface Stratum {
  readonly rows: number;
  /** A cluster id per row of this sample. */
  readonly groups?: Groups;
}

/** Statistics of the rows chosen from each stratum, in ascending order. */
export type StrataStatistic = (rows: readonly Int32Array[]) => ArrayLike<number>;

/** The rows of each independent unit of a stratum: its groups, or each row alone. */
export function unitRows(fn: string, { rows, groups }: Stratum): Int32Array[] {
  if (groups) return groupRows(groupCodes(fn, groups, { length: rows }, "rows"));
  return Array.from({ length: rows }, (_, i) => Int32Array.of(i));
}

/** Refuses anything but a list of strata, and a statistic that is no function. */
export function checkStrata(fn: string, strata: readonly Stratum[], statistic: unknown): void {
  if (!Array.isArray(strata)) checkList(fn, "strata", undefined);
  checkNotEmpty(fn, "strata", strata);
  strata.forEach((stratum, s) => {
    checkCount(fn, `strata[${s}].rows`, stratum?.rows, 0);
  });
  checkFunction(fn, "statistic", statistic);
}

/** All rows of every stratum. */
export function everyRow(strata: readonly Stratum[]): Int32Array[] {
  return strata.map(({ rows }) => allRows(rows));
}

/** Rows, and groups where any stratum has them: what an Estimate says of its data. */
export function strataSize(strata: readonly Stratum[], units: readonly number[]) {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const n = sum(strata.map(({ rows }) => rows));
  return strata.some(({ groups }) => groups) ? { n, groups: sum(units) } : { n };
}
