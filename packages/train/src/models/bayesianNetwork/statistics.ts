import { cholesky, choleskySolve, type Random, sampleGamma, sampleNormal } from "credence/numeric";
import { cellsOf } from "./factor.js";
import type { Parents } from "./graph.js";
import { configurationOf, type Family } from "./network.js";
import { type Data, sizeOf, type Variable } from "./table.js";

/** What the sufficient statistics of a family look like. */
export interface FamilyShape {
  readonly variables: readonly Variable[];
  readonly child: number;
  readonly discreteParents: readonly number[];
  readonly continuousParents: readonly number[];
  readonly configurations: number;
  /** Numbers for each configuration: counts of the levels; or sums of products of (1, continuous parents, child). */
  readonly width: number;
}

export function familyShape(
  fn: string,
  variables: readonly Variable[],
  child: number,
  parents: readonly number[],
): FamilyShape {
  const of = (kind: Variable["kind"]) => parents.filter((p) => variables[p].kind === kind);
  const [discreteParents, continuousParents] = [of("discrete"), of("continuous")];
  const width = sizeOf(variables[child]) || (continuousParents.length + 2) ** 2;
  const sizes = discreteParents.map((p) => sizeOf(variables[p]));
  const configurations = cellsOf(fn, [...sizes, width]) / width;
  return { variables, child, discreteParents, continuousParents, configurations, width };
}

export const shapesOf = (fn: string, variables: readonly Variable[], parents: Parents): FamilyShape[] =>
  parents.map((of, child) => familyShape(fn, variables, child, of));

/** Adds a row without missing entries; `covariance(a, b)` of entries that are known by their distribution only. */
export function addRow(
  shape: FamilyShape,
  statistics: Float64Array,
  values: ArrayLike<number>,
  weight: number,
  covariance?: (a: number, b: number) => number,
): void {
  const { variables, child, discreteParents, continuousParents, width } = shape;
  const from = configurationOf(variables, discreteParents, values) * width;
  if (variables[child].kind === "discrete") {
    statistics[from + values[child]] += weight;
    return;
  }
  const d = continuousParents.length + 2;
  const variable = (k: number) => (k === d - 1 ? child : continuousParents[k - 1]);
  for (let i = 0; i < d; i++) {
    const x = i === 0 ? 1 : values[variable(i)];
    for (let j = 0; j < d; j++) {
      let product = x * (j === 0 ? 1 : values[variable(j)]);
      if (covariance && i > 0 && j > 0) product += covariance(variable(i), variable(j));
      statistics[from + i * d + j] += weight * product;
    }
  }
}

/** The statistics of every family from the rows in which it has no missing entry. */
export function collect(shapes: readonly FamilyShape[], data: Data, weights?: Float64Array): Float64Array[] {
  return shapes.map((shape) => {
    const statistics = new Float64Array(shape.configurations * shape.width);
    const scope = [...shape.discreteParents, ...shape.continuousParents, shape.child];
    const values = new Float64Array(data.variables.length);
    rows: for (let i = 0; i < data.rows; i++) {
      for (const v of scope) {
        values[v] = data.columns[v][i];
        if (Number.isNaN(values[v])) continue rows;
      }
      addRow(shape, statistics, values, weights ? weights[i] : 1);
    }
    return statistics;
  });
}

/**
 * The family that fits the statistics: for a discrete child the posterior mean under the Dirichlet prior whose
 * `equivalentSampleSize` is spread evenly over all cells (BDeu, Heckerman, Geiger & Chickering 1995); for a continuous one
 * least squares, with the residual variance of maximum likelihood. With `random` the parameters are drawn from their
 * posterior instead: Dirichlet, or normal-inverse-χ² under the prior ∝ 1/σ².
 */
