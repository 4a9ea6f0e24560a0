import { aps, type ConformalClassifier, lac, raps } from "credence/conformal";
import { meanEstimate, proportionEstimate } from "credence/estimate";
import { CredenceError, type Matrix } from "credence/numeric";
import type { PartRows, PartsOfRecords } from "../analysis/splits.js";
import { takeRows } from "../analysis/takeRows.js";
import { coverageBySlice, sameSlice } from "../guarantee/coverageBySlice.js";
import { missRate } from "../guarantee/coverageOption.js";
import type { ClassRows, SliceColumn } from "../reading/records.js";
import type { SetLevel, SetMethod, SetSlice, Sets } from "./sets.js";

/** What sets are asked for. */
export interface SetOptions {
  readonly method: SetMethod;
  /** Coverages to promise. */
  readonly coverage: readonly number[];
  readonly level: number;
  readonly seed: number;
}

const METHODS = { lac, aps, raps };

/** One part of the rows, as the methods take it. */
interface PartClasses {
  readonly probabilities: Matrix;
  readonly labels: Int32Array;
  readonly groups: Int32Array | null;
  readonly columns: readonly SliceColumn[];
  readonly rows: PartRows["rows"];
}

/**
 * Prediction sets, calibrated on the certify part and judged on the evaluate part.
 * @param columns Slice columns of the rows that were split.
 * @param indices Where the rows that were split stand in `classes`; all in their order where it is left out.
 */
export function computeSets(
  classes: ClassRows | undefined,
  columns: readonly SliceColumn[],
  { parts, splits }: PartsOfRecords,
  options: SetOptions,
  indices?: Int32Array,
): Sets | null {
  if (!classes) return null;
  const { method, coverage } = options;
  const common = { method, classes: classes.names.length };
  if (!parts) return { ...common, parts: null, reason: splits.reason, levels: [] };
  const take = (part: PartRows): PartClasses => {
    const at = indices ? takeRows(indices, part.indices) : part.indices;
    return {
      probabilities: takeMatrixRows(classes.probabilities, at),
      labels: takeRows(classes.labels, at),
      groups: part.groups,
      columns: columns.map((column) => ({ ...column, codes: takeRows(column.codes, part.indices) })),
      rows: part.rows,
    };
  };
  const [calibrate, evaluate] = [take(parts.certify), take(parts.evaluate)];
  return {
    ...common,
    parts: { calibrate: calibrate.rows, evaluate: evaluate.rows },
    reason: null,
    levels: coverage.map((target) => setLevel(calibrate, evaluate, target, options)),
  };
}

function setLevel(
  calibrate: PartClasses,
  evaluate: PartClasses,
  target: number,
  { method, level, seed }: SetOptions,
): SetLevel {
  const fit = (categories?: Int32Array): ConformalClassifier | null =>
    fitOrNull(method, calibrate, { alpha: missRate(target), seed, ...(categories && { categories }) });
  const pooled = fit();
  const { probabilities, labels, groups, columns } = evaluate;
  const all = probabilities.columns;
  const judged = judge(pooled?.predict(probabilities) ?? full(probabilities.rows, all), labels);
  const estimation = { level, seed, ...(groups && { groups }) };
  const share = (size: number) =>
    proportionEstimate(
      judged.sizes.map((s) => Number(s === size)),
      estimation,
    );
  const sizes = new Array<number>(all + 1).fill(0);
  for (const size of judged.sizes) sizes[size]++;
  return {
    target,
    threshold: pooled?.threshold ?? Infinity,
    reason: pooled ? pooled.reason : TOO_FEW_TO_TUNE,
    coverage: proportionEstimate(judged.covered, estimation),
    size: meanEstimate(judged.sizes, estimation),
    sizes,
    empty: share(0),
    single: share(1),
    slices: setSlices(
      evaluate,
      judged,
      level,
      columns.map((_, c) => mondrian(fit, calibrate, evaluate, c)),
    ),
  };
}

/** Sets over one slice column with a threshold for each of its values. */
interface MondrianSets extends Judged {
  readonly byCode: ReadonlyMap<number, { readonly threshold: number; readonly reason: string | null }>;
}

function mondrian(
  fit: (categories: Int32Array) => ConformalClassifier | null,
  calibrate: PartClasses,
  { probabilities, labels, columns }: PartClasses,
  c: number,
): MondrianSets {
  const fitted = fit(calibrate.columns[c].codes);
  const byCode = new Map((fitted?.categories ?? []).map((found) => [found.category as number, found]));
  const { codes } = columns[c];
  const sets = full(probabilities.rows, probabilities.columns);
  // Where calibration never saw a value, nothing can be excluded.
  const known = Int32Array.from(codes.keys()).filter((i) => byCode.has(codes[i]));
  if (fitted && known.length > 0) {
    const found = fitted.predict(takeMatrixRows(probabilities, known), {
      categories: takeRows(codes, known),
    });
    known.forEach((row, k) => {
      sets[row] = found[k];
    });
  }
  return { ...judge(sets, labels), byCode };
}

function setSlices(
  { columns, groups }: PartClasses,
  judged: Judged,
  level: number,
  own: readonly MondrianSets[],
): SetSlice[] {
  const after = coverageBySlice((c) => own[c].covered, columns, { level, groups });
  return coverageBySlice(() => judged.covered, columns, { level, groups }).map((slice) => {
    const { column, code, rows, coverage } = slice;
    const mean = (sizes: Float64Array) => rows.reduce((sum, i) => sum + sizes[i], 0) / rows.length;
    const cell = own[column].byCode.get(code);
    return {
      column: columns[column].name,
      value: columns[column].labels[code],
      n: rows.length,
      ...(coverage.groups !== undefined && { groups: coverage.groups }),
      pooled: { coverage, size: mean(judged.sizes) },
      mondrian: {
        coverage: sameSlice(after, slice),
        size: mean(own[column].sizes),
        threshold: cell?.threshold ?? Infinity,
        reason: cell ? cell.reason : "no calibration row has this value, so no class can be excluded.",
      },
    };
  });
}

interface Judged {
  readonly covered: Uint8Array;
  readonly sizes: Float64Array;
}

const judge = (sets: readonly (readonly number[])[], labels: Int32Array): Judged => ({
  covered: Uint8Array.from(sets, (set, i) => Number(set.includes(labels[i]))),
  sizes: Float64Array.from(sets, (set) => set.length),
});

const full = (rows: number, classes: number): number[][] => {
  const all = Array.from({ length: classes }, (_, k) => k);
  return Array.from({ length: rows }, () => all);
};

const TOO_FEW_TO_TUNE =
  "there are too few calibration rows or groups to set some apart for tuning RAPS; --sets lac needs no tuning.";

function fitOrNull(
  method: SetMethod,
  { probabilities, labels, groups, rows }: PartClasses,
  options: { alpha: number; seed: number; categories?: Int32Array },
): ConformalClassifier | null {
  try {
    return METHODS[method].fit(probabilities, labels, { ...options, rows, ...(groups && { groups }) });
  } catch (error) {
    if (error instanceof CredenceError && error.code === "too-few") return null;
    throw error;
  }
}

/** The chosen rows of a matrix. */
export function takeMatrixRows(
  { data, columns }: Matrix,
  rows: ArrayLike<number>,
): Matrix & { readonly data: Float64Array } {
  const taken = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < columns; k++) taken[i * columns + k] = data[rows[i] * columns + k];
  return { data: taken, rows: rows.length, columns };
}
