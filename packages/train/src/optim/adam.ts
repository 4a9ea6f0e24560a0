import { add, cast, div, input, mul, sqrt, square, sub, type Tensor } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";
import type { Optimiser } from "./optimiser.js";
import { zerosLike } from "./sgd.js";

export interface AdamOptions {
  /** Share of the first moment that is kept. Default 0.9. */
  beta1?: number;
  /** Share of the second moment that is kept. Default 0.999. */
  beta2?: number;
  /** Default 1e-8. */
  epsilon?: number;
}

/** Adam (Kingma & Ba 2015, Algorithm 1). */
export const adam = (options: AdamOptions = {}): Optimiser => adamRule("adam", options, 0);

/** Adam with decoupled weight decay (Loshchilov & Hutter 2019): each step also takes away η · decay · p. */
export const adamW = ({
  weightDecay = 0.01,
  ...options
}: AdamOptions & { weightDecay?: number } = {}): Optimiser => adamRule("adamW", options, weightDecay);

function adamRule(
  name: string,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
  weightDecay: number,
): Optimiser {
  return {
    name,
    updates(parameters, gradients) {
      const scalars = ["step size", "floor", "kept"].map((name) => input(name, [], "float64"));
      const updates = new Map<Tensor, Tensor>();
      parameters.forEach((p, i) => {
        const g = gradients[i];
        const [size, floor, kept] = scalars.map((x) => cast(x, p.type));
        const first = zerosLike(`first moment of ${nameOf(p)}`, p);
        const second = zerosLike(`second moment of ${nameOf(p)}`, p);
        // Both moments are kept without their factors 1 − β, which saves two passes; `scalars` makes up for it.
        const nextFirst = add(mul(first, beta1), g);
        const nextSecond = add(mul(second, beta2), square(g));
        const step = div(mul(nextFirst, size), add(sqrt(nextSecond), floor));
        updates.set(first, nextFirst);
        updates.set(second, nextSecond);
        updates.set(p, sub(weightDecay ? mul(p, kept) : p, step));
      });
      return updates;
    },
    scalars(step, learningRate) {
      // m̂ = m (1 − β₁) / (1 − β₁ᵗ), v̂ likewise; then η m̂ / (√v̂ + ε), numerator and denominator over √(v̂ / v).
      const t = step + 1;
      const first = (1 - beta1) / (1 - beta1 ** t);
      const second = Math.sqrt((1 - beta2) / (1 - beta2 ** t));
      return {
        "step size": (learningRate * first) / second,
        floor: epsilon / second,
        ...(weightDecay && { kept: 1 - learningRate * weightDecay }),
      };
    },
  };
}
