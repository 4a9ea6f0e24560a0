import { sizeOf, type TensorData } from "@credence/runtime";
import { createRandom, type Random } from "credence/numeric";
import type { Distribution, Tensor } from "./tensor.js";

/** A stream of its own for each (seed, counter): what is drawn at one step does not depend on the steps before. */
export const streamOf = (seed: number, counter: number): Random =>
  createRandom(createRandom(seed).uint32() * 2 ** 21 + counter);

/** Draws the values of a noise tensor. */
export function draw(random: Random, { shape, type, source }: Tensor): TensorData {
  const size = sizeOf(shape);
  const data = type === "float64" ? new Float64Array(size) : new Float32Array(size);
  if (source.kind === "noise") fill(data, random, source.distribution);
  return { type, shape, data };
}

function fill(data: Float32Array | Float64Array, random: Random, distribution: Distribution): void {
  const n = data.length;
  switch (distribution.kind) {
    case "uniform":
      for (let i = 0; i < n; i++) data[i] = random.uint32() / 2 ** 32;
      return;
    case "normal":
      // Two at a time (Box & Muller 1958).
      for (let i = 0; i < n; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
        const angle = 2 * Math.PI * random.uniform();
        data[i] = radius * Math.cos(angle);
        if (i + 1 < n) data[i + 1] = radius * Math.sin(angle);
      }
      return;
    case "keep": {
      // 16 random bits decide each place: the share is kept to 1 / 65536.
      const { share } = distribution;
      const bound = Math.round(share * 65536);
      const kept = 65536 / bound;
      for (let i = 0; i < n; i += 2) {
        const bits = random.uint32();
        data[i] = (bits & 0xffff) < bound ? kept : 0;
        if (i + 1 < n) data[i + 1] = bits >>> 16 < bound ? kept : 0;
      }
    }
  }
}
