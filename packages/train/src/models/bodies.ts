import { sizeOf } from "@credence/runtime";
import { CredenceError, checkCount } from "credence/numeric";
import {
  add,
  concat,
  convTranspose,
  flatten,
  mul,
  oneHot,
  relu,
  reshape,
  type Shape,
  type Tensor,
} from "../graph/index.js";
import { conv, dense, fill, type Scope, scaled } from "../nn/index.js";

// The two halves that autoencoders and adversarial networks are made of: one that narrows samples down to features, and
// its mirror image, which widens a code to a sample.

/** A convolution that makes images smaller, or its mirror image, which makes them larger. */
export interface StridedConv {
  channels: number;
  /** Side of the kernel. Default 3. */
  kernel?: number;
  /** By how much each side shrinks. Default 2. */
  stride?: number;
}

/** The layers of a body, from the sample inwards. */
export interface Body {
  /** Widths of the hidden layers. Default [128]. */
  hidden?: readonly number[];
  /** Convolutions between the sample and the hidden layers; they need `shape`. Default: none. */
  convolutions?: readonly StridedConv[];
  /** The shape of one sample, [channels, height, width] or [channels, length]. Default: a vector. */
  shape?: readonly number[];
}

/**
 * Checks that the layers suit samples of so many columns.
 * @throws CredenceError "shape-mismatch" where `shape` holds another number of values, or convolutions have none.
 */
export function checkBody(
  fn: string,
  { shape, convolutions = [], hidden = [] }: Body,
  columns: number,
): void {
  for (const width of hidden) checkCount(fn, "hidden", width);
  if (convolutions.length > 0 && (shape?.length ?? 0) < 2)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "shape" },
      "convolutions need the shape of a sample, [channels, height, width].",
    );
  if (shape && sizeOf(shape) !== columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "data" },
      `has ${columns} columns, but the shape [${shape.join(", ")}] holds ${sizeOf(shape)} values.`,
    );
}

/** Classes as rows that networks see beside a sample or a code, of the same size on average as a standard normal one. */
export const classRows = (labels: Tensor, classes: number): Tensor =>
  mul(oneHot(labels, classes), Math.sqrt(classes));

const DEFAULT_HIDDEN = [128];
type Activation = (x: Tensor) => Tensor;

/**
 * Narrows samples [rows, columns] to features [rows, width].
 * @param beside [rows, …], seen by the hidden layers beside the sample, such as its class.
 */
export function narrow(
  scope: Scope,
  x: Tensor,
  { hidden = DEFAULT_HIDDEN, convolutions = [], shape }: Body,
  { beside, activation = relu }: { beside?: Tensor; activation?: Activation } = {},
): Tensor {
  let h = convolutions.length > 0 ? reshape(x, [x.shape[0], ...(shape as Shape)]) : x;
  convolutions.forEach(({ channels, kernel = 3, stride = 2 }, i) => {
    h = activation(
      conv(scope, `convolution ${i + 1}`, h, channels, kernel, { stride, padding: kernel >> 1 }),
    );
  });
  if (h.shape.length > 2) h = flatten(h);
  if (beside) h = concat([h, beside], 1);
  hidden.forEach((units, i) => {
    h = activation(dense(scope, `hidden ${i + 1}`, h, units));
  });
  return h;
}

/** Widens codes [rows, width] to [rows, columns] by the mirror image of {@link narrow}. */
export function widen(
  scope: Scope,
  z: Tensor,
  { hidden = DEFAULT_HIDDEN, convolutions = [], shape }: Body,
  columns: number,
): Tensor {
  let h = z;
  [...hidden].reverse().forEach((units, i) => {
    h = relu(dense(scope, `hidden ${i + 1}`, h, units));
  });
  if (convolutions.length === 0) return dense(scope, "out", h, columns, { initialise: scaled(1) });
  // The shapes that narrowing would go through.
  const [first, ...spatial] = shape as Shape;
  const shapes: Shape[] = [[first, ...spatial]];
  for (const { channels, kernel = 3, stride = 2 } of convolutions) {
    const [, ...sides] = shapes.at(-1) as Shape;
    shapes.push([channels, ...sides.map((n) => Math.floor((n + 2 * (kernel >> 1) - kernel) / stride) + 1)]);
  }
  const innermost = shapes.at(-1) as Shape;
  h = relu(dense(scope, "unfold", h, sizeOf(innermost)));
  h = reshape(h, [z.shape[0], ...innermost]);
  for (let i = convolutions.length - 1; i >= 0; i--) {
    h = enlarge(scope.within(`convolution ${convolutions.length - i}`), h, shapes[i], convolutions[i]);
    if (i > 0) h = relu(h);
  }
  return flatten(h);
}

/** A transposed convolution to a given shape, with a bias. */
function enlarge(
  scope: Scope,
  x: Tensor,
  [channels, ...sides]: Shape,
  { kernel = 3, stride = 2 }: StridedConv,
): Tensor {
  const [, inputs, ...from] = x.shape;
  // Each place of the output is reached by kernel / stride taps along every axis.
  const gain = 2 * stride ** sides.length;
  const weight = scope.parameter(
    "weight",
    [inputs, channels, ...sides.map(() => kernel)],
    (values, shape, random) => scaled(gain)(values, [shape[1], shape[0], ...shape.slice(2)], random),
  );
  const bias = scope.parameter("bias", [channels, ...sides.map(() => 1)], fill(0));
  const padding = kernel >> 1;
  const outputPadding = sides.map((n, i) => n - ((from[i] - 1) * stride + kernel - 2 * padding));
  return add(convTranspose(x, weight, { stride, padding, outputPadding }), bias);
}
