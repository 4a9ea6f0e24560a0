import { symmetricEigen } from "../numeric/eigen.js";
import { gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";

/** tr (S₁S₂)^½ from the eigenvalues of S₁S₂, ascending: the sum of their roots. */
export function rootTrace(values: Float64Array): number {
  const tiny = roundingSize(values);
  let sum = 0;
  for (const value of values) if (value > tiny) sum += Math.sqrt(value);
  return sum;
}

/**
 * The same from the centred rows themselves, X and Y divided by √(n − 1): for fewer rows than columns. The eigenvalues
 * of S₁S₂ are those of (X Yᵀ)(X Yᵀ)ᵀ.
 */
export function rootTraceDual(x: Matrix, y: Matrix): number {
  const cross = x.rows <= y.rows ? gram(x, y) : gram(y, x);
  return rootTrace(symmetricEigen(gram(cross).data, cross.rows, false).values);
}

/** What is left of an eigenvalue 0: its root would be a hundred million times its size. */
export function roundingSize(values: Float64Array): number {
  return values.length * Number.EPSILON * values[values.length - 1];
}
