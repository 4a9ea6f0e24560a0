import type { Estimate } from "credence/estimate";
import type { Verdict } from "../analysis/report.js";
import {
  type CalibratedOn,
  coverageFinding,
  sliceCalibration,
  unitsOf,
} from "../guarantee/coverageBySlice.js";
import { sliceName } from "../guarantee/coverageWords.js";
import { formatEstimate, formatList, formatPercent, formatPlural, formatShare } from "../words/format.js";
import { formatValue } from "../words/formatValue.js";
import type { IntervalReport, IntervalSlice, RegressionReport } from "./regression.js";

/** What the verdict is derived from. */
export type RegressionVerdictInput = Omit<RegressionReport, "verdict" | "methods">;

/** Below a promise by no more than this counts as near it. */
const TOLERANCE = 0.05;

/** The verdict in words. Every sentence follows from the numbers by a rule; nothing is judged by eye. */
export function regressionVerdict(input: RegressionVerdictInput): Verdict {
  const { overTime } = input;
  return {
    ...headlineOf(input),
    answers: [
      { question: "How wrong are the predictions?", answer: errorAnswer(input) },
      { question: "Do intervals keep their word?", answer: intervalAnswer(input) },
      { question: "Where not?", answer: slicesAnswer(input) },
      ...(overTime
        ? [{ question: "And as time goes by?", answer: timeAnswer(overTime) }]
        : input.origin.columns.time
          ? [
              {
                question: "And as time goes by?",
                answer: "There are too few rows to judge any after a warm-up.",
              },
            ]
          : []),
    ],
  };
}

type Parts = RegressionReport["parts"];

const calibratedOn = (parts: Parts, together = 1): CalibratedOn | undefined =>
  parts ? { units: unitsOf(parts.calibrate), together } : undefined;

function headlineOf({
  warnings,
  intervals,
  parts,
}: RegressionVerdictInput): Pick<Verdict, "status" | "headline"> {
  const clusters = warnings.find(({ code }) => code === "clusters");
  if (clusters)
    return {
      status: "caution",
      headline: `Not to be relied on yet: the rows look clustered by ${formatList((clusters.suspects ?? []).map(({ column }) => column))}, and no --group was named.`,
    };
  const [first] = intervals;
  if (!first || first.reason)
    return { status: "unknown", headline: "There is too little data to promise an interval." };
  const { target, before, after, slices } = first;
  const promised = formatPercent(target);
  const claim = before && coverageFinding(before.coverage, target);
  if (before && claim === "broken")
    return {
      status: "bad",
      headline: `The forecasts are too sure: their ${promised} intervals hold ${formatPercent(before.coverage.value)} of what came.`,
    };
  if (coverageFinding(after.coverage, target, calibratedOn(parts)) === "broken")
    return {
      status: "caution",
      headline: `Even calibrated intervals hold less than ${promised}: ${parts?.by === "time" ? "later rows" : "the rows that judge"} are unlike those that calibrated.`,
    };
  const broken = slices.filter((slice) => isBroken(slice, target, calibratedOn(parts, slices.length)));
  if (broken.length > 0)
    return {
      status: "caution",
      headline: `Good on average, but not everywhere: the promise of ${promised} is broken in ${broken.length} of ${formatPlural(slices.length, "slice")}.`,
    };
  if (before && claim === "exceeded")
    return {
      status: "caution",
      headline: `The forecasts are too unsure: their ${promised} intervals hold ${formatPercent(before.coverage.value)} of what came.`,
    };
  const [low] = (before ?? after).coverage.interval as readonly [number, number];
  if (low <= target - TOLERANCE)
    return {
      status: "unknown",
      headline: "There is too little data to tell whether intervals keep their promise.",
    };
  return {
    status: "good",
    headline: before
      ? `The forecasts' ${promised} intervals can be trusted.`
      : `Calibrated intervals keep their promise of ${promised}.`,
  };
}

const isBroken = ({ after }: IntervalSlice, target: number, calibrated: CalibratedOn | undefined): boolean =>
  coverageFinding(after.coverage, target, calibrated) === "broken";

