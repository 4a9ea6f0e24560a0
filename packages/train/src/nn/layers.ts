import { CredenceError } from "credence/numeric";
import {
  type AttentionOptions,
  add,
  attention as attend,
  batchNorm as batchNormOf,
  type ConvOptions,
  conv as convOf,
  dropoutMark,
  gather,
  groupNorm as groupNormOf,
  layerNorm as layerNormOf,
  linear,
  mul,
  named,
  noise,
  normalise,
  reshape,
  split,
  sub,
  type Tensor,
  transpose,
} from "../graph/index.js";
import { fill, type Initialiser, normal, scaled } from "./initialise.js";
import type { Scope } from "./scope.js";

export interface DenseOptions {
  /** Default: true. */
  bias?: boolean;
  /** First weights. Default: {@link scaled}(2), for a rectifier after it. */
  initialise?: Initialiser;
}

/** A fully connected layer over the last axis: […, in] → […, units]. */
export function dense(
  scope: Scope,
  name: string,
  x: Tensor,
  units: number,
  { bias = true, initialise = scaled(2) }: DenseOptions = {},
): Tensor {
  const own = scope.within(name);
  const weight = own.parameter("weight", [x.shape.at(-1) as number, units], initialise);
  return named(name, linear(x, weight, bias ? own.parameter("bias", [units], fill(0)) : null));
}

export interface ConvLayerOptions extends Omit<ConvOptions, "bias"> {
  /** First weights. Default: {@link scaled}(2), for a rectifier after it. */
  initialise?: Initialiser;
}

/** A convolution with a bias: [N, C, …] → [N, channels, …], with a kernel of the same size along every axis. */
export function conv(
  scope: Scope,
  name: string,
  x: Tensor,
  channels: number,
  kernel: number,
  { initialise = scaled(2), ...options }: ConvLayerOptions = {},
): Tensor {
  const own = scope.within(name);
  const [, inputs, ...spatial] = x.shape;
  const shape = [channels, inputs / (options.groups ?? 1), ...spatial.map(() => kernel)];
  const weight = own.parameter("weight", shape, initialise);
  return named(name, convOf(x, weight, { ...options, bias: own.parameter("bias", [channels], fill(0)) }));
}

/**
 * Sets each value to 0 with probability `rate` and scales the others by 1 / (1 − rate) (Srivastava et al. 2014); outside
 * training x itself.
 * @throws CredenceError "out-of-range" for a rate outside [0, 1).
 */
export function dropout(scope: Scope, x: Tensor, rate: number): Tensor {
  if (!(rate >= 0 && rate < 1))
    throw new CredenceError(
      "out-of-range",
      { function: "dropout", argument: "rate", value: rate },
      "must lie in [0, 1).",
    );
  if (rate === 0) return x;
  if (!scope.training) return dropoutMark(x, rate);
  return mul(x, noise(x.shape, { kind: "keep", share: 1 - rate }, x.type));
}

/** Rows of a learnt table at whole-number indices: […] → […, width]. */
export function embedding(scope: Scope, name: string, indices: Tensor, rows: number, width: number): Tensor {
  return named(name, gather(scope.within(name).parameter("table", [rows, width], normal(0.02)), indices));
}

/** Layer normalisation over the last axis, with learnt scale and shift. */
export function layerNorm(scope: Scope, name: string, x: Tensor): Tensor {
  const own = scope.within(name);
  const shape = x.shape.slice(-1);
  return named(
    name,
    layerNormOf(x, own.parameter("scale", shape, fill(1)), own.parameter("shift", shape, fill(0))),
  );
}

/** Group normalisation of [N, C, …], with learnt scale and shift. */
export function groupNorm(scope: Scope, name: string, x: Tensor, groups: number): Tensor {
  const own = scope.within(name);
  const shape = [x.shape[1]];
  return named(
    name,
    groupNormOf(x, groups, own.parameter("scale", shape, fill(1)), own.parameter("shift", shape, fill(0))),
  );
}

/**
 * Batch normalisation of [N, C, …], with learnt scale and shift: by the batch's statistics in training, by their running
 * averages otherwise.
 * @param momentum Weight of the newest batch in the running averages. Default 0.1.
 */
export function batchNorm(scope: Scope, name: string, x: Tensor, momentum = 0.1): Tensor {
  const own = scope.within(name);
  const shape = [x.shape[1]];
  const scale = own.parameter("scale", shape, fill(1));
  const shift = own.parameter("shift", shape, fill(0));
  const average = own.state("mean", shape, fill(0));
  const spread = own.state("variance", shape, fill(1));
  if (!scope.training) return named(name, normalise(x, average, spread, scale, shift));
  const { y, mean, variance } = batchNormOf(x, scale, shift);
  const count = x.shape.reduce((a, b) => a * b) / x.shape[1];
  const towards = (old: Tensor, next: Tensor) => add(old, mul(sub(next, old), momentum));
  own.update(average, towards(average, mean));
  own.update(spread, towards(spread, mul(variance, count / Math.max(count - 1, 1))));
  return named(name, y);
}

export interface SelfAttentionOptions extends AttentionOptions {
  heads: number;
  /**
   * What is attended to, from the keys and values [batch, heads, places, width / heads] of x: those remembered from
   * earlier places as well, for instance. Default: just these.
   */
  remember?: (keys: Tensor, values: Tensor) => readonly [Tensor, Tensor];
}

/** Multi-head self-attention over [batch, places, width]. */
export function selfAttention(
  scope: Scope,
  name: string,
  x: Tensor,
  { heads, remember, ...options }: SelfAttentionOptions,
): Tensor {
  const own = scope.within(name);
  const [batch, places, width] = x.shape;
  const head = width / heads;
  const plain = { initialise: scaled(1) };
  const all = dense(own, "in", x, 3 * width, plain);
  // [batch, places, 3, heads, head] → [3, batch, heads, places, head], so that q, k and v are whole blocks.
  const blocks = transpose(reshape(all, [batch, places, 3, heads, head]), [2, 0, 3, 1, 4]);
  const [q, k, v] = split(blocks, [1, 1, 1], 0).map((part) => reshape(part, [batch, heads, places, head]));
  const [keys, values] = remember?.(k, v) ?? [k, v];
  const seen = transpose(attend(q, keys, values, options), [0, 2, 1, 3]);
  return named(name, dense(own, "out", reshape(seen, [batch, places, width]), width, plain));
}
