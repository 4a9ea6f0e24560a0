import {
  add,
  log,
  matmul,
  mul,
  noise,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "../../graph/index.js";
import { fill, type Scope, scaled } from "../../nn/index.js";

/** A layer whose weights are normal, each with a mean and a standard deviation that are learnt. */
export interface VariationalLayer {
  /** A draw of the outputs, [rows, units]. */
  readonly output: Tensor;
  /** KL(q ‖ prior) of its weights, in nats. */
  readonly divergence: Tensor;
}

/** Where the standard deviations start: softplus(−5) ≈ 0.0067, small beside the weights, so that learning gets going. */
const START = -5;

/**
 * x W + b with W and b drawn from q. The draw is made in the outputs, which for normal weights are normal themselves
 * (Kingma, Salimans & Welling 2015): each row sees weights of its own, and the gradient is less noisy than by one draw of
 * the weights for all rows (Blundell et al. 2015).
 * @param priorDeviation Standard deviation of the prior of each weight, N(0, priorDeviation²).
 */
export function variationalDense(
  scope: Scope,
  name: string,
  x: Tensor,
  units: number,
  priorDeviation: number,
): VariationalLayer {
  const own = scope.within(name);
  const inputs = x.shape[1];
  const part = (kind: string, shape: readonly number[]) => ({
    mean: own.parameter(`${kind} mean`, shape, kind === "weight" ? scaled(2) : fill(0)),
    deviation: softplus(own.parameter(`${kind} spread`, shape, fill(START))),
  });
  const weight = part("weight", [inputs, units]);
  const bias = part("bias", [units]);
  const center = add(matmul(x, weight.mean), bias.mean);
  const variance = add(matmul(square(x), square(weight.deviation)), square(bias.deviation));
  const output = add(center, mul(sqrt(variance), noise(center.shape, { kind: "normal" })));
  const divergences = [weight, bias].map((q) => {
    const ratio = square(mul(q.deviation, 1 / priorDeviation));
    const terms = sub(add(ratio, square(mul(q.mean, 1 / priorDeviation))), add(log(ratio), 1));
    return mul(sum(terms), 0.5);
  });
  return { output, divergence: add(divergences[0], divergences[1]) };
}
