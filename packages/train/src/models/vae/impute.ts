import { sampleNormal } from "credence/numeric";
import { streamOf } from "../../graph/index.js";
import type { SampleOptions } from "../capabilities.js";
import type { FloatMatrix } from "../rows.js";
import { type Classes, drawLatent, type Networks, priorRatio } from "./latents.js";

/** Options of filling in missing values. */
export interface ImputeOptions extends SampleOptions {
  /** Completed copies, each by a Markov chain of its own: their spread is the uncertainty. Default 1. */
  draws?: number;
  /** Steps of each chain. Default 100. */
  sweeps?: number;
}

/**
 * Draws the missing values of rows given those seen. A sweep draws z given the whole row, then the missing values given z.
 * The encoder is only a guess of the first, so after a fifth of the sweeps, which take its draws as they are (pseudo-Gibbs,
 * Rezende, Mohamed & Wierstra 2014, app. F), a draw is accepted with the probability of Metropolis and Hastings, and the
 * chain's law becomes p(missing | seen) itself (Mattei & Frellsen 2018, alg. 2).
 */
export async function imputeRows(
  networks: Networks,
  { matrix, missing }: { matrix: FloatMatrix; missing: Uint8Array },
  classes: Classes,
  latent: number,
  { sweeps = 100, seed = 0, signal }: ImputeOptions,
  draw: number,
): Promise<FloatMatrix> {
  const { rows, columns } = matrix;
  const data = Float32Array.from(matrix.data);
  const filled = { data, rows, columns };
  const random = streamOf(seed, draw);
  let z = Float32Array.from({ length: rows * latent }, () => sampleNormal(random));
  let observed = await networks.decode(z, classes, signal);
  const fillIn = () => {
    for (let at = 0; at < data.length; at++)
      if (missing[at]) data[at] = observed.draw(Math.floor(at / columns), at % columns, random);
  };
  fillIn();
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const posterior = await networks.encode(filled, classes, signal);
    const proposal = new Float32Array(z.length);
    const ratios = new Float64Array(rows);
    for (let i = 0; i < rows; i++) ratios[i] = drawLatent(posterior, i, latent, random, proposal, i * latent);
    const proposed = await networks.decode(proposal, classes, signal);
    const isWarm = sweep >= sweeps / 5;
    for (let i = 0; i < rows; i++) {
      const gain = () =>
        proposed.logDensity(i, data, i * columns) +
        ratios[i] -
        observed.logDensity(i, data, i * columns) -
        priorRatio(posterior, i, latent, z, i * latent);
      if (isWarm && Math.log(random.uniform()) > gain()) {
        // It stays where it was.
        proposal.set(z.subarray(i * latent, (i + 1) * latent), i * latent);
        proposed.copyRow(observed, i);
      }
    }
    z = proposal;
    observed = proposed;
    fillIn();
  }
  return filled;
}
