import type { Tensors } from "@credence/runtime";
import { type Random, sampleNormal } from "credence/numeric";
import { add, type Feeds, input, mul, parameter, reshape, square, sub, type Tensor } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";

const mean = (name: string) => `mean of ${name}`;
const squares = (name: string) => `mean square of ${name}`;
const deviations = (name: string) => `deviations of ${name}`;

/** The first two moments of weights over snapshots, and the last deviations from their mean, kept inside the training. */
export interface WeightMoments {
  /** The kept tensors and their next values. */
  updates(parameters: readonly Tensor[]): Map<Tensor, Tensor>;
  /** What a step is fed: at snapshot number `snapshot` (from 0) the weights are taken in; null: at no snapshot. */
  feeds(snapshot: number | null): Feeds;
}

/**
 * Moments of the weights as SWAG keeps them (Maddox et al. 2019, Algorithm 1).
 * @param rank How many of the last deviations are kept.
 */
export function weightMoments(rank: number): WeightMoments {
  const share = input("snapshot share", []);
  const column = input("snapshot column", [rank]);
  return {
    updates(parameters) {
      const all = new Map<Tensor, Tensor>();
      for (const p of parameters) {
        const name = nameOf(p);
        const kept = (as: string, shape: readonly number[]) =>
          parameter(as, shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
        const towards = (old: Tensor, next: Tensor, by: Tensor) => add(old, mul(by, sub(next, old)));
        const first = kept(mean(name), p.shape);
        const second = kept(squares(name), p.shape);
        const last = kept(deviations(name), [rank, ...p.shape]);
        const nextFirst = towards(first, p, share);
        all.set(first, nextFirst);
        all.set(second, towards(second, square(p), share));
        const chosen = reshape(column, [rank, ...p.shape.map(() => 1)]);
        all.set(last, towards(last, reshape(sub(p, nextFirst), [1, ...p.shape]), chosen));
      }
      return all;
    },
    feeds(snapshot) {
      const chosen = new Float32Array(rank);
      if (snapshot !== null) chosen[snapshot % rank] = 1;
      return { "snapshot share": snapshot === null ? 0 : 1 / (snapshot + 1), "snapshot column": chosen };
    },
  };
}

/**
 * Weights drawn from N(mean, ½ diagonal + ½ low rank): w = w̄ + σ ∘ z / √2 + D z′ / √(2 (rank − 1)) (Maddox et al. 2019,
 * eq. 1).
 * @param names The parameters' names. @param values The kept tensors after training.
 */
export function drawWeights(
  values: Tensors,
  names: readonly string[],
  rank: number,
  random: Random,
): Tensors {
  const common = Float64Array.from({ length: rank }, () => sampleNormal(random) / Math.sqrt(2 * (rank - 1)));
  const drawn = names.map((name) => {
    const [center, second, last] = [mean, squares, deviations].map((of) => values[of(name)]);
    const data = Float32Array.from({ length: center.data.length }, (_, i) => {
      const middle = Number(center.data[i]);
      // Rounding may leave a variance a little below 0.
      const deviation = Math.sqrt(Math.max(Number(second.data[i]) - middle * middle, 0));
      let value = middle + (deviation / Math.SQRT2) * sampleNormal(random);
      for (let k = 0; k < rank; k++) value += common[k] * Number(last.data[k * center.data.length + i]);
      return value;
    });
    return [name, { ...center, data }] as const;
  });
  return Object.fromEntries(drawn);
}
