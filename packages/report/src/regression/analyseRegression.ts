import { type EstimateOptions, meanEstimate } from "credence/estimate";
import { argsort } from "credence/numeric";
import { coverageOption } from "../guarantee/coverageOption.js";
import { rowWarnings, summariseRowGroups } from "../numbers/rowWarnings.js";
import { InputError } from "../reading/inputError.js";
import { computeForecast } from "./computeForecast.js";
import { computeIntervals } from "./computeIntervals.js";
import { computeOverTime, timeBlocks } from "./computeOverTime.js";
import { intervalRows, type Predictions, sourcesOf } from "./intervalRows.js";
import type { RegressionRecords } from "./readRegression.js";
import { REGRESSION_SCHEMA, type RegressionOptions, type RegressionReport } from "./regression.js";
import { regressionMethods } from "./regressionMethods.js";
import { regressionVerdict } from "./regressionVerdict.js";
import { splitPredictions, takePredictions } from "./splitPredictions.js";

/** Options of `analyseRegression`; all may be left out. */
export interface RegressionAnalysisOptions {
  /** Coverages to promise, each in (0, 1). Default: `nominal`. */
  coverage?: readonly number[];
  /** The coverage that lower and upper claim. Default 0.9. */
  nominal?: number;
  /** Level of the intervals around what is measured. Default 0.95. */
  level?: number;
  /** Default 0. */
  seed?: number;
  /** Hears which step has begun, and how far it is in [0, 1]; may throw to stop. */
  onProgress?: (step: string, share: number) => void;
}

/**
 * How far can predictions of a number be trusted? Prediction intervals that keep their promise, what the forecasts' own
 * intervals are worth, where they fail, and how they do over time.
 * @param records As `readRegression` makes them.
 * @throws InputError "invalid-option".
 * @example
 * ```ts
 * import { analyseRegression, readRegression } from "@credence/report";
 * const records = await readRegression(["forecasts.csv"], { sd: "sd", group: "site" });
 * const { intervals } = analyseRegression(records, { coverage: [0.9] });
 * const { before, after } = intervals[0]; // as the sd claims, and calibrated
 * ```
 */
export function analyseRegression(
  records: RegressionRecords,
  options: RegressionAnalysisOptions = {},
): RegressionReport {
  const settings = regressionOptions(records, options);
  const { coverage, nominal, level, seed } = settings;
  const step = (name: string, share: number) => options.onProgress?.(name, share);
  const { n, missing, unlabelled, origin } = records;
  const { rows, times } = inOrder(records);
  const estimation: EstimateOptions = { level, seed, ...(rows.clusters && { groups: rows.clusters }) };

  step("errors", 0);
  const errors = rows.observed.map((y, i) => y - rows.prediction[i]);
  const squares = meanEstimate(
    errors.map((e) => e * e),
    estimation,
  );
  const root = (value: number) => Math.sqrt(Math.max(value, 0));
  step("intervals", 0.2);
  const split = splitPredictions(rows, times !== null, seed);
  const intervals = split
    ? sourcesOf(rows).flatMap((source) =>
        coverage.map((target) =>
          computeIntervals(
            intervalRows(split.calibrate, source),
            intervalRows(split.evaluate, source),
            target,
            { nominal, level, seed },
          ),
        ),
      )
    : [];
  step("forecasts", 0.6);
  const forecast = computeForecast(rows, settings);
  step("time", 0.8);
  const overTime =
    times && computeOverTime(rows, { times, dated: records.dated }, { target: coverage[0], level, seed });
  const found = {
    schema: REGRESSION_SCHEMA,
    origin,
    options: settings,
    n,
    missing,
    unlabelled,
    groups: summariseRowGroups(records),
    warnings: rowWarnings(records, { missing: "prediction", unlabelled: "observation" }),
    metrics: {
      bias: meanEstimate(errors, estimation),
      meanAbsoluteError: meanEstimate(errors.map(Math.abs), estimation),
      rootMeanSquaredError: {
        ...squares,
        value: root(squares.value),
        interval: squares.interval && ([root(squares.interval[0]), root(squares.interval[1])] as const),
      },
    },
    parts: split?.parts ?? null,
    reason: split
      ? null
      : `${n} ${n === 1 ? "row" : "rows"}${records.group ? ` in ${records.group.count} ${records.group.count === 1 ? "group" : "groups"}` : ""} cannot be split into rows that calibrate and rows that judge: at least two ${records.group ? "groups" : "rows"} are needed, and many more for a promise.`,
    intervals,
    forecast,
    overTime,
  } as const;
  step("done", 1);
  const report = { ...found, verdict: regressionVerdict(found) };
  return { ...report, methods: regressionMethods(report) };
}

/** The rows in the order of time, where there is one; its blocks are then the clusters, unless groups were named. */
function inOrder(records: RegressionRecords): { rows: Predictions; times: Float64Array | null } {
  const { time, group, slices } = records;
  const groups = group?.codes ?? null;
  const rows: Predictions = { ...records, groups, clusters: groups, columns: slices };
  if (!time) return { rows, times: null };
  const order = argsort(time);
  const times = Float64Array.from(order, (i) => time[i]);
  const ordered = takePredictions(rows, Int32Array.from(order));
  return { rows: { ...ordered, clusters: ordered.groups ?? timeBlocks(times) }, times };
}

function regressionOptions(
  { lower }: RegressionRecords,
  { coverage, nominal, level = 0.95, seed = 0 }: RegressionAnalysisOptions,
): RegressionOptions {
  const claimed = nominal ?? 0.9;
  for (const [name, value] of [
    ["nominal", claimed],
    ["level", level],
  ] as const)
    if (!(value > 0 && value < 1))
      throw new InputError("invalid-option", `--${name} is ${value}: must lie strictly between 0 and 1.`);
  if (nominal !== undefined && !lower)
    throw new InputError("invalid-option", "--nominal says what --lower and --upper claim; name them too.");
  if (!Number.isFinite(seed)) throw new InputError("invalid-option", `--seed is ${seed}: must be a number.`);
  return { coverage: coverageOption(coverage, [claimed]), nominal: lower ? claimed : null, level, seed };
}
