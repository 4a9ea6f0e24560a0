import { reshape, zerosOf } from "./broadcast.js";
import { conv, type PerAxis } from "./conv.js";
import { gather, scatterAdd } from "./gather.js";
import { applyMany, unsuitable } from "./operation.js";
import { mean } from "./reduce.js";
import { range } from "./shape.js";
import { constant, type Tensor } from "./tensor.js";

export interface PoolOptions {
  /** Default: the size of the window, so that windows do not overlap. */
  stride?: PerAxis;
  /** Default 0. */
  padding?: PerAxis;
}

const list = (value: PerAxis, rank: number) =>
  typeof value === "number" ? new Array<number>(rank).fill(value) : value;

/** The largest value of each window, over the spatial axes of [N, C, …]. At ties the gradient goes to the first. */
export function maxPool(
  x: Tensor,
  window: PerAxis,
  { stride = window, padding = 0 }: PoolOptions = {},
): Tensor {
  const [samples, channels, ...spatial] = x.shape;
  const rank = spatial.length;
  if (rank < 1) throw unsuitable("maxPool", x, "samples, channels and at least one spatial axis are needed.");
  const [sizes, strides, zeros] = [window, stride, padding].map((value) => list(value, rank));
  const pooled = spatial.map((n, i) => Math.floor((n + 2 * zeros[i] - sizes[i]) / strides[i]) + 1);
  if (pooled.some((n) => n < 1))
    throw unsuitable("maxPool", x, "the window is larger than the padded input.");
  const shape = [samples, channels, ...pooled];
  const flat = [x.shape.reduce((size, n) => size * n, 1)];
  const [y, indices] = applyMany(
    "MaxPool",
    [x],
    [
      { shape, type: x.type },
      { shape, type: "int64" },
    ],
    {
      attributes: { kernel_shape: sizes, strides, pads: [...zeros, ...zeros] },
      // The indices count through all of x, so the maxima are a gather from x laid flat.
      backward: ([g]) => {
        const count = [shape.reduce((size, n) => size * n, 1)];
        const spread = scatterAdd(zerosOf(x, flat), reshape(indices, count), reshape(g as Tensor, count), 0);
        return [reshape(spread, x.shape)];
      },
    },
  );
  return y;
}

/** The mean of each window, zeros of the padding counted in, over the spatial axes of [N, C, …]. */
export function averagePool(
  x: Tensor,
  window: PerAxis,
  { stride = window, padding = 0 }: PoolOptions = {},
): Tensor {
  const channels = x.shape[1];
  const sizes = list(window, x.shape.length - 2);
  const weight = 1 / sizes.reduce((size, n) => size * n, 1);
  const kernel = constant(weight, [channels, 1, ...sizes], x.type);
  return conv(x, kernel, { stride, padding, groups: channels });
}

/** The mean over all spatial axes: [N, C, …] → [N, C]. */
export const globalAveragePool = (x: Tensor): Tensor => mean(x, { axes: range(x.shape.length).slice(2) });

/** Each value repeated `factor` times along every spatial axis: nearest-neighbour upsampling. */
export function upsample(x: Tensor, factor: number): Tensor {
  return range(x.shape.length)
    .slice(2)
    .reduce((y, axis) => {
      const n = y.shape[axis] * factor;
      const source = range(n).map((i) => Math.floor(i / factor));
      return gather(y, constant(source, [n], "int64"), axis);
    }, x);
}
