import type { Estimate } from "credence/estimate";
import {
  formatConfidence,
  formatCount,
  formatList,
  formatNumber,
  formatPercent,
  formatPlural,
} from "../words/format.js";
import { methodName } from "../words/methodName.js";
import type { Report, Slice, Verdict } from "./report.js";

/** What the verdict is derived from. */
export type VerdictInput = Pick<
  Report,
  "metrics" | "slices" | "recalibration" | "threshold" | "warnings" | "groups" | "options" | "n" | "missing"
>;

/** How the calibration error over all rows compares with the tolerance. */
export type Trust = "calibrated" | "off-a-little" | "miscalibrated" | "undecided";

/** The rules, in order: proven small, proven large, proven to be there, else undecided. */
export function trustOf({ metrics, options }: Pick<Report, "metrics" | "options">): Trust {
  const [low, high] = metrics.ece.interval as readonly [number, number];
  if (high <= options.tolerance) return "calibrated";
  if (low > options.tolerance) return "miscalibrated";
  return low > 0 ? "off-a-little" : "undecided";
}

/** The verdict in words. Every sentence follows from the numbers by a rule; nothing is judged by eye. */
export function verdictOf(input: VerdictInput): Verdict {
  const trust = trustOf(input);
  const bad = input.slices.filter(isOff);
  return {
    ...headlineOf(input, trust, bad),
    answers: [
      { question: "Can I trust the confidences?", answer: trustAnswer(input, trust) },
      { question: "Where not?", answer: slicesAnswer(input, bad) },
      { question: "What fixes them?", answer: fixAnswer(input, trust, bad) },
      { question: "Which answers can go out without a human?", answer: thresholdAnswer(input) },
    ],
  };
}

const isOff = ({ finding }: Slice): boolean => finding !== "undecided" && finding !== "fine";

function headlineOf(
  { warnings, slices, metrics }: VerdictInput,
  trust: Trust,
  bad: readonly Slice[],
): Pick<Verdict, "status" | "headline"> {
  const clusters = warnings.find(({ code }) => code === "clusters");
  if (clusters) {
    const columns = (clusters.suspects ?? []).map(({ column }) => column);
    return {
      status: "caution",
      headline: `Not to be relied on yet: the rows look clustered by ${formatList(columns)}, and no --group was named.`,
    };
  }
  if (trust === "miscalibrated")
    return { status: "bad", headline: `The confidences cannot be trusted${directionOf(metrics.gap)}.` };
  if (bad.length > 0) {
    const all = bad.length === slices.length;
    const where = all ? "in any slice" : "everywhere";
    const average =
      trust === "calibrated" ? `Good on average, but not ${where}` : `Not to be trusted ${where}`;
    const count = all
      ? slices.length === 1
        ? "the only one is"
        : `all ${formatCount(slices.length)} are`
      : `${bad.length} of ${formatPlural(slices.length, "slice")} ${bad.length === 1 ? "is" : "are"}`;
    return { status: "caution", headline: `${average}: ${count} off.` };
  }
  if (trust === "calibrated") return { status: "good", headline: "The confidences can be trusted." };
  return trust === "off-a-little"
    ? { status: "caution", headline: "The confidences are off, by how much is not yet clear." }
    : {
        status: "unknown",
        headline: "There is too little data to tell whether the confidences can be trusted.",
      };
}

function directionOf({ interval }: Report["metrics"]["gap"]): string {
  const [low, high] = interval as readonly [number, number];
  return low > 0 ? ": the model is overconfident" : high < 0 ? ": the model is underconfident" : "";
}

function trustAnswer({ metrics, options, groups, n }: VerdictInput, trust: Trust): string {
  const { ece, accuracy, meanConfidence } = metrics;
  const [low, high] = ece.interval as readonly [number, number];
  const said = `It says ${formatPercent(meanConfidence.value)} on average and is right ${formatPercent(accuracy.value)} of the time.`;
  const tolerance = formatPercent(options.tolerance);
  switch (trust) {
    case "calibrated":
      return `Yes, over all rows: claimed and true frequencies differ by ${formatPercent(ece.value)} on average, ${formatPercent(high)} at most (tolerance ${tolerance}). ${said}`;
    case "miscalibrated":
      return `No: claimed and true frequencies differ by ${formatPercent(ece.value)} on average, ${formatPercent(low)} at least (tolerance ${tolerance}). ${said}`;
    case "off-a-little":
      return `Not fully: claimed and true frequencies differ by ${formatPercent(ece.value)} on average, somewhere between ${formatPercent(low)} and ${formatPercent(high)} (tolerance ${tolerance}). ${said}`;
    default:
      return `It cannot be told: ${groups ? formatPlural(groups.count, "group") : formatPlural(n, "row")} leave the average difference anywhere between ${formatPercent(low)} and ${formatPercent(high)} (tolerance ${tolerance}). ${said}`;
  }
}

