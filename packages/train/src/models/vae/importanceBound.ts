import { streamOf } from "../../graph/index.js";
import type { BoundOptions } from "../capabilities.js";
import type { FloatMatrix } from "../rows.js";
import { type Classes, drawLatent, type Networks } from "./latents.js";

/** Latents decoded together. */
const TOGETHER = 4096;

/**
 * The importance-weighted bound of each row, log (1/K) Σ p(x | zₖ) p(zₖ) / q(zₖ | x) with zₖ from q(z | x) (Burda, Grosse
 * & Salakhutdinov 2016, eq. 8): with one draw an estimate of the evidence lower bound; its mean rises to log p(x) as K
 * grows.
 */
export async function importanceBound(
  networks: Networks,
  x: FloatMatrix,
  classes: Classes,
  latent: number,
  { samples = 64, seed = 0, signal }: BoundOptions,
): Promise<Float64Array> {
  const posterior = await networks.encode(x, classes, signal);
  const bounds = new Float64Array(x.rows);
  const rowsTogether = Math.max(1, Math.floor(TOGETHER / samples));
  for (let from = 0; from < x.rows; from += rowsTogether) {
    const count = Math.min(rowsTogether, x.rows - from);
    const z = new Float32Array(count * samples * latent);
    const logWeights = new Float64Array(count * samples);
    for (let i = 0; i < count; i++) {
      const random = streamOf(seed, from + i);
      for (let k = i * samples; k < (i + 1) * samples; k++)
        logWeights[k] = drawLatent(posterior, from + i, latent, random, z, k * latent);
    }
    const repeated =
      classes && Int32Array.from(logWeights, (_, k) => classes[from + Math.floor(k / samples)]);
    const observed = await networks.decode(z, repeated, signal);
    for (let k = 0; k < logWeights.length; k++)
      logWeights[k] += observed.logDensity(k, x.data, (from + Math.floor(k / samples)) * x.columns);
    for (let i = 0; i < count; i++)
      bounds[from + i] = logMeanExp(logWeights.subarray(i * samples, (i + 1) * samples));
  }
  return bounds;
}

/** log of the mean of eᵛ, without overflow. */
function logMeanExp(values: Float64Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0) / values.length);
}