export function fitFamily(
  shape: FamilyShape,
  statistics: Float64Array,
  equivalentSampleSize: number,
  random?: Random,
): Family {
  const { configurations, width, discreteParents, continuousParents } = shape;
  if (shape.variables[shape.child].kind === "discrete") {
    const table = new Float64Array(statistics.length);
    const prior = equivalentSampleSize / statistics.length;
    for (let c = 0; c < configurations; c++) {
      const row = statistics.subarray(c * width, (c + 1) * width).map((count) => count + prior);
      table.set(random ? drawDirichlet(random, row) : normalised(row), c * width);
    }
    return { kind: "discrete", discreteParents, table };
  }
  const k = continuousParents.length;
  const pooled = new Float64Array(width);
  for (let i = 0; i < statistics.length; i++) pooled[i % width] += statistics[i];
  const intercepts = new Float64Array(configurations);
  const weights = new Float64Array(configurations * k);
  const variances = new Float64Array(configurations);
  for (let c = 0; c < configurations; c++) {
    const own = statistics.subarray(c * width, (c + 1) * width);
    // Too few rows to fit a line and its spread: that of all configurations together.
    const { coefficients, variance } = regression(own[0] < k + 2 ? pooled : own, k, random);
    intercepts[c] = coefficients[0];
    weights.set(coefficients.subarray(1), c * k);
    variances[c] = variance;
  }
  return { kind: "gaussian", discreteParents, continuousParents, intercepts, weights, variances };
}

function normalised(row: Float64Array): Float64Array {
  const total = row.reduce((a, b) => a + b, 0);
  // Without prior and without rows nothing is known.
  return row.map((value) => (total > 0 ? value / total : 1 / row.length));
}

function drawDirichlet(random: Random, concentrations: Float64Array): Float64Array {
  const gammas = concentrations.map((a) => (a > 0 ? sampleGamma(random, a) : 0));
  if (gammas.some((g) => g > 0)) return normalised(gammas);
  // Tiny concentrations underflow; in that limit one level has all the mass, in proportion to its concentration.
  const total = concentrations.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return normalised(gammas);
  let left = random.uniform() * total;
  const at = concentrations.findIndex((a) => {
    left -= a;
    return left < 0;
  });
  return gammas.map((_, i) => Number(i === Math.max(at, 0)));
}

/** Residual variances below this share of the column's variance count as this much: a density must stay finite. */
export const LEAST_VARIANCE = 1e-10;
/** A regressor of which a smaller share than this is its own is taken for a combination of the others. */
const SINGULAR = 1e-10;
/** What then is added to the diagonal, per row, in units of the columns' variances. */
const RIDGE = 1e-8;

/** Least squares from sums of products of (1, k regressors, response) in standardised units; or a posterior draw of it. */
export function regression(
  products: ArrayLike<number>,
  k: number,
  random?: Random,
): { coefficients: Float64Array; variance: number } {
  const [p, d] = [k + 1, k + 2];
  const n = products[0];
  const coefficients = new Float64Array(p);
  if (n < d) return { coefficients, variance: 1 };
  const square = new Float64Array(p * p);
  const moment = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    moment[i] = products[i * d + p];
    for (let j = 0; j < p; j++) square[i * p + j] = products[i * d + j];
  }
  let lower = cholesky(square, p);
  let singular = !lower;
  for (let i = 1; lower && i < p; i++)
    singular ||= lower[i * p + i] ** 2 < SINGULAR * Math.max(square[i * p + i], n * RIDGE);
  if (!lower || singular) {
    for (let i = 1; i < p; i++) square[i * p + i] += RIDGE * n;
    lower = cholesky(square, p);
  }
  if (!lower) return { coefficients, variance: 1 };
  coefficients.set(choleskySolve(lower, p, moment));
  // The residual sum of squares, written so that it holds with the ridge too.
  let residual = products[p * d + p];
  for (let i = 0; i < p; i++) {
    residual -= 2 * coefficients[i] * moment[i];
    for (let j = 0; j < p; j++) residual += coefficients[i] * coefficients[j] * products[i * d + j];
  }
  residual = Math.max(residual, LEAST_VARIANCE * n);
  if (!random) return { coefficients, variance: residual / n };
  const variance = residual / (2 * sampleGamma(random, (n - p) / 2));
  const noise = Float64Array.from({ length: p }, () => Math.sqrt(variance) * sampleNormal(random));
  // L⁻ᵀ noise has the covariance (L Lᵀ)⁻¹.
  for (let i = p - 1; i >= 0; i--) {
    for (let j = i + 1; j < p; j++) noise[i] -= lower[j * p + i] * noise[j];
    noise[i] /= lower[i * p + i];
    coefficients[i] += noise[i];
  }
  return { coefficients, variance };
}
