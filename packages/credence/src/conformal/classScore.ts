import type { Matrix } from "../numeric/matrix.js";
import { argsort } from "../numeric/sort.js";

/**
 * The non-conformity of a class from its place in the row sorted by probability, ties by class index: `above` is the
 * mass of the classes before it, `rank` is 1-based, `top` and `second` are the two largest probabilities, u ∈ [0, 1).
 * For the rank-ordered scores (`ordered`) it never falls along the row, so a prediction set is the head of the row.
 */
export interface ClassScore {
  readonly ordered: boolean;
  of(above: number, own: number, rank: number, top: number, second: number, u: number): number;
}

/** The score of one class of one row: the definition that calibration and prediction share to the last bit. */
export function classScore(
  score: ClassScore,
  { data, columns }: Matrix,
  row: number,
  label: number,
  u: number,
): number {
  const from = row * columns;
  const at = from + label;
  const own = data[at];
  let above = 0;
  let rank = 1;
  let top = own;
  let second = -Infinity;
  for (let j = from; j < from + columns; j++) {
    const p = data[j];
    if (j === at) continue;
    if (p > own || (p === own && j < at)) {
      above += p;
      rank++;
    }
    if (p > top) {
      second = top;
      top = p;
    } else if (p > second) second = p;
  }
  return score.of(above, own, rank, top, second, u);
}

/**
 * The scores of all classes of one row, by class, from one sort. Sums run in another order than in {@link classScore}:
 * they agree up to rounding.
 */
export function classScores(
  score: ClassScore,
  { data, columns }: Matrix,
  row: number,
  u: number,
): Float64Array {
  const p = Float64Array.from({ length: columns }, (_, j) => data[row * columns + j]);
  // Negated, so that equal probabilities keep the order of their classes.
  const order = argsort(p.map((value) => -value));
  const [top, second] = [p[order[0]], columns > 1 ? p[order[1]] : -Infinity];
  const scores = new Float64Array(columns);
  let above = 0;
  order.forEach((j, k) => {
    scores[j] = score.of(above, p[j], k + 1, top, second, u);
    above += p[j];
  });
  return scores;
}
