import { CredenceError, checkCount } from "credence/numeric";
import {
  add,
  concat,
  constant,
  cos,
  mul,
  oneHot,
  reshape,
  silu,
  sin,
  type Tensor,
  upsample,
} from "../../graph/index.js";
import { conv, dense, fill, groupNorm, normal, type Scope, scaled } from "../../nn/index.js";

/** A residual network for vectors: blocks width → 2 · width → width, each told the time and the class. */
export interface MlpNetwork {
  readonly kind: "mlp";
  /** Residual blocks. Default 4. */
  readonly blocks?: number;
  /** Default 128. */
  readonly width?: number;
}

/**
 * A small U-Net for images: a residual block at each resolution on the way down and on the way up, half the resolution
 * and other channels from one to the next. The default costs about 11 MFLOP for one 28 × 28 image.
 */
export interface UnetNetwork {
  readonly kind: "unet";
  /** Channels at each resolution, from fine to coarse; multiples of 4. Default [8, 16, 32]. */
  readonly channels?: readonly number[];
}

export type DenoisingNetwork = MlpNetwork | UnetNetwork;

/** Length of the embedding of the time, and of that of the class. */
const EMBEDDING = 16;

/** The class of each row, and 1 or 0: whether the network is told. */
export interface Condition {
  /** [N], int64. */
  readonly label: Tensor;
  /** [N, 1]. */
  readonly told: Tensor;
  readonly classes: number;
}

/**
 * The network's output for noisy samples, in their shape.
 * @param x [N, …].
 * @param time The share of steps done, t / T, in (0, 1], as [N, 1].
 */
export function denoise(
  scope: Scope,
  x: Tensor,
  time: Tensor,
  condition: Condition | null,
  network: DenoisingNetwork,
): Tensor {
  const told = condition ? concat([embedTime(time), embedClass(scope, condition)], 1) : embedTime(time);
  return network.kind === "mlp" ? mlp(scope, x, told, network) : unet(scope, x, told, network);
}

/** Sines and cosines of the time, from one turn of 1000 radians down (Vaswani et al. 2017). */
function embedTime(time: Tensor): Tensor {
  const half = EMBEDDING / 2;
  const speeds = Array.from({ length: half }, (_, i) => 1000 * 10_000 ** (-i / (half - 1)));
  const angles = mul(time, constant(speeds, [1, half]));
  return concat([sin(angles), cos(angles)], 1);
}

/** A learnt vector for each class; zeros for rows whose class is not told. */
const embedClass = (scope: Scope, { label, told, classes }: Condition): Tensor =>
  mul(dense(scope, "class", oneHot(label, classes), EMBEDDING, { bias: false, initialise: normal(1) }), told);

function mlp(scope: Scope, x: Tensor, told: Tensor, { blocks = 4, width = 128 }: MlpNetwork): Tensor {
  checkCount("diffusion", "network.blocks", blocks);
  checkCount("diffusion", "network.width", width);
  let h = dense(scope, "in", x, width, { initialise: scaled(1) });
  for (let i = 1; i <= blocks; i++) {
    const own = scope.within(`block ${i}`);
    const wide = add(
      dense(own, "widen", h, 2 * width, { initialise: scaled(1) }),
      dense(own, "told", told, 2 * width, { bias: false, initialise: scaled(1) }),
    );
    // All blocks together add about as much as there was.
    h = add(h, dense(own, "narrow", silu(wide), width, { initialise: scaled(1 / blocks) }));
  }
  return dense(scope, "out", silu(h), x.shape[1], { initialise: fill(0) });
}

function unet(scope: Scope, x: Tensor, told: Tensor, { channels = [8, 16, 32] }: UnetNetwork): Tensor {
  checkImage(x.shape, channels);
  const last = channels.length - 1;
  const same = { padding: 1 };
  const skips: Tensor[] = [];
  let h = conv(scope, "in", x, channels[0], 3, same);
  channels.forEach((width, level) => {
    if (level > 0)
      h = conv(scope, `down ${level}`, h, width, 3, { ...same, stride: 2, initialise: scaled(1) });
    h = block(scope.within(`down block ${level}`), h, told);
    skips.push(h);
  });
  for (let level = last - 1; level >= 0; level--) {
    // Convolved while it is small, which is four times cheaper.
    const up = conv(scope, `up ${level}`, h, channels[level], 3, { ...same, initialise: scaled(1) });
    h = block(scope.within(`up block ${level}`), add(upsample(up, 2), skips[level]), told);
  }
  return conv(scope, "out", silu(norm(scope, "last norm", h)), x.shape[1], 3, {
    ...same,
    initialise: fill(0),
  });
}

/** h + two convolutions of it; what the network is told shifts the channels between them. */
function block(scope: Scope, h: Tensor, told: Tensor): Tensor {
  const width = h.shape[1];
  const inner = conv(scope, "first", silu(norm(scope, "first norm", h)), width, 3, { padding: 1 });
  const shift = dense(scope, "told", told, width, { initialise: scaled(1) });
  const shifted = add(inner, reshape(shift, [shift.shape[0], width, 1, 1]));
  const change = conv(scope, "second", silu(norm(scope, "second norm", shifted)), width, 3, {
    padding: 1,
    initialise: fill(0),
  });
  return add(h, change);
}

const norm = (scope: Scope, name: string, h: Tensor): Tensor => groupNorm(scope, name, h, 4);

function checkImage(shape: readonly number[], channels: readonly number[]): void {
  const halvings = 2 ** (channels.length - 1);
  const refuse = (argument: string, value: string, explanation: string) =>
    new CredenceError("shape-mismatch", { function: "diffusion", argument, value }, explanation);
  if (channels.length === 0 || channels.some((c) => !(Number.isInteger(c) && c > 0 && c % 4 === 0)))
    throw refuse("network.channels", `[${channels}]`, "must be multiples of 4, one for each resolution.");
  if (shape.length !== 4 || shape.slice(2).some((n) => n % halvings !== 0))
    throw refuse(
      "shape",
      `[${shape.slice(1)}]`,
      `a U-Net with ${channels.length} resolutions needs [channels, height, width] with both sides multiples of ${halvings}.`,
    );
}
