import type { PrecisionRecallCurve, SampleGroups } from "credence/fidelity";
import { createRandom, type Matrix, shuffle } from "credence/numeric";
import { InputError } from "../reading/inputError.js";
import { formatCount } from "../words/format.js";
import { classReports } from "./classReports.js";
import { comparePairs } from "./comparePairs.js";
import { ensembleReport } from "./ensembleReport.js";
import type { FeatureSet } from "./features.js";
import {
  type CurveReport,
  FIDELITY_METRICS,
  FIDELITY_SCHEMA,
  type FidelityReport,
  type GeneratorReport,
  type MeasuredMetric,
} from "./fidelity.js";
import type { FidelityKernels } from "./fidelityKernels.js";
import { fidelityMethods } from "./fidelityMethods.js";
import { fidelityVerdict } from "./fidelityVerdict.js";
import { fidelityWarnings } from "./fidelityWarnings.js";
import { type Measured, type MeasureOptions, measure } from "./measure.js";
import { takeRows } from "./readFeatures.js";
import { constantColumns, copiesOf, standardised } from "./sampleChecks.js";

/** Options of `analyseFidelity`; all may be left out. */
export interface FidelityAnalysisOptions {
  /** Nominal coverage of the intervals. Default 0.95. */
  level?: number;
  /** Default 0. */
  seed?: number;
  /** Neighbours of precision, recall, density and coverage. Default 5. */
  k?: number;
  /** Divide every column by its standard deviation in the reference. Default false. */
  standardise?: boolean;
  /** Models trained alike: the spread between them is analysed. */
  members?: readonly FeatureSet[];
  /** The training set of each member, where several were used. */
  datasets?: readonly string[];
  /** Where wide features are multiplied; default here, in plain TypeScript. */
  kernels?: FidelityKernels | null;
  /** Hears which step has begun, and how far it is in [0, 1]; may throw to stop. */
  onProgress?: (step: string, share: number) => void;
}

/**
 * Are generated samples like real ones, and how sure are we?
 * @param reference Real samples. @param generated Sets of generated samples; none only with `members`.
 * @throws InputError "wrong-length" for other features, "no-rows" for fewer than eight rows, "invalid-option",
 *   "unknown-class".
 */
export async function analyseFidelity(
  reference: FeatureSet,
  generated: readonly FeatureSet[],
  options: FidelityAnalysisOptions = {},
): Promise<FidelityReport> {
  const { level = 0.95, seed = 0, k = 5, standardise = false, members = null, kernels = null } = options;
  if (!(level > 0 && level < 1))
    throw new InputError("out-of-range", `--level ${level}: it lies between 0 and 1.`);
  if (!Number.isInteger(k) || k < 1)
    throw new InputError("out-of-range", `--k ${k}: a whole number of neighbours, at least 1.`);
  check(reference, generated, members);
  const scale = standardise ? standardised(reference.matrix) : (matrix: Matrix) => matrix;
  const scaled = <T extends FeatureSet | null>(set: T): T => set && { ...set, matrix: scale(set.matrix) };
  const real = scaled(reference);
  const sets = generated.map(scaled);
  const warnings = fidelityWarnings(reference, generated, members, { standardise, k });
  const steps = { done: 0, total: sets.length * 3 * 5 + 1 + (members ? 1 : 0) };
  const onStep = (name: string, set: string) =>
    options.onProgress?.(`${set}: ${name}`, steps.done++ / steps.total);
  const settings = { k, level, seed, kernels };

  const generators: GeneratorReport[] = [];
  for (const set of sets) generators.push(await generatorReport(real, set, settings, onStep));
  options.onProgress?.("comparing generators", steps.done / steps.total);
  const pairs = await comparePairs(real, sets, { level, seed, kernels });
  const ensemble =
    members && (await ensembleReport(real, members.map(scaled), { ...options, level, seed, kernels }));
  const read = [reference, ...generated, ...(members ?? [])];
  const extractor = read.find((set) => set.extractor !== undefined)?.extractor ?? null;
  const found = {
    reference: {
      name: reference.name,
      files: reference.files,
      rows: reference.matrix.rows,
      columns: reference.matrix.columns,
      dropped: reference.dropped,
      constant: constantColumns(reference.matrix).length,
    },
    generators,
    pairs,
    ensemble,
    warnings,
    guesses: [...new Set(read.flatMap(({ guesses }) => guesses))],
    options: { level, seed, k, standardise, accelerated: kernels !== null, extractor },
  };
  return {
    schema: FIDELITY_SCHEMA,
    ...found,
    verdict: fidelityVerdict(found),
    methods: fidelityMethods(found),
  };
}

