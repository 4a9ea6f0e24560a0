import { checkCount, checkFinite, checkNotEmpty, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";

/** Options of {@link hashedNgrams}. */
export interface HashedNgramOptions {
  /** Columns that the n-grams share. More collide less, but ask for more texts. At least 2; default 256. */
  columns?: number;
  /** Decides which n-grams share a column; features of one comparison need the same seed. Default 0. */
  seed?: number;
  /** Called now and then with the texts done and their number; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/** Lengths of character n-grams, in code points. */
const SHORTEST = 3;
const LONGEST = 5;
const PROGRESS_EVERY = 1024;

/**
 * Texts as features without any model: their words, and the runs of 3 to 5 characters within each word, hashed into a
 * fixed number of columns. Texts are compared by wording, spelling and punctuation, **not by meaning**: a paraphrase is
 * far away, and a contradiction in the same words is near.
 *
 * A text is taken as lower-case NFKC. Character n-grams come from the parts between white space, with one space put
 * before and after each, so that beginnings and endings count; words are runs of letters, marks and digits. An n-gram
 * found c times adds ±log(1 + c) to its column, both the column and the sign by a hash of the n-gram; rows are then
 * scaled to length 1. A text of white space alone gives a row of zeros.
 * @param texts One text a row.
 * @returns texts × columns, float32, each entry in [−1, 1].
 * @throws CredenceError "empty-input", "shape-mismatch" for what is no text, "out-of-range".
 * @see Weinberger et al. 2009 (signed feature hashing)
 * @example
 * ```ts
 * import { hashedNgrams } from "credence/fidelity";
 * const { data, columns } = hashedNgrams(["the cat sat", "The cat sat.", "quarterly earnings rose"]);
 * const cosine = (a: number, b: number) =>
 *   Array.from({ length: columns }, (_, j) => data[a * columns + j] * data[b * columns + j]).reduce((x, y) => x + y);
 * cosine(0, 1) > 0.8 && cosine(0, 2) < 0.3; // → true
 * ```
 */
export function hashedNgrams(texts: ArrayLike<string>, options: HashedNgramOptions = {}): Matrix {
  const fn = "hashedNgrams";
  checkOptions(fn, options);
  const { columns = 256, seed = 0, onProgress } = options;
  checkNotEmpty(fn, "texts", texts);
  checkCount(fn, "columns", columns, 2);
  checkFinite(fn, "seed", [seed]);
  const random = createRandom(seed);
  const [characters, words] = [random.uint32(), random.uint32()];
  const data = new Float32Array(texts.length * columns);
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row];
    if (typeof text !== "string")
      throw new CredenceError(
        "shape-mismatch",
        { function: fn, argument: "texts", index: row, value: text },
        "a text is needed; leave out rows without one.",
      );
    addText(data.subarray(row * columns, (row + 1) * columns), text, characters, words);
    if ((row + 1) % PROGRESS_EVERY === 0) onProgress?.(row + 1, texts.length);
  }
  onProgress?.(texts.length, texts.length);
  return { data, rows: texts.length, columns };
}

/** Fills a row of zeros. Words and character n-grams are told apart by what their hashes start from. */
function addText(row: Float32Array, text: string, characters: number, words: number): void {
  const counts = new Map<number, number>();
  const count = (hash: number) => counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const plain = text.normalize("NFKC").toLowerCase();
  for (const word of plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []) {
    let hash = words;
    for (const point of word) hash = extended(hash, point);
    count(hash);
  }
  for (const part of plain.match(/\S+/gu) ?? []) {
    const points = Array.from(` ${part} `);
    for (let from = 0; from + SHORTEST <= points.length; from++) {
      let hash = characters;
      // The hash of a longer n-gram goes on from that of the shorter one.
      for (let length = 1; length <= LONGEST && from + length <= points.length; length++) {
        hash = extended(hash, points[from + length - 1]);
        if (length >= SHORTEST) count(hash);
      }
    }
  }
  const sums = new Float64Array(row.length);
  for (const [hash, times] of counts) {
    const mixed = finished(hash);
    sums[(mixed >>> 1) % row.length] += (mixed & 1 ? 1 : -1) * Math.log1p(times);
  }
  const length = Math.sqrt(sums.reduce((sum, x) => sum + x * x, 0));
  if (length > 0) for (let j = 0; j < row.length; j++) row[j] = sums[j] / length;
}

/** FNV-1a, a code point at a time. */
const extended = (hash: number, point: string): number =>
  Math.imul(hash ^ (point.codePointAt(0) as number), 0x01000193);

/** The last step of MurmurHash3, which spreads every bit over all. */
function finished(hash: number): number {
  let z = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
