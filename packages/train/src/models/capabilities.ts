import type { Matrix } from "credence/numeric";
import type { Rows } from "./rows.js";

// What a model can do is in its type. Functions ask for the capability they need, so asking a GAN for a likelihood does
// not compile. Joint models p(x) and conditional ones p(x | y) are told apart in the same way.

/** Options of drawing samples. */
export interface SampleOptions {
  /** Equal seeds draw equal samples. Default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/** Draws from p(x). */
export interface Sampler {
  /** `count` samples, one a row. */
  sample(count: number, options?: SampleOptions): Promise<Matrix>;
}

/** Draws from p(x | y). */
export interface ConditionalSampler {
  /** One sample for each class 0 … classes − 1 that is asked for. */
  sample(classes: ArrayLike<number>, options?: SampleOptions): Promise<Matrix>;
}

/** An explicit density: log p(x) itself, such as a flow's or an autoregressive model's. */
export interface Density {
  /** log p(x) of each row, in nats, in the units of the data. */
  logProbability(x: Rows, options?: { signal?: AbortSignal }): Promise<Float64Array>;
}

/** An explicit conditional density, log p(x | y). */
export interface ConditionalDensity {
  /** log p(x | y) of each row, in nats, in the units of the data. */
  logProbability(
    x: Rows,
    classes: ArrayLike<number>,
    options?: { signal?: AbortSignal },
  ): Promise<Float64Array>;
}

/** How a bound is estimated. */
export interface BoundOptions extends SampleOptions {
  /** Draws for each row; more of them make the bound tighter, or less noisy. */
  samples?: number;
}

/** A density known only through a lower bound, such as a VAE's or a diffusion model's. */
export interface BoundedDensity {
  /** An estimate of a lower bound of log p(x) of each row, in nats, in the units of the data. */
  logProbabilityBound(x: Rows, options?: BoundOptions): Promise<Float64Array>;
}

/** The same given a class. */
export interface ConditionalBoundedDensity {
  /** An estimate of a lower bound of log p(x | y) of each row, in nats, in the units of the data. */
  logProbabilityBound(x: Rows, classes: ArrayLike<number>, options?: BoundOptions): Promise<Float64Array>;
}

/** What every trained model can do. */
export interface Trained<C> {
  /** What the model says about itself. */
  readonly card: C;
  /** Writes the model into a folder; {@link load} reads it. */
  save(directory: string): Promise<void>;
  /** Ends the worker threads; the model cannot be used afterwards. */
  release(): Promise<void>;
}
