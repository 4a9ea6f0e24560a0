import { sum } from "./broadcast.js";
import { exp, mul, sub } from "./elementwise.js";
import { apply } from "./operation.js";
import { resolveAxis } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** eˣ / Σ eˣ along an axis. Default: the last. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const at = resolveAxis("softmax", x, axis);
  return apply("Softmax", [x], x.shape, {
    attributes: { axis: at },
    backward: (g, y) => {
      const weighted = mul(g, y);
      return [sub(weighted, mul(y, sum(weighted, { axes: at, keep: true })))];
    },
  });
}

/** log softmax, without overflow. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const at = resolveAxis("logSoftmax", x, axis);
  return apply("LogSoftmax", [x], x.shape, {
    attributes: { axis: at },
    backward: (g, y) => [sub(g, mul(exp(y), sum(g, { axes: at, keep: true })))],
  });
}
