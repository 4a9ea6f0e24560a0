import { add, cast, input, mul, parameter, sub, type Tensor } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";
import type { Optimiser } from "./optimiser.js";

export interface SgdOptions {
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Added to the gradient: this times the parameter. Default 0. */
  weightDecay?: number;
  /** Whether to look ahead along the momentum (Nesterov 1983). Default false. */
  nesterov?: boolean;
}

/** Stochastic gradient descent, v ← μ v + g, p ← p − η v. */
export function sgd({ momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions = {}): Optimiser {
  return {
    name: "sgd",
    updates(parameters, gradients) {
      const rate = input("learning rate", [], "float64");
      const updates = new Map<Tensor, Tensor>();
      parameters.forEach((p, i) => {
        const g = weightDecay ? add(gradients[i], mul(p, weightDecay)) : gradients[i];
        let direction = g;
        if (momentum) {
          const velocity = zerosLike(`velocity of ${nameOf(p)}`, p);
          const next = add(mul(velocity, momentum), g);
          updates.set(velocity, next);
          direction = nesterov ? add(g, mul(next, momentum)) : next;
        }
        updates.set(p, sub(p, mul(direction, cast(rate, p.type))));
      });
      return updates;
    },
    scalars: (_, learningRate) => ({ "learning rate": learningRate }),
  };
}

/** A parameter of zeros, of the shape of another: the memory of an optimiser. */
export function zerosLike(name: string, p: Tensor): Tensor {
  const size = p.shape.reduce((a, b) => a * b, 1);
  return parameter(name, p.shape, new Float32Array(size), p.type);
}
