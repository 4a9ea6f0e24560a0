import { type Estimate, levelOf } from "../estimate/estimate.js";
import { checkCount, checkList, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { variance } from "../numeric/quantile.js";
import { studentQuantile } from "../numeric/special.js";
import { type CurveCell, createCurveCells } from "./curveCells.js";
import { equalFolds, type FoldOptions } from "./equalFolds.js";
import { type CurveSummary, SUMMARY_NAMES } from "./errorTradeoff.js";
import { finishSteps, type NeighbourSteps } from "./neighbourSteps.js";
import { type CurveShapeOptions, checkedShape } from "./precisionRecallCurve.js";
import { type RadialBand, radialBand, simultaneousBand } from "./radialBand.js";
import { type VarianceComponents, varianceComponents } from "./varianceComponents.js";
import { type VerticalBand, verticalBand } from "./verticalBand.js";

/** Options of {@link ensemblePrecisionRecall}. */
export interface EnsembleOptions extends CurveShapeOptions, FoldOptions {
  /** The training set of each model, where several were used: gives the variance component "data". */
  datasets?: ArrayLike<number | string>;
  /** Nominal coverage. Default 0.95. */
  level?: number;
  /** Called after each curve with the curves done and their total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/** One model of the ensemble: means over its folds. */
export interface EnsembleMember {
  readonly summary: CurveSummary;
  readonly radius: Float64Array;
}

/** What {@link ensemblePrecisionRecall} returns. */
export interface EnsemblePrecisionRecall extends RadialBand {
  readonly angles: Float64Array;
  /** Holds the mean curve of all models that could be trained, at all angles together, with probability `level`. */
  readonly band: { readonly low: Float64Array; readonly high: Float64Array; readonly level: number };
  readonly members: readonly EnsembleMember[];
  /** Index of the member with the smallest area under its curve. */
  readonly worst: number;
  /** Mean over models, with an interval for the mean over all models that could be trained. */
  readonly summary: { readonly [name in keyof CurveSummary]: Estimate };
  /** Where the spread of each summary comes from. */
  readonly components: { readonly [name in keyof CurveSummary]: VarianceComponents };
  /** The same for the radius on each ray. */
  readonly radiusComponents: readonly VarianceComponents[];
  /** Reference against reference: what a perfect generator would get; null with a single reference fold. */
  readonly noiseFloor: (RadialBand & { readonly summary: CurveSummary }) | null;
  /** The same curves aggregated over a grid of recalls, as the paper does. */
  readonly vertical: VerticalBand;
  /** Rows per fold, after all were cut to the smallest. */
  readonly n: number;
  readonly k: number;
  /** Cautions in words, for instance that five models are too few. */
  readonly notes: readonly string[];
}

/**
 * Precision–recall curves of an ensemble of trained models: how good is the generator, and how sure are we of that? The
 * curve of one trained model says nothing of the next training; the spread over trainings is the epistemic uncertainty
 * of closeness itself. The variance of every summary is split into seed, training data, generated sample and reference.
 *
 * Every fold has the same number of rows, every curve the same rays; aggregation is along rays, without interpolation.
 * The band adds the variance of the reference to that of the models, with the max-t critical value over angles.
 * @param real The reference: one matrix, or disjoint folds of it.
 * @param models One per trained model: a matrix of samples, or independent folds of them.
 * @throws CredenceError "too-few" for a single model or too few rows, "empty-input", "shape-mismatch", "not-finite",
 *   "length-mismatch", "out-of-range", "unknown-option".
 * @see Morales, Jurie & Fadili 2025 (arXiv 2511.10710).
 * @example
 * ```ts
 * import { ensemblePrecisionRecall } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 80 }, (_, i) => from + i / 80), rows: 80, columns: 1 });
 * const { summary, worst } = ensemblePrecisionRecall(line(0), [line(0), line(0.01), line(3)]);
 * worst; // → 2
 * ```
 */
export function ensemblePrecisionRecall(
  real: Matrix | readonly Matrix[],
  models: readonly (Matrix | readonly Matrix[])[],
  options: EnsembleOptions = {},
): EnsemblePrecisionRecall {
  return finishSteps(ensemblePrecisionRecallSteps(real, models, options));
}

/**
 * {@link ensemblePrecisionRecall} for neighbours found elsewhere, as by `nearestNeighbours` of `startKernels` in
 * `@credence/runtime`, which is many times as fast where features are wide. It asks once for every fold and twice for every
 * curve, of the family "coverage" once, which then looks for the generated rows within those distances here.
 * @throws CredenceError as {@link ensemblePrecisionRecall}, at the first step.
 * @example
 * ```ts
 * import { ensemblePrecisionRecallSteps } from "credence/fidelity";
 * import { nearestNeighbours } from "credence/numeric";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 80 }, (_, i) => from + i / 80), rows: 80, columns: 1 });
 * const steps = ensemblePrecisionRecallSteps(line(0), [line(0), line(0.01), line(3)]);
 * let step = steps.next();
 * while (!step.done) {
 *   const { points, k, queries } = step.value;
 *   step = steps.next(nearestNeighbours(points, k, queries)); // or await those of a kernel
 * }
 * step.value.worst; // → 2
 * ```
 */
export function* ensemblePrecisionRecallSteps(
  real: Matrix | readonly Matrix[],
  models: readonly (Matrix | readonly Matrix[])[],
  options: EnsembleOptions = {},
): NeighbourSteps<EnsemblePrecisionRecall> {
  const fn = "ensemblePrecisionRecall";
  checkOptions(fn, options);
  const { generatedFolds = 2, referenceFolds = 2, seed = 0, datasets, onProgress } = options;
  const level = levelOf(fn, options);
  const shape = checkedShape(fn, options);
  checkList(fn, "models", models);
  if (models.length < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "models" },
      `holds ${models.length} model; an ensemble needs at least two (five to be of use). For one, use precisionRecallCurve.`,
    );
  checkCount(fn, "generatedFolds", generatedFolds);
  checkCount(fn, "referenceFolds", referenceFolds);
  const { references, generated, n } = equalFolds(fn, real, models, options);
  const cells = yield* createCurveCells(fn, references, generated, shape, seed, onProgress);
  const M = models.length;
  const cellScores = (read: (cell: CurveCell) => number) =>
    cells.curves.map((model) => model.map((fold) => fold.map(read)));
  const components = (read: (cell: CurveCell) => number) =>
    varianceComponents(cellScores(read), { datasets, level });
  const members = cells.curves.map(meanMember);
  const radii = members.map(({ radius }) => radius);
  const radial = radialBand(radii);
  const radiusComponents = Array.from(shape.angles, (_, a) => components((cell) => cell.radius[a]));
  const byName = <T>(make: (name: keyof CurveSummary) => T) =>
    Object.fromEntries(SUMMARY_NAMES.map((name) => [name, make(name)])) as {
      [name in keyof CurveSummary]: T;
    };
  const summaryComponents = byName((name) => components((cell) => cell.summary[name]));
  const standardError = (spread: number, parts: VarianceComponents) =>
    Math.sqrt(spread / M + (parts.reference ? parts.reference.value / references.length : 0));
  const summary = byName((name): Estimate => {
    const values = members.map((member) => member.summary[name]);
    const value = values.reduce((a, b) => a + b, 0) / M;
    const half =
      studentQuantile((1 + level) / 2, M - 1) * standardError(variance(values), summaryComponents[name]);
    return { value, interval: [value - half, value + half], level, method: "ensemble-t", n: M };
  });
  const worst = members.reduce(
    (least, member, s) => (member.summary.auc < members[least].summary.auc ? s : least),
    0,
  );
  return {
    angles: shape.angles,
    ...radial,
    band: simultaneousBand(
      radii,
      radial.mean,
      radiusComponents.map((parts, a) => standardError(radial.sd[a] ** 2, parts)),
      level,
      seed,
    ),
    members,
    worst,
    summary,
    components: summaryComponents,
    radiusComponents,
    noiseFloor: cells.floor.length ? noiseFloor(cells.floor) : null,
    vertical: verticalBand(shape.angles, radii),
    n,
    k: cells.k,
    notes: notesOf(M, generated[0].length, references.length),
  };
}

/** The mean of a model's curves. */
function meanMember(folds: readonly (readonly CurveCell[])[]): EnsembleMember {
  return meanCell(folds.flat());
}

function meanCell(cells: readonly CurveCell[]): EnsembleMember {
  const radius = new Float64Array(cells[0].radius.length);
  const summary = { auc: 0, f8: 0, fEighth: 0, overlap: 0 };
  for (const cell of cells) {
    for (let a = 0; a < radius.length; a++) radius[a] += cell.radius[a] / cells.length;
    for (const name of SUMMARY_NAMES) summary[name] += cell.summary[name] / cells.length;
  }
  return { radius, summary };
}

function noiseFloor(cells: readonly CurveCell[]): RadialBand & { summary: CurveSummary } {
  return { ...radialBand(cells.map(({ radius }) => radius)), summary: meanCell(cells).summary };
}

function notesOf(models: number, generatedFolds: number, referenceFolds: number): string[] {
  const notes: string[] = [];
  if (models < 5)
    notes.push(
      `${models} models are too few to say how much trainings differ: the intervals of variances span orders of magnitude.`,
    );
  if (generatedFolds < 2)
    notes.push(
      "With one generated fold a model, the spread of the generated sample is counted as the seed's.",
    );
  if (referenceFolds < 2)
    notes.push(
      "With one reference fold, neither the spread due to the reference nor a noise floor can be given.",
    );
  return notes;
}
