import { createRandom, shuffle } from "credence/numeric";
import {
  add,
  concat,
  constant,
  div,
  exp,
  gather,
  mul,
  reshape,
  silu,
  slice,
  split,
  sub,
  sum,
  type Tensor,
  tanh,
  withGradient,
} from "../../graph/index.js";
import { dense, fill, type Scope, scaled } from "../../nn/index.js";
import { type Mapped, spline, splineInverse, splineParameters } from "./spline.js";

/** The layers of a flow. */
export interface FlowLayers {
  readonly couplings: "affine" | "spline";
  readonly layers: number;
  readonly hidden: readonly number[];
  readonly bins: number;
  readonly tail: number;
}

/**
 * Rows through all layers, towards the standard normal.
 * @param x [N, columns].
 * @param told What else the layers depend on, [N, …], or null.
 * @returns `logSlope`: log |det ∂y/∂x| of each row, [N].
 */
export function towardsNoise(scope: Scope, x: Tensor, told: Tensor | null, flow: FlowLayers): Mapped {
  let y = x;
  let logSlope: Tensor | null = null;
  for (let layer = 0; layer < flow.layers; layer++) {
    const { kept, changed } = divide(permute(y, orderOf(layer, x.shape[1])));
    const raw = conditioner(scope.within(`layer ${layer + 1}`), kept, told, changed, flow);
    const mapped = flow.couplings === "spline" ? spline(changed, raw, flow.tail) : affine(changed, raw);
    y = kept ? concat([kept, mapped.y], 1) : mapped.y;
    const own = sum(mapped.logSlope, { axes: 1 });
    logSlope = logSlope ? add(logSlope, own) : own;
  }
  return { y, logSlope: logSlope as Tensor };
}

/** The inverse of {@link towardsNoise}. */
export function fromNoise(scope: Scope, y: Tensor, told: Tensor | null, flow: FlowLayers): Tensor {
  let x = y;
  for (let layer = flow.layers - 1; layer >= 0; layer--) {
    const { kept, changed } = divide(x);
    const raw = conditioner(scope.within(`layer ${layer + 1}`), kept, told, changed, flow);
    const back =
      flow.couplings === "spline" ? splineInverse(changed, raw, flow.tail) : affineInverse(changed, raw);
    x = permute(kept ? concat([kept, back], 1) : back, inverse(orderOf(layer, y.shape[1])));
  }
  return x;
}

/** The first half of the columns stays as it is, and decides what becomes of the second. */
function divide(x: Tensor): { kept: Tensor | null; changed: Tensor } {
  const columns = x.shape[1];
  const half = Math.floor(columns / 2);
  return half === 0
    ? { kept: null, changed: x }
    : { kept: slice(x, 1, 0, half), changed: slice(x, 1, half, columns) };
}

/** The raw parameters of each changed value, [N, changed, …]: a small network of what it may look at. */
function conditioner(
  scope: Scope,
  kept: Tensor | null,
  told: Tensor | null,
  changed: Tensor,
  { couplings, hidden, bins }: FlowLayers,
): Tensor {
  const [n, m] = changed.shape;
  const each = couplings === "spline" ? splineParameters(bins) : 2;
  const seen = [kept, told].filter((t) => t !== null);
  if (seen.length === 0) {
    const own = scope.parameter("raw", [1, m, each], fill(0));
    return add(own, mul(reshape(changed, [n, m, 1]), 0)); // one for each row
  }
  let h = concat(seen, 1);
  hidden.forEach((units, i) => {
    h = silu(dense(scope, `hidden ${i + 1}`, h, units, { initialise: scaled(1) }));
  });
  // All layers begin as the identity.
  return reshape(dense(scope, "raw", h, m * each, { initialise: fill(0) }), [n, m, each]);
}

/** y = eˢ x + t, with s held within ±3. */
function affine(x: Tensor, raw: Tensor): Mapped {
  const { logScale, shift } = scaleAndShift(raw);
  return { y: add(mul(x, exp(logScale)), shift), logSlope: logScale };
}

function affineInverse(y: Tensor, raw: Tensor): Tensor {
  const { logScale, shift } = scaleAndShift(raw);
  return div(sub(y, shift), exp(logScale));
}

function scaleAndShift(raw: Tensor) {
  const [n, m] = raw.shape;
  const [s, t] = split(raw, [1, 1], -1).map((part) => reshape(part, [n, m]));
  return { logScale: mul(3, tanh(div(s, 3))), shift: t };
}

/**
 * Where the columns of a layer come from. Layers go in pairs, a random order and then its half turn, so that each pair
 * changes every column.
 */
function orderOf(layer: number, columns: number): readonly number[] {
  const plain = Array.from({ length: columns }, (_, i) => i);
  if (layer % 2 === 1) return plain.reverse();
  return layer === 0 ? plain : shuffle(createRandom(layer), plain);
}

const inverse = (order: readonly number[]): number[] => order.map((_, i) => order.indexOf(i));

/** The columns in another order. */
function permute(x: Tensor, order: readonly number[]): Tensor {
  if (order.every((from, to) => from === to)) return x;
  const moved = gather(x, constant(order, [order.length], "int64"), 1);
  return withGradient(moved, [x], (g) => [permute(g, inverse(order))]);
}
