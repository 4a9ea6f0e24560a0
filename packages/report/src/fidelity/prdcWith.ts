import { neighboursForHalves, type Prdc, type PrdcOptions, prdc, prdcFromBalls } from "credence/fidelity";
import type { Matrix } from "credence/numeric";
import type { FidelityKernels } from "./fidelityKernels.js";

/** Precision, recall, density and coverage, from the balls of the kernels where there are any and rows stand alone. */
export async function prdcWith(
  kernels: Pick<FidelityKernels, "balls"> | null,
  real: Matrix,
  generated: Matrix,
  options: PrdcOptions & { readonly k: number },
): Promise<Prdc> {
  const { k, groups, interval } = options;
  const clustered = groups?.real !== undefined || groups?.generated !== undefined;
  if (!kernels || clustered || Math.min(real.rows, generated.rows) <= k)
    return prdc(real, generated, options);
  const kept = ({ rows }: Matrix) => (interval === false ? k : neighboursForHalves(k, rows));
  return prdcFromBalls(...(await kernels.balls(real, generated, [kept(real), kept(generated)])), options);
}
