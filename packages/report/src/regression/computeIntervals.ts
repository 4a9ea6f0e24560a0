import { conformalThreshold } from "credence/conformal";
import { meanEstimate, proportionEstimate } from "credence/estimate";
import { intervalScore } from "credence/forecast";
import { groupRows, normalQuantile } from "credence/numeric";
import { takeRows } from "../analysis/takeRows.js";
import { coverageBySlice, sameSlice } from "../guarantee/coverageBySlice.js";
import { missRate } from "../guarantee/coverageOption.js";
import type { IntervalRows } from "./intervalRows.js";
import type { IntervalReport, IntervalSlice, IntervalSummary, SliceIntervals } from "./regression.js";

/** A threshold per row, and what came of it. */
interface Applied {
  readonly covered: Uint8Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Conformal intervals, calibrated on one part and judged on the other, before and after.
 * @param nominal The coverage that predicted quantiles claim.
 */
export function computeIntervals(
  calibrate: IntervalRows,
  evaluate: IntervalRows,
  target: number,
  { nominal, level, seed }: { nominal: number | null; level: number; seed: number },
): IntervalReport {
  const alpha = missRate(target);
  const cut = conformalThreshold(calibrate.scores, alpha, options(calibrate.groups));
  const claimed = claimedThreshold(evaluate, target, nominal);
  const before = claimed === null ? null : apply(evaluate, () => claimed);
  const after = apply(evaluate, () => cut.threshold);
  const estimation = { level, seed, ...options(evaluate.clusters) };
  return {
    source: evaluate.source,
    target,
    threshold: cut.threshold,
    reason: cut.reason,
    before: before && summarise(before, evaluate, alpha, estimation),
    after: summarise(after, evaluate, alpha, estimation),
    slices: sliceIntervals(calibrate, evaluate, { before, after }, alpha, level),
  };
}

const options = (groups: Int32Array | null) => (groups ? { groups } : {});

/** The threshold at which intervals are those that the forecast itself claims. */
function claimedThreshold({ source }: IntervalRows, target: number, nominal: number | null): number | null {
  if (source === "sd") return normalQuantile((1 + target) / 2);
  return source === "quantiles" && nominal === target ? 0 : null;
}

function apply(rows: IntervalRows, threshold: (row: number) => number): Applied {
  const n = rows.scores.length;
  const found = { covered: new Uint8Array(n), lower: new Float64Array(n), upper: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const cut = threshold(i);
    // The score decides, so that rounding at the ends cannot.
    found.covered[i] = Number(rows.scores[i] <= cut);
    [found.lower[i], found.upper[i]] = rows.at(i, cut);
  }
  return found;
}

/** Intervals whose ends have crossed have no width. */
const widthsOf = ({ lower, upper }: Applied): Float64Array =>
  lower.map((low, i) => Math.max(upper[i] - low, 0));

function summarise(
  applied: Applied,
  { observed }: IntervalRows,
  alpha: number,
  estimation: { level: number; seed: number; groups?: Int32Array },
): IntervalSummary {
  const { covered, lower, upper } = applied;
  const crossed = lower.map((low, i) => Number(low > upper[i]));
  const middle = (i: number) => (lower[i] + upper[i]) / 2;
  const finite = lower.every(Number.isFinite) && upper.every(Number.isFinite);
  return {
    coverage: proportionEstimate(covered, estimation),
    width: meanEstimate(widthsOf(applied), estimation),
    score: finite
      ? intervalScore(
          lower.map((low, i) => (crossed[i] ? middle(i) : low)),
          upper.map((high, i) => (crossed[i] ? middle(i) : high)),
          observed,
          alpha,
          estimation,
        )
      : null,
    empty: crossed.reduce((sum, yes) => sum + yes, 0),
  };
}

function sliceIntervals(
  calibrate: IntervalRows,
  evaluate: IntervalRows,
  { before, after }: { before: Applied | null; after: Applied },
  alpha: number,
  level: number,
): IntervalSlice[] {
  const { columns } = evaluate;
  const cuts = calibrate.columns.map((column) =>
    groupRows(column).map((rows) =>
      rows.length === 0
        ? { threshold: Infinity, reason: "no calibration row has this value." }
        : conformalThreshold(
            takeRows(calibrate.scores, rows),
            alpha,
            options(calibrate.groups && takeRows(calibrate.groups, rows)),
          ),
    ),
  );
  const own = columns.map(({ codes }, c) => apply(evaluate, (i) => cuts[c][codes[i]].threshold));
  const simultaneous = { level, groups: evaluate.clusters };
  const first = before && coverageBySlice(() => before.covered, columns, simultaneous);
  const last = coverageBySlice((c) => own[c].covered, columns, simultaneous);
  return coverageBySlice(() => after.covered, columns, simultaneous).map((slice) => {
    const { column, code, rows, coverage } = slice;
    const width = (applied: Applied): number => {
      const widths = widthsOf(applied);
      return rows.reduce((sum, i) => sum + widths[i], 0) / rows.length;
    };
    const cell = (applied: Applied, found: SliceIntervals["coverage"]) => ({
      coverage: found,
      width: width(applied),
    });
    const { threshold, reason } = cuts[column][code];
    return {
      column: columns[column].name,
      value: columns[column].labels[code],
      n: rows.length,
      ...(coverage.groups !== undefined && { groups: coverage.groups }),
      before: before && first && cell(before, sameSlice(first, slice)),
      after: cell(after, coverage),
      mondrian: { ...cell(own[column], sameSlice(last, slice)), threshold, reason },
    };
  });
}
