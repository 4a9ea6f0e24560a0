import { add, erf, exp, mul, neg, sigmoid, tanh } from "./elementwise.js";
import { withGradient } from "./operation.js";
import type { Tensor } from "./tensor.js";

/** x · Φ(x) (Hendrycks & Gimpel 2016), exactly; float32 only, as {@link erf}. */
export function gelu(x: Tensor): Tensor {
  const u = mul(x, Math.SQRT1_2);
  const below = mul(0.5, add(1, erf(u)));
  // Φ(x) + x φ(x); written out, it takes half the operations of the chain rule.
  const slope = () => add(below, mul(mul(x, 1 / Math.sqrt(2 * Math.PI)), exp(neg(mul(u, u)))));
  return withGradient(mul(x, below), [x], (g) => [mul(g, slope())]);
}

/** The approximation of {@link gelu} by tanh, which GPT-2 uses. */
export const geluTanh = (x: Tensor): Tensor =>
  mul(x, mul(0.5, add(1, tanh(mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, mul(x, x)))))))));

/** x · σ(x), also called swish. */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));
