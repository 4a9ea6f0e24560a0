import { type Random, sampleNormal } from "credence/numeric";

import type { Shape } from "../graph/index.js";

/** Fills a parameter with its first values. */
export type Initialiser = (values: Float32Array, shape: Shape, random: Random) => void;

/** Every value the same. */
export const fill =
  (value: number): Initialiser =>
  (values) =>
    void values.fill(value);

/** Normal with mean 0 and this standard deviation. */
export const normal =
  (deviation: number): Initialiser =>
  (values, _, random) => {
    for (let i = 0; i < values.length; i++) values[i] = deviation * sampleNormal(random);
  };

/**
 * Normal with variance gain / (inputs of one unit), which keeps the size of activations from layer to layer (He et al.
 * 2015): gain 2 before a rectifier, 1 before anything else. A matrix is [in, out], a kernel [out, in, …].
 */
export const scaled =
  (gain: number): Initialiser =>
  (values, shape, random) => {
    const inputs = shape.length === 2 ? shape[0] : shape.slice(1).reduce((a, b) => a * b, 1);
    normal(Math.sqrt(gain / inputs))(values, shape, random);
  };
