import { betaQuantile, chiSquaredQuantile } from "../numeric/special.js";

/** A mean square of an analysis of variance, with its weight in a linear combination. */
export interface WeightedMeanSquare {
  /** Negative weights are allowed. */
  readonly weight: number;
  readonly meanSquare: number;
  /** Degrees of freedom, > 0. */
  readonly df: number;
}

/** The value above which F with (df1, df2) degrees of freedom lies with probability `tail`. */
function upperF(tail: number, df1: number, df2: number): number {
  const b = betaQuantile(1 - tail, df1 / 2, df2 / 2);
  return (df2 * b) / (df1 * (1 - b));
}

/** The same for df2 = ∞: a chi-squared over its degrees of freedom. */
function upperChi(tail: number, df: number): number {
  return chiSquaredQuantile(1 - tail, df) / df;
}

/**
 * A confidence interval for Σ weight · E[mean square] of independent normal-theory mean squares: the modified
 * large-sample method, exact for a single one.
 * @see Graybill & Wang 1980; Ting, Burdick, Graybill, Jeyaratnam & Lu 1990.
 */
export function modifiedLargeSample(terms: readonly WeightedMeanSquare[], level: number): [number, number] {
  const value = terms.reduce((sum, { weight, meanSquare }) => sum + weight * meanSquare, 0);
  const tail = (1 - level) / 2;
  return [value - Math.sqrt(reach(terms, tail)), value + Math.sqrt(reach(mirrored(terms), tail))];
}

/** The upper bound is the lower bound of the negative. */
function mirrored(terms: readonly WeightedMeanSquare[]): WeightedMeanSquare[] {
  return terms.map((term) => ({ ...term, weight: -term.weight }));
}

/** Squared distance from the value down to its lower bound. */
function reach(terms: readonly WeightedMeanSquare[], tail: number): number {
  const plus = terms.filter(({ weight }) => weight > 0);
  const minus = terms.filter(({ weight }) => weight < 0);
  const size = ({ weight, meanSquare }: WeightedMeanSquare) => Math.abs(weight) * meanSquare;
  const below = ({ df }: WeightedMeanSquare) => 1 - 1 / upperChi(tail, df);
  const above = ({ df }: WeightedMeanSquare) => 1 / upperChi(1 - tail, df) - 1;
  let sum = 0;
  for (const p of plus) sum += (below(p) * size(p)) ** 2;
  for (const m of minus) sum += (above(m) * size(m)) ** 2;
  for (const p of plus)
    for (const m of minus) {
      const f = upperF(tail, p.df, m.df);
      sum += (((f - 1) ** 2 - (below(p) * f) ** 2 - above(m) ** 2) / f) * size(p) * size(m);
    }
  for (const [i, p] of plus.entries())
    for (const q of plus.slice(i + 1)) {
      const both = p.df + q.df;
      const joint =
        ((1 - 1 / upperChi(tail, both)) ** 2 * both ** 2) / (p.df * q.df) -
        (below(p) ** 2 * p.df) / q.df -
        (below(q) ** 2 * q.df) / p.df;
      sum += (joint / (plus.length - 1)) * size(p) * size(q);
    }
  return Math.max(0, sum);
}