function errorAnswer({ metrics }: RegressionVerdictInput): string {
  const { bias, meanAbsoluteError, rootMeanSquaredError } = metrics;
  const [low, high] = bias.interval as readonly [number, number];
  const size = `They miss by ${formatEstimate(meanAbsoluteError, formatValue)} on average (root mean square ${formatEstimate(rootMeanSquaredError, formatValue)}).`;
  if (low > 0) return `${size} They are too low on average, by ${formatEstimate(bias, formatValue)}.`;
  if (high < 0)
    return `${size} They are too high on average: observed − predicted is ${formatEstimate(bias, formatValue)}.`;
  return `${size} No bias is proven: observed − predicted is ${formatEstimate(bias, formatValue)} on average.`;
}

const MADE: Readonly<Record<IntervalReport["source"], string>> = {
  residuals: "the prediction ± one width for all",
  sd: "the prediction ± a number of sds",
  quantiles: "the predicted ends, moved",
};

/** What an interval is made of, in words. */
export const intervalWords = (source: IntervalReport["source"]): string => MADE[source];

function intervalAnswer({ intervals, parts, reason }: RegressionVerdictInput): string {
  const [first] = intervals;
  if (!first) return `It cannot be told: ${reason ?? ""}`;
  const { target, before, after } = first;
  const promised = formatPercent(target);
  const claimed = before
    ? `As they came, ${promised} intervals hold ${formatEstimate(before.coverage, formatShare)} of what came${verdictWord(before.coverage, target)}. `
    : "";
  if (first.reason) return `${claimed}No finite interval can be promised: ${first.reason}`;
  return `${claimed}Calibrated (${intervalWords(first.source)}), they hold ${formatEstimate(after.coverage, formatShare)} on rows that did not calibrate${verdictWord(after.coverage, target, calibratedOn(parts))}, and are ${formatValue(after.width.value)} wide on average${before ? ` instead of ${formatValue(before.width.value)}` : ""}.`;
}

function verdictWord(coverage: Estimate, target: number, calibrated?: CalibratedOn): string {
  const finding = coverageFinding(coverage, target, calibrated);
  if (finding === "broken") return ": proven too few";
  if (finding === "exceeded") return ": more than promised";
  return coverageFinding(coverage, target) === "broken"
    ? ": no fewer than the luck of calibrating explains"
    : "";
}

function slicesAnswer({ intervals, parts }: RegressionVerdictInput): string {
  const [first] = intervals;
  return !first || first.slices.length === 0
    ? "No slices were asked for. --by COLUMN looks for the places where the promise fails."
    : sliceSentence(first, parts);
}

/** Where a promise is broken, and whether thresholds for each slice mend that. */
export function sliceSentence({ slices, target }: IntervalReport, parts: Parts): string {
  const several = new Set(slices.map(({ column }) => column)).size > 1;
  const broken = slices.filter((slice) => isBroken(slice, target, calibratedOn(parts, slices.length)));
  const still = slices.filter(
    (slice) =>
      coverageFinding(
        slice.mondrian.coverage,
        target,
        parts ? sliceCalibration(slice, parts, slices.length) : undefined,
      ) === "broken",
  );
  const promised = formatPercent(target);
  if (broken.length === 0)
    return `In none of ${formatPlural(slices.length, "slice")} is the promise of ${promised} proven to be broken (all at once).`;
  const shown = broken
    .slice(0, 4)
    .map((slice) => `${sliceName(slice, several)} (${formatPercent(slice.after.coverage.value)})`);
  return `The promise of ${promised} holds only on average: it is broken in ${broken.length} of ${formatPlural(slices.length, "slice")}, worst first: ${shown.join("; ")}${broken.length > 4 ? "; …" : ""}. With a threshold for each slice (Mondrian) ${still.length === 0 ? "none is proven to break it" : `${still.length} still do`}.`;
}

function timeAnswer({
  adaptive,
  fixed,
  target,
  tested,
  warmUp,
}: NonNullable<RegressionReport["overTime"]>): string {
  return `${formatPercent(target)} promised, ${formatPlural(tested, "row")} after the first ${formatPlural(warmUp, "row")}: one threshold from those holds ${formatEstimate(fixed.coverage, formatShare)}, adaptive intervals ${formatEstimate(adaptive.coverage, formatShare)}. The adaptive rate is within ${formatShare(adaptive.errorBound)} of the promise for any series of this length; no single row is promised anything.`;
}
