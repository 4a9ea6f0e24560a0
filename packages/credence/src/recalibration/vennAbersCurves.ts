import type { JsonFields } from "../numeric/json.js";
import { argsort } from "../numeric/sort.js";

/** The two step functions of an inductive Venn–Abers predictor over the distinct calibration scores. */
export interface VennAbersCurves {
  /** Distinct calibration scores, ascending. */
  readonly thresholds: readonly number[];
  /** Isotonic fit at each threshold with one more row of outcome 0 there. */
  readonly lower: readonly number[];
  /** The same with one more row of outcome 1. */
  readonly upper: readonly number[];
}

/** Fits both curves; outcomes in [0, 1]. O(n log n). */
export function vennAbersCurves(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights: ArrayLike<number> | null,
): VennAbersCurves {
  const thresholds: number[] = [];
  const sums: number[] = [];
  const totals: number[] = [];
  for (const i of argsort(scores)) {
    const weight = weights ? weights[i] : 1;
    if (weight === 0) continue;
    if (thresholds[thresholds.length - 1] !== scores[i]) {
      thresholds.push(scores[i] + 0);
      sums.push(0);
      totals.push(0);
    }
    sums[sums.length - 1] += weight * outcomes[i];
    totals[totals.length - 1] += weight;
  }
  // Outcome 0 seen in the mirror, scores and outcomes reversed, is outcome 1.
  const mirrored = upperCurve(totals.map((total, i) => total - sums[i]).reverse(), totals.slice().reverse());
  return { thresholds, lower: mirrored.reverse().map((p) => 1 - p), upper: upperCurve(sums, totals) };
}

/**
 * The isotonic fit at each point after adding a row of outcome 1 there, for all points in O(m): a walk along the corners
 * of the greatest convex minorant of the cumulative sums (Vovk, Petej & Fedorova 2015, algorithms 1 and 2). The row
 * added is seen as moving the part of the diagram before it by (−1, −1).
 */
function upperCurve(sums: readonly number[], totals: readonly number[]): number[] {
  const m = sums.length;
  // Points of the diagram; index 0 stands for P₋₁ = (−1, −1), index i + 1 for Pᵢ.
  const x = new Float64Array(m + 2);
  const y = new Float64Array(m + 2);
  x[0] = y[0] = -1;
  for (let i = 0; i < m; i++) {
    x[i + 2] = x[i + 1] + totals[i];
    y[i + 2] = y[i + 1] + sums[i];
  }
  const cross = (a: number, b: number, c: number) =>
    (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a]);
  const corners: number[] = [];
  for (let i = m + 1; i >= 0; i--) {
    while (corners.length > 1 && cross(i, corners[corners.length - 1], corners[corners.length - 2]) <= 0)
      corners.pop();
    corners.push(i);
  }
  const curve = new Array<number>(m);
  for (let i = 0; i < m; i++) {
    const top = corners[corners.length - 1];
    const next = corners[corners.length - 2];
    const slope = (y[next] - y[top]) / (x[next] - x[top]);
    curve[i] = Math.min(1, Math.max(slope, i > 0 ? curve[i - 1] : 0)); // against rounding
    // The first i + 1 points now lie before the added row: the last of them moves by (−1, −1), into the slot of Pᵢ.
    x[i + 1] = x[i] + totals[i];
    y[i + 1] = y[i] + sums[i];
    if (cross(top, next, i + 1) >= 0) continue;
    corners.pop();
    while (corners.length > 1 && cross(i + 1, corners[corners.length - 1], corners[corners.length - 2]) <= 0)
      corners.pop();
    corners.push(i + 1);
  }
  return curve;
}

/** Both curves at one score: outside the calibration scores the added row stands alone at its end. */
export function vennAbersBounds(
  { thresholds, lower, upper }: VennAbersCurves,
  score: number,
): [number, number] {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle] < score) low = middle + 1;
    else high = middle;
  }
  const below = thresholds[low] === score ? low : low - 1;
  return [below < 0 ? 0 : lower[below], low === thresholds.length ? 1 : upper[low]];
}

/** Reads curves back. */
export function readCurves(fields: JsonFields): VennAbersCurves {
  const thresholds = fields.numbers("thresholds");
  const curve = (name: string) => {
    const values = fields.numbers(name, thresholds.length);
    if (values.some((v, i) => v < 0 || v > 1 || (i > 0 && v < values[i - 1])))
      throw fields.refuse(name, "must be non-decreasing values in [0, 1].");
    return values;
  };
  if (thresholds.some((t, i) => i > 0 && !(t > thresholds[i - 1])))
    throw fields.refuse("thresholds", "must ascend strictly.");
  return { thresholds, lower: curve("lower"), upper: curve("upper") };
}
