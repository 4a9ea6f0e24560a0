import { simultaneousLevel } from "../estimate/simultaneous.js";
import { quantileSorted, variance } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";
import { studentQuantile } from "../numeric/special.js";

/** Curves aggregated along rays. */
export interface RadialBand {
  /** Mean radius over models, per ray. */
  readonly mean: Float64Array;
  /** Standard deviation over models. */
  readonly sd: Float64Array;
  /** 10 % and 90 % of the models. */
  readonly p10: Float64Array;
  readonly p90: Float64Array;
}

export function radialBand(radii: readonly Float64Array[]): RadialBand {
  const columns = Array.from(radii[0], (_, a) => sortedCopy(radii.map((radius) => radius[a])));
  const per = (read: (sorted: Float64Array) => number) => Float64Array.from(columns, read);
  return {
    mean: per((column) => column.reduce((a, b) => a + b, 0) / column.length),
    sd: per((column) => (column.length > 1 ? Math.sqrt(variance(column)) : 0)),
    p10: per((column) => quantileSorted(column, 0.1)),
    p90: per((column) => quantileSorted(column, 0.9)),
  };
}

/** ρ̄ ± c·se with c for all angles together. */
export function simultaneousBand(
  radii: readonly Float64Array[],
  mean: Float64Array,
  standardErrors: readonly number[],
  level: number,
  seed: number,
) {
  const M = radii.length;
  const influence = {
    data: radii.flatMap((radius) => Array.from(radius, (x, a) => x - mean[a])),
    rows: M,
    columns: mean.length,
  };
  const single = simultaneousLevel(influence, { level, seed, draws: 2000 });
  const critical = studentQuantile((1 + single) / 2, M - 1);
  // Where all models agree to rounding, a zero width would claim more than a few models can show.
  const floor = 0.01 * Math.max(...standardErrors);
  const half = Float64Array.from(standardErrors, (se) => critical * Math.max(se, floor));
  return { low: mean.map((x, a) => x - half[a]), high: mean.map((x, a) => x + half[a]), level };
}
