import { reshape, sumTo } from "./broadcast.js";
import { add } from "./elementwise.js";
import { transpose } from "./layout.js";
import { apply, checkSameType, mismatch, unsuitable } from "./operation.js";
import { broadcastShape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/**
 * The matrix product of the last two axes, […, m, k] × […, k, n] → […, m, n]; the axes before them broadcast.
 * ONNX Runtime merges the transposes of the gradients into the products.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length < 2) throw unsuitable("matmul", a, "a matrix is needed.");
  if (b.shape.length < 2) throw unsuitable("matmul", b, "a matrix is needed.");
  checkSameType("matmul", a, b);
  const [m, k] = a.shape.slice(-2);
  const [l, n] = b.shape.slice(-2);
  if (k !== l) throw mismatch("matmul", a, b, `the inner dimensions ${k} and ${l} must be equal.`);
  const batch = broadcastShape(
    "matmul",
    { ...a, shape: a.shape.slice(0, -2) },
    { ...b, shape: b.shape.slice(0, -2) },
  );
  return apply("MatMul", [a, b], [...batch, m, n], {
    backward: (g) => [sumTo(matmul(g, transpose(b)), a.shape), sumTo(matmul(transpose(a), g), b.shape)],
  });
}

/** x · weight + bias over the last axis of x: […, in] × [in, out] + [out]. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  if (weight.shape.length !== 2) throw unsuitable("linear", weight, "a matrix [in, out] is needed.");
  const [inner, outer] = weight.shape;
  if (x.shape.at(-1) !== inner)
    throw mismatch("linear", x, weight, `the last dimension of the one must be the first of the other.`);
  // As one matrix, so that the weight's gradient is one product too.
  const rows = x.shape.slice(0, -1).reduce((size, n) => size * n, 1);
  const product = matmul(reshape(x, [rows, inner]), weight);
  return reshape(bias ? add(product, bias) : product, [...x.shape.slice(0, -1), outer]);
}
