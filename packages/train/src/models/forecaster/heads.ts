import { type Random, sampleNormal } from "credence/numeric";
import {
  abs,
  add,
  concat,
  constant,
  cumsum,
  exp,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  neg,
  reshape,
  slice,
  softplus,
  square,
  sub,
  type Tensor,
} from "../../graph/index.js";

/** How a head's outputs, in standardised units, tell a distribution of the next value. */
export interface Head {
  /** Outputs of the network for one time. */
  readonly width: number;
  /** What the network's last layer [rows, width] becomes: the head's parameters, in the same shape. */
  shape(raw: Tensor): Tensor;
  /** The mean loss of values [rows], from the parameters. */
  loss(parameters: Tensor, values: Tensor): Tensor;
  /** A draw, from the parameters that stand from `at` on. */
  draw(parameters: ArrayLike<number>, at: number, random: Random): number;
}

/** Small enough to be no limit, large enough that a component cannot fall on one value. */
const LEAST_LOG_DEVIATION = -6;

/**
 * A mixture of normals: log weights, means, log deviations. The loss is the negative log-likelihood, in nats.
 * @see Bishop 1994.
 */
export function mixtureHead(components: number): Head {
  const parts = (x: Tensor) =>
    [0, 1, 2].map((i) => slice(x, 1, i * components, (i + 1) * components)) as [Tensor, Tensor, Tensor];
  return {
    width: 3 * components,
    shape(raw) {
      const [weights, means, deviations] = parts(raw);
      // softplus(a − least) + least lies above the least.
      const bounded = add(softplus(sub(deviations, LEAST_LOG_DEVIATION)), LEAST_LOG_DEVIATION);
      return concat([logSoftmax(weights), means, bounded], 1);
    },
    loss(parameters, values) {
      const [weights, means, deviations] = parts(parameters);
      const z = mul(sub(reshape(values, [values.shape[0], 1]), means), exp(neg(deviations)));
      const logs = sub(sub(weights, deviations), mul(0.5, square(z)));
      return sub(0.5 * Math.log(2 * Math.PI), mean(logSumExp(logs, { axes: [1] })));
    },
    draw(parameters, at, random) {
      let left = random.uniform() - Math.exp(parameters[at]);
      let c = 0;
      while (c < components - 1 && left >= 0) left -= Math.exp(parameters[at + ++c]);
      return (
        parameters[at + components + c] + Math.exp(parameters[at + 2 * components + c]) * sampleNormal(random)
      );
    },
  };
}

/**
 * Quantiles at levels, which cannot cross: the first, and what each adds. The loss is twice the mean pinball loss, which
 * approaches the CRPS as the levels fill (0, 1).
 * @see Koenker & Bassett 1978; Laio & Tamea 2007.
 */
export function quantileHead(levels: readonly number[]): Head {
  const width = levels.length;
  return {
    width,
    shape: (raw) => cumsum(concat([slice(raw, 1, 0, 1), softplus(slice(raw, 1, 1, width))], 1), 1),
    loss(parameters, values) {
      const errors = sub(reshape(values, [values.shape[0], 1]), parameters);
      // max(τ e, (τ − 1) e) = (τ − ½) e + ½ |e|
      const tilts = constant(
        levels.map((level) => level - 0.5),
        [1, width],
      );
      return mul(2, mean(add(mul(tilts, errors), mul(0.5, abs(errors)))));
    },
    draw: (parameters, at, random) => quantileAt(levels, parameters, at, random.uniform()),
  };
}

/**
 * The quantile at any level: linear between the levels that are known; beyond them like an exponential distribution whose
 * density at the outermost quantile is that of the last stretch.
 */
function quantileAt(
  levels: readonly number[],
  quantiles: ArrayLike<number>,
  at: number,
  level: number,
): number {
  const last = levels.length - 1;
  const slope = (i: number) => (quantiles[at + i + 1] - quantiles[at + i]) / (levels[i + 1] - levels[i]);
  if (level < levels[0]) return quantiles[at] + slope(0) * levels[0] * Math.log(level / levels[0]);
  if (level > levels[last])
    return (
      quantiles[at + last] - slope(last - 1) * (1 - levels[last]) * Math.log((1 - level) / (1 - levels[last]))
    );
  let i = 0;
  while (i < last - 1 && levels[i + 1] < level) i++;
  return quantiles[at + i] + slope(i) * (level - levels[i]);
}
