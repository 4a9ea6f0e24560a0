import type { JsonFields } from "../numeric/json.js";

/** A piecewise linear function: `values` at strictly ascending `thresholds`, constant outside. */
export interface Knots {
  readonly thresholds: readonly number[];
  readonly values: readonly number[];
}

/** The function's value at a score. */
export function interpolate({ thresholds, values }: Knots, score: number): number {
  const last = thresholds.length - 1;
  if (score <= thresholds[0]) return values[0];
  if (score >= thresholds[last]) return values[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (thresholds[middle] < score) low = middle;
    else high = middle;
  }
  // Halves, because the difference of two huge thresholds would overflow.
  const share = (score / 2 - thresholds[low] / 2) / (thresholds[high] / 2 - thresholds[low] / 2);
  return values[low] + share * (values[high] - values[low]);
}

/** Leaves out knots inside flat stretches, which change nothing. */
export function thinKnots({
  thresholds,
  values,
}: {
  thresholds: ArrayLike<number>;
  values: ArrayLike<number>;
}): Knots {
  const last = values.length - 1;
  const thinned = { thresholds: [] as number[], values: [] as number[] };
  for (let k = 0; k <= last; k++) {
    if (k > 0 && k < last && values[k] === values[k - 1] && values[k] === values[k + 1]) continue;
    thinned.thresholds.push(thresholds[k] + 0);
    thinned.values.push(values[k]);
  }
  return thinned;
}

/** Reads the knots of a probability function back. */
export function readKnots(fields: JsonFields): Knots {
  const thresholds = fields.numbers("thresholds");
  const values = fields.numbers("values", thresholds.length);
  if (thresholds.length === 0) throw fields.refuse("thresholds", "needs at least one knot.");
  if (thresholds.some((t, i) => i > 0 && !(t > thresholds[i - 1])))
    throw fields.refuse("thresholds", "must ascend strictly.");
  if (values.some((v) => v < 0 || v > 1)) throw fields.refuse("values", "must be probabilities.");
  return { thresholds, values };
}
