import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { checkOptions } from "../numeric/check.js";
import { columnMeans } from "../numeric/columnMeans.js";
import type { Matrix } from "../numeric/matrix.js";
import { nearestNeighbours } from "../numeric/neighbours.js";
import { mean, quantileSorted } from "../numeric/quantile.js";
import { sortedCopy } from "../numeric/sort.js";
import { checkedSamples, checkNeighbourCount, type ResamplingOptions, takeRows } from "./samples.js";

/** α-precision and β-recall: curves and their summaries. */
export interface AlphaPrecision {
  /** Levels 0, 1/29 … 1. */
  readonly levels: Float64Array;
  /** Share of generated rows inside the central α of the real ones; the diagonal is equality. */
  readonly precisionCurve: Float64Array;
  /** Share of real rows covered by the central β of the generated ones. */
  readonly recallCurve: Float64Array;
  /** 1 − Σ|curve − diagonal| / Σ levels: 1 where the curve is the diagonal. */
  readonly alphaPrecision: Estimate;
  readonly betaRecall: Estimate;
}

/** Options of {@link alphaPrecision}: each half sample costs about half of the value itself. */
export interface AlphaPrecisionOptions extends Omit<ResamplingOptions, "resamples"> {
  /** Number of half samples. Default 30. */
  resamples?: number;
}

const STEPS = 30;

/**
 * α-precision and β-recall: like precision and recall, but asking for typical rows first, so that a generator of
 * outliers, or of averages only, is found out. Distances are from the mean of the features, after whatever embedding they
 * come from. Even samples of one distribution do not score 1 in recall: compare with real against real.
 * @throws CredenceError as {@link prdc}.
 * @see Alaa et al. 2022 (normalised as the synthcity package does).
 * @example
 * ```ts
 * import { alphaPrecision } from "credence/fidelity";
 * const real = { data: Float64Array.from({ length: 300 }, (_, i) => i), rows: 300, columns: 1 };
 * alphaPrecision(real, real, { interval: false }).alphaPrecision.value; // → 1.00
 * ```
 */
export function alphaPrecision(
  real: Matrix,
  generated: Matrix,
  options: AlphaPrecisionOptions = {},
): AlphaPrecision {
  const fn = "alphaPrecision";
  checkOptions(fn, options);
  const { resamples = 30 } = options;
  const samples = checkedSamples(fn, real, generated, options);
  checkNeighbourCount(fn, "real", Math.floor(samples.real.rows / 2), 1);
  const levels = Float64Array.from({ length: STEPS }, (_, i) => i / (STEPS - 1));
  const curves = alphaCurves(samples.real, samples.generated, levels);
  const [precision, recall] = halfSampleStrata(
    samples.strata,
    ([a, b]) => {
      const found = alphaCurves(takeRows(samples.real, a), takeRows(samples.generated, b), levels);
      return [closeness(found.precisionCurve, levels), closeness(found.recallCurve, levels)];
    },
    { ...options, resamples },
  );
  return { levels, ...curves, alphaPrecision: precision, betaRecall: recall };
}

function alphaCurves(real: Matrix, generated: Matrix, levels: Float64Array) {
  const realCentre = columnMeans(real);
  const generatedCentre = columnMeans(generated);
  const radii = quantiles(distancesTo(real, realCentre), levels);
  const generatedRadii = distancesTo(generated, realCentre);
  const own = nearestNeighbours(real, 1).distances;
  const toGenerated = nearestNeighbours(generated, 1, real);
  const spread = distancesTo(generated, generatedCentre);
  const closest = Float64Array.from(toGenerated.indices, (j) => spread[j]);
  const closestRadii = quantiles(closest, levels);
  return {
    precisionCurve: levels.map((_, l) => mean(generatedRadii.map((d) => (d <= radii[l] ? 1 : 0)))),
    recallCurve: levels.map((_, l) =>
      mean(closest.map((d, i) => (toGenerated.distances[i] <= own[i] && d <= closestRadii[l] ? 1 : 0))),
    ),
  };
}

function closeness(curve: Float64Array, levels: Float64Array): number {
  let gap = 0;
  let total = 0;
  for (let l = 0; l < levels.length; l++) {
    gap += Math.abs(levels[l] - curve[l]);
    total += levels[l];
  }
  return 1 - gap / total;
}

function quantiles(values: Float64Array, levels: Float64Array): Float64Array {
  const sorted = sortedCopy(values);
  return levels.map((level) => quantileSorted(sorted, level));
}

function distancesTo({ data, rows, columns }: Matrix, centre: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += (data[i * columns + j] - centre[j]) ** 2;
    return Math.sqrt(sum);
  });
}
