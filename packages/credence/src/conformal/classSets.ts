import type { Matrix } from "../numeric/matrix.js";
import { type ClassScore, classScore, classScores } from "./classScore.js";

/** Buckets of the row's probabilities: 32 an octave, 16 octaves below the largest; the rest share the last. */
const BUCKETS = 512;
const SHIFT = 15;
/** Sums of up to a few thousand probabilities in another order differ by less than this. */
const ROUNDING = 1e-9;

/** A maker of prediction sets for one threshold: { classes j : score(j) ≤ threshold }, ascending. */
export function setMaker(
  score: ClassScore,
  matrix: Matrix,
): (row: number, threshold: number, u: number) => number[] {
  const all = Array.from({ length: matrix.columns }, (_, j) => j);
  const some = score.ordered ? headOfRow(score, matrix) : byScore(score, matrix);
  return (row, threshold, u) =>
    threshold === Infinity ? all.slice() : threshold === -Infinity ? [] : some(row, threshold, u);
}

/** The set for thresholds that differ by class. */
export function setByClass(
  score: ClassScore,
  matrix: Matrix,
  row: number,
  thresholds: ArrayLike<number>,
  u: number,
): number[] {
  const set: number[] = [];
  const scores = classScores(score, matrix, row, u);
  for (let j = 0; j < matrix.columns; j++) {
    const near = Math.abs(scores[j] - thresholds[j]) <= ROUNDING;
    if ((near ? classScore(score, matrix, row, j, u) : scores[j]) <= thresholds[j]) set.push(j);
  }
  return set;
}

/** For scores that need no order beyond the two largest values. */
function byScore(score: ClassScore, { data, columns }: Matrix) {
  const found = new Uint32Array(columns);
  return (row: number, threshold: number, u: number): number[] => {
    const from = row * columns;
    let first = 0;
    let top = data[from];
    let second = -Infinity;
    for (let j = 1; j < columns; j++) {
      const p = data[from + j];
      if (p > top) {
        second = top;
        top = p;
        first = j;
      } else if (p > second) second = p;
    }
    let count = 0;
    for (let j = 0; j < columns; j++)
      if (score.of(0, data[from + j], j === first ? 1 : 2, top, second, u) <= threshold) found[count++] = j;
    return listOf(found, count);
  };
}

/**
 * The head of the row without sorting it: probabilities are spread over buckets by the high bits of their floats, whole
 * buckets enter by their mass, and only the bucket where the threshold is crossed is sorted.
 */
function headOfRow(score: ClassScore, matrix: Matrix) {
  const { data, columns } = matrix;
  const values = new Float64Array(columns);
  const bits = new Uint32Array(values.buffer);
  const bucketOf = new Uint16Array(columns);
  const counts = new Uint32Array(BUCKETS);
  const masses = new Float64Array(BUCKETS);
  const whole = new Uint8Array(BUCKETS);
  const single = new Uint8Array(columns);
  const found = new Uint32Array(columns);

  return (row: number, threshold: number, u: number): number[] => {
    const top = spread(row * columns);
    const count = enter(row, threshold, u, top);
    // Written without a branch: which classes are inside is anybody's guess.
    for (let j = 0, k = 0; k < count; j++) {
      found[k] = j;
      k += whole[bucketOf[j]] | single[j];
    }
    return listOf(found, count);
  };

  /** Puts the classes into buckets, the largest probabilities first; returns the largest. */
  function spread(from: number): number {
    let top = 0;
    for (let j = 0; j < columns; j++) {
      const p = data[from + j];
      values[j] = p;
      if (p > top) top = p;
    }
    counts.fill(0);
    masses.fill(0);
    const largest = highBits(top);
    for (let j = 0; j < columns; j++) {
      const b = Math.min(largest - (bits[2 * j + 1] >>> SHIFT), BUCKETS - 1);
      bucketOf[j] = b;
      counts[b]++;
      masses[b] += values[j];
    }
    return top;
  }

  /** Marks the buckets and single classes inside, and counts the classes. */
  function enter(row: number, threshold: number, u: number, top: number): number {
    whole.fill(0);
    single.fill(0);
    let above = 0;
    let count = 0;
    for (let b = 0; b < BUCKETS; b++) {
      if (counts[b] === 0) continue;
      // No class of the bucket scores more than this one, which comes after all the others with nothing of its own.
      const end = count + counts[b];
      const most = score.of(above + masses[b], end === 1 ? top : 0, end, top, 0, u);
      if (most <= threshold - ROUNDING) {
        whole[b] = 1;
        above += masses[b];
        count = end;
        continue;
      }
      for (const j of membersOf(b)) {
        let s = score.of(above, values[j], count + 1, top, 0, u);
        if (Math.abs(s - threshold) <= ROUNDING) s = classScore(score, matrix, row, j, u);
        if (!(s <= threshold)) return count;
        single[j] = 1;
        above += values[j];
        count++;
      }
    }
    return count;
  }

  /** The classes of a bucket in the order of the row. */
  function membersOf(b: number): number[] {
    const members: number[] = [];
    for (let j = 0; j < columns; j++) if (bucketOf[j] === b) members.push(j);
    return members.sort((a, c) => values[c] - values[a] || a - c);
  }
}

function listOf(found: Uint32Array, count: number): number[] {
  const list = new Array<number>(count);
  for (let k = 0; k < count; k++) list[k] = found[k];
  return list;
}

const word = new Float64Array(1);
const words = new Uint32Array(word.buffer);

function highBits(value: number): number {
  word[0] = value;
  return words[1] >>> SHIFT;
}
