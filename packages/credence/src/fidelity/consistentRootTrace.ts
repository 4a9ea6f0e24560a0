import { roundingSize } from "./rootTrace.js";

/**
 * tr (C₁C₂)^½ of the two covariances behind two sample covariances S₁ and S₂, from the eigenvalues of S₁S₂ alone:
 * consistent where rows and columns grow together, as the sum of the roots of those eigenvalues is not.
 *
 * With f degrees of freedom of both, it is 2f Σ (√λᵢ − √ξᵢ), ξ the eigenvalues of diag λ − √λ √λᵀ / f (Tiomoko & Couillet
 * 2019). For f₁ ≠ f₂ the contour integral behind it has cuts in place of the poles ξ; along them f follows the arcsine law
 * from f₁ to f₂, so that Gauss and Chebyshev's nodes integrate it.
 * @param values Eigenvalues of S₁S₂, ascending; those of rounding size and below count as 0.
 * @param first Degrees of freedom of S₁; more than there are positive eigenvalues. `second` likewise.
 * @see Tiomoko & Couillet 2019 (Random matrix-improved estimation of the Wasserstein distance).
 */
export function consistentRootTrace(values: Float64Array, first: number, second: number): number {
  const tiny = roundingSize(values);
  const positive = values.filter((value) => value > tiny);
  const [middle, radius] = [(first + second) / 2, Math.abs(first - second) / 2];
  const nodes = nodeCount(middle, radius, positive.length);
  let sum = 0;
  for (let k = 0; k < nodes; k++)
    sum += loweredRoots(positive, middle + radius * Math.cos(((k + 0.5) * Math.PI) / nodes)) / nodes;
  return 2 * Math.sqrt(first * second) * sum;
}

/**
 * So many nodes leave an error of 1e-10, or 64 where f comes very near to `rank`: it falls as ρ^−2K, ρ of the ellipse that
 * reaches to the singularity there.
 */
function nodeCount(middle: number, radius: number, rank: number): number {
  if (radius === 0) return 1;
  const reach = (middle - rank) / radius;
  const rho = reach + Math.sqrt(reach * reach - 1);
  return Math.min(64, Math.ceil(Math.log(1e10) / (2 * Math.log(rho))));
}

/** Σ (√λᵢ − √ξᵢ), ξ the eigenvalues of diag λ − √λ √λᵀ / f: each lies between λᵢ₋₁ and λᵢ. */
function loweredRoots(values: Float64Array, f: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const drop = dropOf(values, i, f);
    sum += drop / (Math.sqrt(values[i]) + Math.sqrt(Math.max(0, values[i] - drop)));
  }
  return sum;
}

/**
 * λᵢ − ξᵢ, the zero in (0, gap) of f − Σⱼ λⱼ / (λⱼ − λᵢ + drop). The poles at either end are kept as they are and the rest
 * is taken as constant in each step (Li 1993), which converges quadratically; bisection where a step leaves the bracket.
 */
function dropOf(values: Float64Array, i: number, f: number): number {
  const own = values[i];
  const gap = i === 0 ? own : own - values[i - 1];
  let low = 0;
  let high = gap;
  let drop = Math.min(own / f, gap / 2);
  for (let step = 0; step < 60 && high - low > 1e-15 * high; step++) {
    let [above, aboveSlope, below, belowSlope] = [0, 0, 0, 0];
    for (let j = i; j < values.length; j++) {
      const inverse = 1 / (values[j] - own + drop);
      const term = values[j] * inverse;
      above += term;
      aboveSlope += term * inverse;
    }
    for (let j = 0; j < i; j++) {
      const inverse = 1 / (own - values[j] - drop);
      const term = values[j] * inverse;
      below += term;
      belowSlope += term * inverse;
    }
    const rest = gap - drop;
    if (f - above + below < 0) low = drop;
    else high = drop;
    const s = aboveSlope * drop * drop;
    const t = belowSlope * rest * rest;
    const c = f - (above - s / drop) + (below - t / rest);
    const b = c * gap + s + t;
    const next = (2 * s * gap) / (b + Math.sqrt(Math.max(0, b * b - 4 * c * s * gap)));
    const moved = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(moved - drop) <= 1e-14 * drop) return moved;
    drop = moved;
  }
  return drop;
}