function slicesAnswer({ slices, options }: VerdictInput, bad: readonly Slice[]): string {
  if (slices.length === 0)
    return "No slices were asked for. --by COLUMN looks for the places where the confidences fail.";
  if (bad.length === 0)
    return `In none of ${formatPlural(slices.length, "slice")} is it proven that they fail (all at once, level ${formatPercent(options.level)}).`;
  const columns = new Set(slices.map(({ column }) => column));
  const shown = bad.slice(0, 4).map((slice) => {
    const name = columns.size > 1 ? `${slice.column} = ${slice.value}` : slice.value;
    const said = `says ${formatPercent(slice.meanConfidence.value)}, is right ${formatPercent(slice.accuracy.value)}`;
    return `${name} (${slice.finding === "miscalibrated" ? `error ${formatPercent(slice.ece.value)}` : said})`;
  });
  const more = bad.length > shown.length ? `; ${bad.length - shown.length} more below` : "";
  const by = columns.size > 1 ? "" : ` by ${slices[0].column}`;
  return `In ${bad.length} of ${formatPlural(slices.length, "slice")}${by}, worst first: ${shown.join("; ")}${more}.`;
}

function fixAnswer({ recalibration }: VerdictInput, trust: Trust, bad: readonly Slice[]): string {
  const { chosen, evaluation, reason } = recalibration;
  if (chosen === null || !evaluation) return reason;
  if (chosen === "identity") {
    const slices =
      bad.length > 0
        ? " What is wrong differs from slice to slice, and one curve for all rows cannot mend that."
        : "";
    return `${trust === "calibrated" && bad.length === 0 ? "Nothing needs fixing: no" : "No"} recalibration beats leaving them alone by more than chance.${slices}`;
  }
  const { before, after, difference } = evaluation;
  return `${methodName(chosen)}. On rows it never saw the calibration error goes from ${formatPercent(before.ece.value)} to ${formatPercent(after.ece.value)}, and the log loss ${changeOf(difference.logLoss)}.`;
}

/** "falls by 0.1144 [0.0762, 0.1526]", and whether that is proven. */
function changeOf({ value, interval }: Estimate): string {
  const [low, high] = interval as readonly [number, number];
  const [size, least, most] = value < 0 ? [-value, -high, -low] : [value, low, high];
  const four = (x: number) => formatNumber(x, 4);
  const proven = least > 0 ? "" : ", which those rows alone do not prove";
  return `${value < 0 ? "falls" : "rises"} by ${four(size)} [${four(least)}, ${four(most)}]${proven}`;
}

/** Why these rows do not even say how many would do: few rows, many errors, or both, even among the most confident. */
function unreached(target: number, { value, n }: Estimate): string {
  return value === 1
    ? `None of ${formatPlural(n, "answer")} was wrong, but that is too few to show a share below ${formatPercent(target)}.`
    : `Even among the most confident, wrong answers are too many, or rows too few, to make a share below ${formatPercent(target)} likely; whether more labels would show one, these rows cannot tell.`;
}

function thresholdAnswer({ threshold, missing, metrics }: VerdictInput): string {
  const { threshold: from, bound, coverage, target, delta, labelsNeeded, groups } = threshold;
  const promise = `at most ${formatPercent(target)} wrong, with ${formatPercent(1 - delta)} confidence`;
  if (from === null || bound === null) {
    const more =
      labelsNeeded === null
        ? unreached(target, metrics.accuracy)
        : `About ${formatPlural(labelsNeeded, "labelled row")}${groups === undefined ? "" : " in groups of this kind"} would be needed to certify one; there were ${formatCount(threshold.n)}.`;
    return `None yet: no threshold could be certified (${promise}). ${more}`;
  }
  const others =
    missing > 0 ? ` The ${formatPlural(missing, "row")} without a confidence go to a human.` : "";
  return `Those with a confidence of ${formatConfidence(from)} or more, ${formatPercent(coverage.value)} of the answers: ${promise} (bound ${formatPercent(bound)}).${others}`;
}
