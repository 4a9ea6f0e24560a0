import { add, mul } from "./elementwise.js";
import { transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { range } from "./shape.js";
import { softmax } from "./softmax.js";
import { constant, type Tensor } from "./tensor.js";

export interface AttentionOptions {
  /** Whether a place sees only itself and those before it. Default false. */
  causal?: boolean;
  /** Added to the scores: 0 to look, −1e9 to look away. */
  mask?: Tensor;
}

/**
 * Scaled dot-product attention, softmax(q kᵀ / √d) v, over the last two axes […, places, d] (Vaswani et al. 2017).
 */
export function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { causal = false, mask }: AttentionOptions = {},
): Tensor {
  const [queries, width] = q.shape.slice(-2);
  const keys = k.shape.at(-2) as number;
  let scores = matmul(mul(q, 1 / Math.sqrt(width)), transpose(k));
  if (causal) scores = add(scores, causalMask(queries, keys, q));
  if (mask) scores = add(scores, mask);
  return matmul(softmax(scores), v);
}

/** −1e9 wherever a key comes after the query; the last query goes with the last key. */
function causalMask(queries: number, keys: number, like: Tensor): Tensor {
  const values = range(queries).flatMap((i) => range(keys).map((j) => (j - keys > i - queries ? -1e9 : 0)));
  return constant(values, [queries, keys], like.type);
}
