import { checkCount } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";

/**
 * Deals rows into folds of nearly equal size, at random, groups kept whole: each row's fold, 0 … folds − 1.
 * @throws CredenceError "too-few" with fewer groups (or rows, without groups) than folds.
 */
export function assignFolds(
  fn: string,
  rows: number,
  folds: number,
  options: { groups?: Groups; seed?: number } = {},
): Int32Array {
  checkCount(fn, "folds", folds, 2);
  const { groups, seed = 0 } = options;
  const coded = groups && groupCodes(fn, groups, { length: rows }, "outcomes");
  const units = coded ? coded.count : rows;
  if (units < folds)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "folds", value: folds },
      `needs as many ${coded ? "groups" : "rows"} as folds, but there are only ${units}.`,
    );
  const sizes = new Float64Array(units);
  for (let i = 0; i < rows; i++) sizes[coded ? coded.codes[i] : i]++;
  const order = shuffle(
    createRandom(seed),
    Array.from(sizes, (_, unit) => unit),
  );
  // Large groups first, each into the fold that is smallest so far; equal sizes stay in random order.
  order.sort((a, b) => sizes[b] - sizes[a]);
  const filled = new Float64Array(folds);
  const foldOf = new Int32Array(units);
  for (const unit of order) {
    let smallest = 0;
    for (let f = 1; f < folds; f++) if (filled[f] < filled[smallest]) smallest = f;
    foldOf[unit] = smallest;
    filled[smallest] += sizes[unit];
  }
  return coded ? coded.codes.map((code) => foldOf[code]) : foldOf;
}

/** The rows inside and outside one fold. */
export function foldRows(folds: Int32Array, fold: number): { inside: Int32Array; outside: Int32Array } {
  const inside: number[] = [];
  const outside: number[] = [];
  folds.forEach((f, row) => {
    (f === fold ? inside : outside).push(row);
  });
  return { inside: Int32Array.from(inside), outside: Int32Array.from(outside) };
}
