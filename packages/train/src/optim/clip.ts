import { add, div, maximum, mul, sqrt, sumOfSquares, type Tensor } from "../graph/index.js";

/** The Euclidean norm of all gradients together. */
export const globalNorm = (gradients: readonly Tensor[]): Tensor =>
  sqrt(gradients.map(sumOfSquares).reduce((a, b) => add(a, b)));

/** Scales all gradients so that their norm together is at most `most` (Pascanu et al. 2013). */
export function clipByNorm(
  gradients: readonly Tensor[],
  most: number,
): { gradients: Tensor[]; norm: Tensor } {
  const norm = globalNorm(gradients);
  const factor = div(most, maximum(norm, most));
  return { gradients: gradients.map((g) => mul(g, factor)), norm };
}
