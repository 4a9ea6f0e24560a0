import { quantileSorted, variance } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";

/** Curves aggregated at equal recall: for comparison with the literature. */
export interface VerticalBand {
  /** 0.001, 0.002 … 1. */
  readonly recall: Float64Array;
  /** Precision over models: mean, standard deviation, 10 % and 90 %. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly p10: Float64Array;
  readonly p90: Float64Array;
  /** Area between the two percentile curves. */
  readonly bandArea: number;
  /** Area under the curve of each model, on this grid. */
  readonly aucs: Float64Array;
}

const GRID = 1000;

/**
 * Precision as a function of recall, linear between the rays, with (recall 1, precision 0) appended. It differs from
 * {@link RadialBand} where curves are steep: there a small sideways move is a large change of precision.
 */
export function verticalBand(angles: Float64Array, radii: readonly Float64Array[]): VerticalBand {
  const recall = Float64Array.from({ length: GRID }, (_, i) => (i + 1) / GRID);
  const curves = radii.map((radius) => precisionByRecall(angles, radius, recall));
  const columns = Array.from(recall, (_, i) => sortedCopy(curves.map((curve) => curve[i])));
  const per = (read: (sorted: Float64Array) => number) => Float64Array.from(columns, read);
  const p10 = per((column) => quantileSorted(column, 0.1));
  const p90 = per((column) => quantileSorted(column, 0.9));
  const meanOf = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    recall,
    mean: per(meanOf),
    sd: per((column) => (column.length > 1 ? Math.sqrt(variance(column)) : 0)),
    p10,
    p90,
    bandArea: meanOf(p90.map((high, i) => high - p10[i])),
    aucs: Float64Array.from(curves, meanOf),
  };
}

/** Interpolates along falling angles, that is rising recall. */
function precisionByRecall(angles: Float64Array, radius: Float64Array, grid: Float64Array): Float64Array {
  const last = angles.length - 1;
  const recallAt = (a: number) => (a < 0 ? 1 : radius[a] * Math.cos(angles[a]));
  const precisionAt = (a: number) => (a < 0 ? 0 : radius[a] * Math.sin(angles[a]));
  let a = last; // the ray to the left of the wanted recall
  return grid.map((wanted) => {
    if (wanted <= recallAt(last)) return precisionAt(last);
    while (a >= 0 && recallAt(a - 1) < wanted) a--;
    const from = recallAt(a);
    const to = recallAt(a - 1);
    const share = to > from ? (wanted - from) / (to - from) : 1;
    return precisionAt(a) + share * (precisionAt(a - 1) - precisionAt(a));
  });
}
