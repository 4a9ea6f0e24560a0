import { CredenceError } from "credence/numeric";
import { flatten, maxPool, relu, type Tensor } from "../../graph/index.js";
import { conv, dense, dropout, type Scope, scaled } from "../../nn/index.js";

/** One convolution of a classifier. */
export interface ConvBlock {
  channels: number;
  /** Side of the kernel. Default 3. */
  kernel?: number;
  /** Default 1. */
  stride?: number;
  /** Side of a max-pooling window after it. Default: no pooling. */
  pool?: number;
}

/** The shape of a classifier. */
export interface Architecture {
  /** Widths of the hidden layers. Default [128]. */
  hidden?: readonly number[];
  /** Convolutions before them; they need `shape`. Default: none. */
  convolutions?: readonly ConvBlock[];
  /** The shape of one sample, [channels, height, width] or [channels, length]. Default: a vector. */
  shape?: readonly number[];
  /** Share of activations dropped after each hidden layer, in [0, 1). Default 0. */
  dropout?: number;
}

/** What a batch becomes: convolutions, then hidden layers, each with a rectifier, then one unit for each class. */
export function networkOf(
  scope: Scope,
  x: Tensor,
  architecture: Architecture,
  classes: number,
): { embeddings: Tensor; logits: Tensor } {
  const { hidden = [128], convolutions = [], dropout: rate = 0 } = architecture;
  if (convolutions.length > 0 && x.shape.length < 3)
    throw new CredenceError(
      "shape-mismatch",
      { function: "classifier", argument: "shape" },
      "convolutions need the shape of a sample, [channels, height, width].",
    );
  let h = x;
  convolutions.forEach(({ channels, kernel = 3, stride = 1, pool }, i) => {
    const name = `convolution ${i + 1}`;
    h = relu(conv(scope, name, h, channels, kernel, { stride, padding: Math.floor(kernel / 2) }));
    if (pool) h = maxPool(h, pool);
  });
  if (h.shape.length > 2) h = flatten(h);
  if (convolutions.length > 0) h = dropout(scope, h, rate);
  let embeddings = h;
  hidden.forEach((units, i) => {
    embeddings = relu(dense(scope, `hidden ${i + 1}`, h, units));
    h = dropout(scope, embeddings, rate);
  });
  return { embeddings, logits: dense(scope, "logits", h, classes, { initialise: scaled(1) }) };
}
