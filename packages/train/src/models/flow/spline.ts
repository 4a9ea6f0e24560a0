import {
  abs,
  add,
  cast,
  clip,
  concat,
  cumsum,
  div,
  greater,
  less,
  log,
  maximum,
  mul,
  neg,
  reshape,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "../../graph/index.js";

/** No bin is narrower or lower than this share of the box, and no slope at a knot smaller than this. */
const LEAST = 1e-3;

/** What a softplus turns into a slope of 1, so that raw parameters of 0 make the identity. */
const SLOPE_ONE = Math.log(Math.expm1(1 - LEAST));

/** Parameters of one spline with this many bins: widths, heights, and the slopes at the knots between them. */
export const splineParameters = (bins: number): number => 3 * bins - 1;

/** Values after a monotone map, and the logarithm of its slope at each. */
export interface Mapped {
  readonly y: Tensor;
  readonly logSlope: Tensor;
}

/**
 * Monotone rational-quadratic splines in the box [−tail, tail]², the identity outside (Durkan et al. 2019).
 * @param x [N, m].
 * @param raw [N, m, 3 · bins − 1], unconstrained.
 */
export function spline(x: Tensor, raw: Tensor, tail: number): Mapped {
  const held = clip(x, -tail, tail);
  const knots = knotsOf(raw, tail);
  const { left, width, bottom, height, slope, nextSlope } = pick(knots, held, knots.lefts);
  const s = div(height, width);
  const t = clip(div(sub(held, left), width), 0, 1);
  const rest = mul(t, sub(1, t));
  // Eqs. 4 and 5.
  const below = add(s, mul(sub(add(slope, nextSlope), mul(2, s)), rest));
  const y = add(bottom, div(mul(height, add(mul(s, square(t)), mul(slope, rest))), below));
  const rise = add(mul(nextSlope, square(t)), add(mul(mul(2, s), rest), mul(slope, square(sub(1, t)))));
  const logSlope = add(mul(2, sub(log(s), log(below))), log(rise));
  const outside = greater(abs(x), tail);
  return { y: where(outside, x, y), logSlope: where(outside, 0, logSlope) };
}

/** The inverse of {@link spline}: x from y (eqs. 6 to 8). */
export function splineInverse(y: Tensor, raw: Tensor, tail: number): Tensor {
  const held = clip(y, -tail, tail);
  const knots = knotsOf(raw, tail);
  const { left, width, bottom, height, slope, nextSlope } = pick(knots, held, knots.bottoms);
  const s = div(height, width);
  const above = sub(held, bottom);
  const bend = mul(above, sub(add(slope, nextSlope), mul(2, s)));
  const a = add(mul(height, sub(s, slope)), bend);
  const b = sub(mul(height, slope), bend);
  const c = neg(mul(s, above));
  const root = sqrt(maximum(sub(square(b), mul(mul(4, a), c)), 0));
  const t = clip(div(mul(2, c), sub(neg(b), root)), 0, 1);
  return where(greater(abs(y), tail), y, add(left, mul(t, width)));
}

interface Knots {
  /** [N, m, bins] each: where bins begin, and how far they reach. */
  readonly lefts: Tensor;
  readonly widths: Tensor;
  readonly bottoms: Tensor;
  readonly heights: Tensor;
  /** At the beginning and at the end of each bin. */
  readonly slopes: Tensor;
  readonly nextSlopes: Tensor;
}

function knotsOf(raw: Tensor, tail: number): Knots {
  const bins = ((raw.shape.at(-1) as number) + 1) / 3;
  const [w, h, d] = split(raw, [bins, bins, bins - 1], -1);
  const shares = (t: Tensor) => mul(2 * tail, add(LEAST, mul(1 - LEAST * bins, softmax(t))));
  const starts = (t: Tensor) => sub(sub(cumsum(t, -1), t), tail);
  const [widths, heights] = [shares(w), shares(h)];
  const inner = add(LEAST, softplus(add(d, SLOPE_ONE)));
  // At the edges the slope is that of the identity outside.
  const one = oneLike(inner);
  return {
    lefts: starts(widths),
    widths,
    bottoms: starts(heights),
    heights,
    slopes: concat([one, inner], -1),
    nextSlopes: concat([inner, one], -1),
  };
}

/** What belongs to the bin that each value lies in; `starts` are the bins' beginnings along the value's axis. */
function pick(knots: Knots, value: Tensor, starts: Tensor) {
  const [n, m, bins] = starts.shape;
  const passed = sub(1, cast(less(reshape(value, [n, m, 1]), slice(starts, -1, 1, bins)), value.type));
  const one = oneLike(passed);
  // 1 for the last bin whose beginning was passed, 0 for all others.
  const here = sub(concat([one, passed], -1), concat([passed, sub(one, 1)], -1));
  const of = (values: Tensor) => sum(mul(here, values), { axes: -1 });
  return {
    left: of(knots.lefts),
    width: of(knots.widths),
    bottom: of(knots.bottoms),
    height: of(knots.heights),
    slope: of(knots.slopes),
    nextSlope: of(knots.nextSlopes),
  };
}

/** [N, m, 1] of ones, made from a tensor [N, m, …], so that N may stay open. */
const oneLike = (x: Tensor): Tensor => add(mul(slice(x, -1, 0, 1), 0), 1);