function check(
  reference: FeatureSet,
  generated: readonly FeatureSet[],
  members: readonly FeatureSet[] | null,
): void {
  if (generated.length === 0 && !members)
    throw new InputError("invalid-option", "name at least one set of generated samples after the real ones.");
  if (members && members.length < 2)
    throw new InputError(
      "invalid-option",
      `--members: ${members.length === 1 ? `only ${members[0].name} was found` : "nothing was found"}; an ensemble is several trainings of one model, two at least and five to be of use. Name one model as a generated set instead.`,
    );
  const names = [...generated, ...(members ?? [])];
  for (const set of [reference, ...names])
    if (set.matrix.rows < 8)
      throw new InputError(
        "no-rows",
        `has ${set.matrix.rows} rows; eight are the least that can be compared.`,
        {
          file: set.name,
        },
      );
  for (const set of names) {
    if (set.matrix.columns !== reference.matrix.columns)
      throw new InputError(
        "wrong-length",
        `has ${formatCount(set.matrix.columns)} columns, but ${reference.name} has ${formatCount(reference.matrix.columns)}; both need the features of the same extractor.`,
        { file: set.name },
      );
    const at = set.columns?.findIndex((name, j) => reference.columns && name !== reference.columns[j]) ?? -1;
    if (reference.columns && at >= 0)
      throw new InputError(
        "missing-column",
        `stands where ${reference.name} has "${reference.columns[at]}"; name the same columns in the same order with --columns.`,
        { file: set.name, column: set.columns?.[at] },
      );
  }
}

type Settings = Pick<MeasureOptions, "k" | "level" | "seed" | "kernels">;

async function generatorReport(
  real: FeatureSet,
  set: FeatureSet,
  settings: Settings,
  onStep: (name: string, set: string) => void,
): Promise<GeneratorReport> {
  const groups: SampleGroups = {
    ...(real.groups && { real: real.groups }),
    ...(set.groups && { generated: set.groups }),
  };
  const quick = { ...settings, interval: false, groups: {} };
  const step = (part: string) => (name: string) => onStep(`${name}${part}`, set.name);
  const full = await measure(real.matrix, set.matrix, {
    ...settings,
    interval: true,
    groups,
    onStep: step(""),
  });
  // Halves of equal size: the metrics depend on the number of rows.
  const [half, other] = halves(real, settings.seed);
  const [made] = halves(set, settings.seed + 1);
  const size = Math.min(half.rows, other.rows, made.rows);
  const cut = (matrix: Matrix) => (matrix.rows === size ? matrix : takeRows(matrix, rowsTo(size)));
  const halved = await measure(cut(half), cut(made), { ...quick, onStep: step(", by halves") });
  const floor = await measure(cut(half), cut(other), { ...quick, onStep: step(", noise floor") });
  const metrics = Object.fromEntries(
    FIDELITY_METRICS.map((name): [string, MeasuredMetric | null] => {
      const estimate = full.metrics[name];
      if (!estimate) return [name, null];
      return [
        name,
        {
          ...estimate,
          half: halved.metrics[name]?.value ?? null,
          floor: floor.metrics[name]?.value ?? null,
        },
      ];
    }),
  ) as GeneratorReport["metrics"];
  return {
    name: set.name,
    rows: set.matrix.rows,
    dropped: set.dropped,
    copies: copiesOf(real.matrix, set.matrix),
    metrics,
    reasons: full.reasons,
    curve: full.curve && curveReport(full.curve, floor),
    classes: await classReports(real, set, settings),
  };
}

function curveReport({ angles, radius, k }: PrecisionRecallCurve, floor: Measured): CurveReport {
  return {
    angles: Array.from(angles),
    radius: radius.map(({ value }) => value),
    low: radius.map(({ value, interval }) => interval?.[0] ?? value),
    high: radius.map(({ value, interval }) => interval?.[1] ?? value),
    floor: floor.curve?.radius.map(({ value }) => value) ?? [],
    k,
  };
}

const rowsTo = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

/** The rows of a set at random in two halves; clusters stay whole. */
function halves({ matrix, groups }: FeatureSet, seed: number): readonly [Matrix, Matrix] {
  const units = new Map<string | number, number[]>();
  for (let i = 0; i < matrix.rows; i++) {
    const unit = groups?.[i] ?? i;
    const rows = units.get(unit);
    if (rows) rows.push(i);
    else units.set(unit, [i]);
  }
  const order = shuffle(createRandom(seed), [...units.values()]);
  const first: number[] = [];
  const second: number[] = [];
  for (const rows of order) (first.length <= second.length ? first : second).push(...rows);
  return [takeRows(matrix, first), takeRows(matrix, second)];
}
