import { sizeOf } from "@credence/runtime";
import { reshape, sum } from "./broadcast.js";
import { gather } from "./gather.js";
import { pad, slice, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { apply, checkSameType, mismatch, unsuitable } from "./operation.js";
import { range } from "./shape.js";
import { constant, type Shape, type Tensor } from "./tensor.js";

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

export interface ConvOptions {
  /** Default 1. */
  stride?: PerAxis;
  /** Zeros on both sides. Default 0. */
  padding?: PerAxis;
  /** Distance between the taps of the kernel. Default 1. */
  dilation?: PerAxis;
  /** The channels fall into this many groups that do not see each other. Default 1. */
  groups?: number;
  /** Added to each output channel. */
  bias?: Tensor;
}

/**
 * A convolution relates three tensors, x [N, C, …], w [O, C/groups, …] and y [N, O, …], through
 * `T(x, w, y) = Σ x[n, c, s·p + d·q − padding] · w[o, c, q] · y[n, o, p]`, which is linear in each of them. The
 * derivative of T in y is the convolution, that in x is the transposed convolution, that in w is the weight gradient; so
 * the gradient of any one of the three is made of the other two, to any order.
 */
interface Geometry {
  readonly x: Shape;
  readonly w: Shape;
  readonly y: Shape;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and after x. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly groups: number;
  /** Rows at the end of padded x that the strides do not reach. */
  readonly unread: readonly number[];
}

/**
 * Convolution (cross-correlation, as everywhere in deep learning) over one or more spatial axes:
 * [N, C, …] with weights [O, C/groups, …] gives [N, O, …]. ONNX Runtime has it in float32 only.
 */
export function conv(x: Tensor, w: Tensor, { bias, ...options }: ConvOptions = {}): Tensor {
  checkSameType("conv", x, w);
  return convolve(x, w, geometry("conv", x, w, resolve(options, x.shape.length - 2)), bias);
}

/**
 * Transposed convolution: [N, O, …] with weights [O, C/groups, …] gives [N, C, …], the gradient of a convolution with
 * the same options.
 * @param options `outputPadding`: rows added at the end of the output, below the stride. Default 0.
 */
export function convTranspose(
  y: Tensor,
  w: Tensor,
  { outputPadding = 0, ...options }: Omit<ConvOptions, "bias"> & { outputPadding?: PerAxis } = {},
): Tensor {
  checkSameType("convTranspose", y, w);
  if (y.shape.length !== w.shape.length || y.shape[1] !== w.shape[0])
    throw mismatch(
      "convTranspose",
      y,
      w,
      "the channels of the one must be the first dimension of the other.",
    );
  const rank = y.shape.length - 2;
  const window = resolve(options, rank);
  const { stride, dilation, before, after, groups } = window;
  const extra = perAxis(outputPadding, rank);
  const spatial = range(rank).map(
    (i) =>
      (y.shape[i + 2] - 1) * stride[i] +
      dilation[i] * (w.shape[i + 2] - 1) +
      1 +
      extra[i] -
      before[i] -
      after[i],
  );
  const x = { ...y, shape: [y.shape[0], w.shape[1] * groups, ...spatial] };
  return convolveInput(y, w, geometry("convTranspose", x, w, window));
}

function convolve(x: Tensor, w: Tensor, g: Geometry, bias?: Tensor): Tensor {
  return apply("Conv", bias ? [x, w, bias] : [x, w], g.y, {
    attributes: attributes(g),
    backward: (y) => [convolveInput(y, w, g), convolveWeight(x, y, g), bias ? sumChannels(y) : null],
  });
}

function convolveInput(y: Tensor, w: Tensor, g: Geometry): Tensor {
  return apply("ConvTranspose", [y, w], g.x, {
    attributes: { ...attributes(g), output_padding: g.unread },
    backward: (x) => [convolve(x, w, g), convolveWeight(x, y, g)],
  });
}

/** w[o, c, q] = Σₙₚ x[n, c, s·p + d·q − padding] · y[n, o, p]. */
const convolveWeight = (x: Tensor, y: Tensor, g: Geometry): Tensor =>
  // Between one and some eight channels, products of matrices as thin as that are slower than a convolution.
  g.groups === 1 && (g.x[1] === 1 || g.x[1] >= 8) ? weightByProducts(x, y, g) : weightByConvolution(x, y, g);

/**
 * For each tap q a product of matrices over all (n, p): of the samples of x that the tap meets, and of y. With the places
 * first, those are whole rows to gather; a row of zeros stands for the padding.
 */
function weightByProducts(x: Tensor, y: Tensor, g: Geometry): Tensor {
  const [samples, channels, ...spatial] = g.x;
  const [, outputs, ...places] = g.y;
  const taps = g.w.slice(2);
  const placesFirst = (t: Tensor) =>
    transpose(reshape(t, [t.shape[0] * t.shape[1], sizeOf(t.shape.slice(2))]));
  const met = coordinates(taps).flatMap((q) =>
    coordinates(places).map((p) => {
      const at = p.map((n, i) => n * g.stride[i] + q[i] * g.dilation[i] - g.before[i]);
      const inside = at.every((n, i) => n >= 0 && n < spatial[i]);
      return inside ? at.reduce((index, n, i) => index * spatial[i] + n, 0) : sizeOf(spatial);
    }),
  );
  const gathered = gather(pad(placesFirst(x), 0, 0, 1), constant(met, [met.length], "int64"));
  const all = sizeOf(places) * samples;
  const right = reshape(placesFirst(y), [all, outputs]);
  // With one channel, a single product serves all taps.
  const products =
    channels === 1
      ? reshape(matmul(reshape(gathered, [sizeOf(taps), all]), right), [sizeOf(taps), 1, outputs])
      : matmul(transpose(reshape(gathered, [sizeOf(taps), all, channels])), right);
  return reshape(transpose(products, [2, 1, 0]), g.w);
}

/** All places of a grid of this shape, the last axis fastest. */
const coordinates = (shape: Shape): number[][] =>
  shape.reduce<number[][]>((all, n) => all.flatMap((at) => range(n).map((i) => [...at, i])), [[]]);

/**
 * Again a convolution, of x with the kernel y, in which the samples play the part of channels, stride and dilation change
 * places, and each group of channels is convolved apart.
 */
function weightByConvolution(x: Tensor, y: Tensor, g: Geometry): Tensor {
  const [samples, channels, ...spatial] = g.x;
  const perGroup = channels / g.groups;
  const axes = spatial.map((_, i) => i + 3);
  const grouped = transpose(reshape(x, [samples, g.groups, perGroup, ...spatial]), [2, 1, 0, ...axes]);
  const asChannels = reshape(grouped, [perGroup, g.groups * samples, ...spatial]);
  // What the strides did not reach is cut off: of the zeros after the end first, then of x itself.
  const after = g.after.map((zeros, i) => zeros - g.unread[i]);
  const reached = after.reduce(
    (part, n, i) => (n < 0 ? slice(part, i + 2, 0, spatial[i] + n) : part),
    asChannels,
  );
  const kernel = swapFirstTwo(y);
  const swapped = {
    stride: g.dilation,
    dilation: g.stride,
    before: g.before,
    after: after.map((n) => Math.max(n, 0)),
    groups: g.groups,
  };
  return swapFirstTwo(convolve(reached, kernel, geometry("conv", reached, kernel, swapped)));
}

const attributes = (g: Geometry) => ({
  kernel_shape: g.w.slice(2),
  strides: g.stride,
  pads: [...g.before, ...g.after],
  dilations: g.dilation,
  group: g.groups,
});

const sumChannels = (y: Tensor): Tensor =>
  sum(y, { axes: range(y.shape.length).filter((axis) => axis !== 1) });

const swapFirstTwo = (x: Tensor): Tensor => transpose(x, [1, 0, ...range(x.shape.length).slice(2)]);

const perAxis = (value: PerAxis, rank: number): readonly number[] =>
  typeof value === "number" ? new Array<number>(rank).fill(value) : value;

type Window = Omit<Geometry, "x" | "w" | "y" | "unread">;

function resolve({ stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions, rank: number): Window {
  const zeros = perAxis(padding, rank);
  return {
    stride: perAxis(stride, rank),
    dilation: perAxis(dilation, rank),
    before: zeros,
    after: zeros,
    groups,
  };
}

function geometry(fn: string, x: Tensor, w: Tensor, window: Window): Geometry {
  const { stride, dilation, before, after, groups } = window;
  if (x.shape.length < 3)
    throw unsuitable(fn, x, "samples, channels and at least one spatial axis are needed.");
  if (w.shape.length !== x.shape.length) throw mismatch(fn, x, w, "both must have the same number of axes.");
  const [samples, channels, ...spatial] = x.shape;
  const [outputs, perGroup, ...kernel] = w.shape;
  if (channels !== perGroup * groups)
    throw mismatch(fn, x, w, `${channels} channels are not ${groups} groups of ${perGroup}.`);
  if (outputs % groups !== 0)
    throw unsuitable(fn, w, `its ${outputs} outputs do not fall into ${groups} groups.`);
  const span = spatial.map((n, i) => n + before[i] + after[i] - dilation[i] * (kernel[i] - 1) - 1);
  if (span.some((n) => n < 0)) throw mismatch(fn, x, w, "the kernel is larger than the padded input.");
  const y = [samples, outputs, ...span.map((n, i) => Math.floor(n / stride[i]) + 1)];
  return { ...window, x: x.shape, w: w.shape, y, unread: span.map((n, i) => n % stride[i]) };
}
