import { sizeOf } from "@credence/runtime";
import { expand, type ReduceOptions, reshape, sum } from "./broadcast.js";
import { cast, equal } from "./compare.js";
import { div, exp, mul, sub } from "./elementwise.js";
import { apply, integers } from "./operation.js";
import { reducedShape, resolveAxes } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** y = f(x) over some axes; `derivative` gets the gradient and y with those axes kept, so that both broadcast against x. */
const reduction =
  (fn: string, op: string, derivative: (gradient: Tensor, x: Tensor, y: Tensor) => Tensor) =>
  (x: Tensor, { axes, keep = false }: ReduceOptions = {}): Tensor => {
    const over = resolveAxes(fn, x, axes);
    const kept = reducedShape(x, over, true);
    return apply(op, [x, integers(over)], reducedShape(x, over, keep), {
      attributes: { keepdims: keep ? 1 : 0, noop_with_empty_axes: 1 },
      backward: (g, y) => [derivative(reshape(g, kept), x, reshape(y, kept)), null],
    });
  };

export const mean = reduction("mean", "ReduceMean", (g, x) =>
  expand(mul(g, sizeOf(g.shape) / sizeOf(x.shape)), x.shape),
);

/** The largest; where several are, they share the gradient equally. */
export const max = reduction("max", "ReduceMax", (g, x, y) => shareOfEqual(g, x, y));

/** The smallest; where several are, they share the gradient equally. */
export const min = reduction("min", "ReduceMin", (g, x, y) => shareOfEqual(g, x, y));

function shareOfEqual(g: Tensor, x: Tensor, y: Tensor): Tensor {
  const chosen = cast(equal(x, y), x.type);
  const axes = x.shape.flatMap((n, i) => (y.shape[i] !== n ? [i] : []));
  return mul(chosen, div(g, sum(chosen, { axes, keep: true })));
}

/** log Σ eˣ, without overflow. */
export const logSumExp = reduction("logSumExp", "ReduceLogSumExp", (g, x, y) => mul(g, exp(sub(x, y))));
