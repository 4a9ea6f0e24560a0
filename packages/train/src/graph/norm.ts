import { expand, reshape, sum, sumTo } from "./broadcast.js";
import { add, div, mul, neg, sqrt, square, sub } from "./elementwise.js";
import { applyMany, mismatch, unsuitable } from "./operation.js";
import { mean } from "./reduce.js";
import { range } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** What is added to a variance before its root is taken. */
const EPSILON = 1e-5;

/**
 * Layer normalisation over the last axis (Ba, Kiros, Hinton 2016): (x − mean) / sd · scale + shift, with the population
 * variance. `scale` and `shift` have the length of that axis.
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1];
  for (const t of [scale, shift])
    if (t.shape.length !== 1 || t.shape[0] !== n)
      throw mismatch("layerNorm", x, t, `one value for each of ${n} columns is needed.`);
  // ONNX's own operator keeps its statistics in float32.
  return x.type === "float32"
    ? fusedLayerNorm(x, scale, shift)
    : add(mul(standardise(x, [-1]).y, scale), shift);
}

function fusedLayerNorm(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const axis = x.shape.length - 1;
  const one = { shape: x.shape.with(axis, 1), type: x.type };
  const outputs = [{ shape: x.shape, type: x.type }, one, one];
  const average = (t: Tensor) => mean(t, { axes: axis, keep: true });
  const [y, center, inverse] = applyMany("LayerNormalization", [x, scale, shift], outputs, {
    attributes: { axis: -1, epsilon: { float: EPSILON } },
    backward: ([toY, toCenter, toInverse]) => {
      const z = mul(sub(x, center), inverse);
      let toX: Tensor | null = null;
      const contribute = (t: Tensor) => {
        toX = toX ? add(toX, t) : t;
      };
      if (toY) {
        const g = mul(toY, scale);
        contribute(mul(inverse, sub(sub(g, average(g)), mul(z, average(mul(g, z))))));
      }
      // The statistics are outputs too: second-order gradients pass through them.
      if (toCenter) contribute(expand(mul(toCenter, 1 / x.shape[axis]), x.shape));
      if (toInverse) contribute(neg(mul(mul(toInverse, square(inverse)), mul(z, 1 / x.shape[axis]))));
      return [toX, toY && sumTo(mul(toY, z), scale.shape), toY && sumTo(toY, shift.shape)];
    },
  });
  return y;
}

/** (x − mean) / sd over some axes, with the mean and the population variance used (their axes kept). */
export function standardise(
  x: Tensor,
  axes: readonly number[],
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const center = mean(x, { axes, keep: true });
  const centered = sub(x, center);
  const variance = mean(square(centered), { axes, keep: true });
  return { y: div(centered, sqrt(add(variance, EPSILON))), mean: center, variance };
}

/** A value per channel, shaped to go with [N, C, …]. */
const perChannel = (x: Tensor, values: Tensor): Tensor =>
  reshape(values, [x.shape[1], ...x.shape.slice(2).map(() => 1)]);

/**
 * Batch normalisation of [N, C, …] with the batch's own statistics (Ioffe & Szegedy 2015), and these, one per channel,
 * for running averages.
 */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const axes = range(x.shape.length).filter((axis) => axis !== 1);
  const { y, mean: center, variance } = standardise(x, axes);
  const channels = [x.shape[1]];
  return {
    y: add(mul(y, perChannel(x, scale)), perChannel(x, shift)),
    mean: reshape(center, channels),
    variance: reshape(variance, channels),
  };
}

/** Batch normalisation with given statistics, as at inference. */
export function normalise(x: Tensor, center: Tensor, variance: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const factor = div(scale, sqrt(add(variance, EPSILON)));
  return add(mul(x, perChannel(x, factor)), perChannel(x, sub(shift, mul(center, factor))));
}

/** Group normalisation of [N, C, …] (Wu & He 2018): each sample's channels standardised in groups. */
export function groupNorm(x: Tensor, groups: number, scale: Tensor, shift: Tensor): Tensor {
  const [samples, channels] = x.shape;
  if (channels % groups !== 0)
    throw unsuitable("groupNorm", x, `its ${channels} channels do not fall into ${groups} groups.`);
  const size = x.shape.slice(1).reduce((a, b) => a * b) / groups;
  const y = reshape(standardise(reshape(x, [samples, groups, size]), [2]).y, x.shape);
  return add(mul(y, perChannel(x, scale)), perChannel(x, shift));
}

/** Σ x² over everything. */
export const sumOfSquares = (x: Tensor): Tensor => sum(square(x));
