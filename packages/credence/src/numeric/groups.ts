import { checkSameLength } from "./check.js";

/** A cluster id per row: rows with equal ids (a page, a user, a document) are not independent. */
export type Groups = ArrayLike<number | string>;

/** Groups as dense codes. */
export interface GroupCodes {
  /** For each row the code of its group, 0 … count − 1, in order of first appearance. */
  readonly codes: Int32Array;
  /** The number of distinct groups. */
  readonly count: number;
  /** The id behind each code. */
  readonly labels: readonly (number | string)[];
}

/** Numbers the groups in order of first appearance. */
export function groupCodes(
  fn: string,
  groups: Groups,
  rows: ArrayLike<unknown>,
  rowsArgument = "confidences",
): GroupCodes {
  checkSameLength(fn, "groups", groups, rowsArgument, rows);
  const small = groups instanceof Int32Array ? smallIntegerCodes(groups) : null;
  if (small) return small;
  const seen = new Map<number | string, number>();
  const labels: (number | string)[] = [];
  const codes = new Int32Array(groups.length);
  for (let i = 0; i < groups.length; i++) {
    let code = seen.get(groups[i]);
    if (code === undefined) {
      code = labels.length;
      seen.set(groups[i], code);
      labels.push(groups[i]);
    }
    codes[i] = code;
  }
  return { codes, count: labels.length, labels };
}

/** The same for whole numbers that are not large, by a table instead of a map; null for others. */
function smallIntegerCodes(groups: Int32Array): GroupCodes | null {
  const n = groups.length;
  let largest = -1;
  let numbered = true; // in order of first appearance already
  for (let i = 0; i < n; i++) {
    const group = groups[i];
    if (group < 0) return null;
    if (group > largest) {
      if (group > largest + 1) numbered = false;
      largest = group;
    }
  }
  if (numbered) return { codes: groups, count: largest + 1, labels: firstNumbers(largest + 1) };
  if (largest > 8 * n + 1000) return null;
  const codeOf = new Int32Array(largest + 1).fill(-1);
  const labels: number[] = [];
  const codes = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const group = groups[i];
    if (codeOf[group] < 0) {
      codeOf[group] = labels.length;
      labels.push(group);
    }
    codes[i] = codeOf[group];
  }
  return { codes, count: labels.length, labels };
}

function firstNumbers(count: number): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) numbers.push(i);
  return numbers;
}

/** The rows, group after group: those of group g are order[starts[g]] … order[starts[g + 1] − 1], ascending. */
export function groupOrder({ codes, count }: Pick<GroupCodes, "codes" | "count">): {
  readonly order: Int32Array;
  readonly starts: Int32Array;
} {
  const ends = new Int32Array(count + 1);
  for (let i = 0; i < codes.length; i++) ends[codes[i] + 1]++;
  for (let g = 0; g < count; g++) ends[g + 1] += ends[g];
  const starts = ends.slice();
  const order = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) order[ends[codes[i]]++] = i;
  return { order, starts };
}

/** The rows of each group, in row order. */
export function groupRows(groups: Pick<GroupCodes, "codes" | "count">): Int32Array[] {
  const { order, starts } = groupOrder(groups);
  return Array.from({ length: groups.count }, (_, g) => order.slice(starts[g], starts[g + 1]));
}
