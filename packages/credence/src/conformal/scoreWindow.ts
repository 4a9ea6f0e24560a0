import { checkCount } from "../numeric/check.js";
import { rankOf } from "./quantile.js";

/** The latest scores, kept sorted: adding one costs one move of memory. */
export interface ScoreWindow {
  readonly size: number;
  /** Largest and smallest score; NaN while empty. */
  readonly largest: number;
  readonly smallest: number;
  /** Adds a score; the oldest leaves a full window. */
  add(score: number): void;
  /** The conformal quantile at α; +∞ for α ≤ 0 (and where there are too few), −∞ for α ≥ 1. */
  threshold(alpha: number): number;
  /** From this α on the score is no longer covered: (1 + #{≥ score})/(n + 1). */
  attained(score: number): number;
}

/** A window of the last `capacity` scores (Infinity: of all), starting with the given ones. */
export function createScoreWindow(fn: string, capacity: number, initial: ArrayLike<number>): ScoreWindow {
  if (capacity !== Infinity) checkCount(fn, "window", capacity);
  const bounded = capacity !== Infinity;
  let sorted = new Float64Array(bounded ? capacity : Math.max(2 * initial.length, 1024));
  const arrivals = new Float64Array(bounded ? capacity : 0);
  let size = 0;
  let oldest = 0;

  /** How many scores are below x. */
  const countBelow = (x: number): number => {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] >= x) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const add = (score: number): void => {
    const at = countBelow(score);
    if (size < capacity) {
      if (size === sorted.length) {
        const larger = new Float64Array(2 * size);
        larger.set(sorted);
        sorted = larger;
      }
      sorted.copyWithin(at + 1, at, size);
      sorted[at] = score;
      if (bounded) arrivals[size] = score;
      size++;
      return;
    }
    const hole = countBelow(arrivals[oldest]);
    arrivals[oldest] = score;
    oldest = oldest + 1 === capacity ? 0 : oldest + 1;
    if (at <= hole) {
      sorted.copyWithin(at + 1, at, hole);
      sorted[at] = score;
    } else {
      sorted.copyWithin(hole, hole + 1, at);
      sorted[at - 1] = score;
    }
  };

  for (let i = 0; i < initial.length; i++) add(initial[i]);
  return {
    get size() {
      return size;
    },
    get largest() {
      return size ? sorted[size - 1] : Number.NaN;
    },
    get smallest() {
      return size ? sorted[0] : Number.NaN;
    },
    add,
    threshold(alpha) {
      if (alpha <= 0) return Infinity;
      if (alpha >= 1) return -Infinity;
      const k = rankOf(size, alpha);
      return k > size ? Infinity : sorted[k - 1];
    },
    attained: (score) => (1 + size - countBelow(score)) / (size + 1),
  };
}
