import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import {
  checkCount,
  checkFinite,
  checkOpenUnit,
  checkOptions,
  checkOutcomes,
  checkSameLength,
  type Outcomes,
} from "../numeric/check.js";
import { sampleNormal, shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes, groupRows } from "../numeric/groups.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { argsort } from "../numeric/sort.js";

/** Options of {@link worstSlabCoverage}. */
export interface WorstSlabOptions extends EstimateOptions {
  /** The least share of the rows a slab may hold, in (0, 1). Default 0.1. */
  mass?: number;
  /** Random directions tried. Default 1000. */
  directions?: number;
  /** Share of the rows (whole groups, with groups) on which the slab is searched, in (0, 1). Default 0.25. */
  searchShare?: number;
}

/** The slab of inputs where coverage is lowest. */
export interface WorstSlab {
  /** Coverage inside the slab among rows that had no part in finding it. */
  readonly coverage: Estimate;
  /** The slab: low ≤ direction · x ≤ high. */
  readonly direction: Float64Array;
  readonly low: number;
  readonly high: number;
}

/**
 * Worst-slab coverage (Cauchois, Gupta & Duchi 2021): the slab between two parallel planes with at least a given mass in
 * which coverage is lowest, searched over random directions on one part of the rows and measured on the other, so that
 * searching does not flatter the finding.
 * @param features Rows × features, on comparable scales.
 * @throws CredenceError "empty-input", "length-mismatch", "not-binary", "out-of-range", "too-few" where no other row
 * falls into the slab.
 * @example
 * ```ts
 * import { worstSlabCoverage } from "credence/conformal";
 * const x = Array.from({ length: 400 }, (_, i) => (i * 37) % 400);
 * const covered = x.map((v) => (v < 60 ? 0 : 1));
 * const { coverage } = worstSlabCoverage({ data: x, rows: 400, columns: 1 }, covered, { directions: 2 });
 * coverage.value < 0.2; // → true
 * ```
 */
export function worstSlabCoverage(
  features: Matrix,
  covered: Outcomes,
  options: WorstSlabOptions = {},
): WorstSlab {
  const fn = "worstSlabCoverage";
  checkOptions(fn, options);
  const { mass = 0.1, directions = 1000, searchShare = 0.25, seed = 0, groups } = options;
  checkMatrix(fn, "features", features);
  checkFinite(fn, "features", features.data);
  checkSameLength(fn, "covered", covered, "rows of features", { length: features.rows });
  checkOutcomes(fn, "covered", covered);
  checkOpenUnit(fn, "mass", mass);
  checkOpenUnit(fn, "searchShare", searchShare);
  checkCount(fn, "directions", directions);
  const random = createRandom(seed);
  const { data, rows, columns: d } = features;
  const units = groups
    ? groupRows(groupCodes(fn, groups, covered, "covered"))
    : Array.from({ length: rows }, (_, i) => Int32Array.of(i));
  const cut = Math.round(units.length * searchShare);
  const order = shuffle(random, [...units]);
  const search = order.slice(0, cut).flatMap((unit) => [...unit]);
  const judge = order.slice(cut).flatMap((unit) => [...unit]);
  const least = Math.max(1, Math.ceil(search.length * mass));
  if (search.length === 0 || judge.length === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "features" },
      "there are too few rows to search and judge.",
    );
  let best = { rate: Infinity, direction: new Float64Array(d), low: 0, high: 0 };
  for (let t = 0; t < directions; t++) {
    const direction = Float64Array.from({ length: d }, () => sampleNormal(random));
    const norm = Math.hypot(...direction);
    for (let j = 0; j < d; j++) direction[j] /= norm;
    const along = Float64Array.from(search, (i) => project(data, d, i, direction));
    const by = argsort(along);
    const hits = Uint8Array.from(by, (k) => Number(covered[search[k]]));
    const { from, until, rate } = lowestRate(hits, least);
    if (rate < best.rate) best = { rate, direction, low: along[by[from]], high: along[by[until - 1]] };
  }
  const inside = judge.filter((i) => {
    const at = project(data, d, i, best.direction);
    return at >= best.low && at <= best.high;
  });
  if (inside.length === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "features" },
      "no other row falls into the slab found; give more rows or a larger mass.",
    );
  const coverage = proportionEstimate(
    inside.map((i) => covered[i]),
    { ...options, groups: groups && inside.map((i) => groups[i]) },
    fn,
  );
  return { coverage, direction: best.direction, low: best.low, high: best.high };
}

function project(data: ArrayLike<number>, d: number, row: number, direction: Float64Array): number {
  let dot = 0;
  for (let j = 0; j < d; j++) dot += data[row * d + j] * direction[j];
  return dot;
}

/**
 * The stretch of at least `least` values with the lowest mean. Dinkelbach's iteration: with the mean of the best stretch
 * so far taken off every value, a stretch of negative sum is better.
 */
function lowestRate(hits: Uint8Array, least: number): { from: number; until: number; rate: number } {
  const n = hits.length;
  let best = { from: 0, until: n, rate: hits.reduce((a, b) => a + b, 0) / n };
  for (;;) {
    const prefix = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) prefix[i + 1] = prefix[i] + hits[i] - best.rate;
    let most = 0; // where the prefix was largest, far enough back
    let found = { from: 0, until: 0, sum: -1e-9 };
    for (let until = least; until <= n; until++) {
      if (prefix[until - least] > prefix[most]) most = until - least;
      const sum = prefix[until] - prefix[most];
      if (sum < found.sum) found = { from: most, until, sum };
    }
    if (found.until === 0) return best;
    let total = 0;
    for (let i = found.from; i < found.until; i++) total += hits[i];
    best = { from: found.from, until: found.until, rate: total / (found.until - found.from) };
  }
}
