import type { Verdict } from "../analysis/report.js";
import { formatConfidence, formatEstimate, formatList, formatPercent, formatShare } from "../words/format.js";
import { formatValue } from "../words/formatValue.js";
import type { RiskReport, RiskThreshold } from "./risk.js";

/** What the verdict is derived from. */
export type RiskVerdictInput = Omit<RiskReport, "verdict" | "methods">;

/** The verdict in words. Every sentence follows from the numbers by a rule; nothing is judged by eye. */
export function riskVerdict(input: RiskVerdictInput): Verdict {
  const { meanLoss, options, certified, expected, perAnswer, groups } = input;
  const { risk } = options;
  const who = groups ? `the answers of a new ${groups.column} that go out` : "the answers that go out";
  return {
    ...headlineOf(input),
    answers: [
      {
        question: "What if every answer went out?",
        answer: `They would lose ${formatEstimate(meanLoss, formatValue)} on average (${risk} is allowed, ${options.bound} is the most one can lose).`,
      },
      {
        question: `Which may go out, with ${formatPercent(1 - options.delta)} confidence?`,
        answer: thresholdWords(certified, `the expected loss of ${who} is at most ${risk}`),
      },
      {
        question: "Which may go out, if on average is enough?",
        answer: thresholdWords(
          expected,
          `averaged over draws of the labelled rows, ${who} lose at most ${risk}, up to a term that vanishes as they grow in number`,
        ),
      },
      {
        question: "Which, if those held back count as losing nothing?",
        answer: thresholdWords(
          perAnswer,
          `averaged over draws of the labelled rows, at most ${risk} is lost per answer ${groups ? `asked in a new ${groups.column}` : "asked"}`,
        ),
      },
    ],
  };
}

function headlineOf({
  warnings,
  certified,
  expected,
  options,
}: RiskVerdictInput): Pick<Verdict, "status" | "headline"> {
  const clusters = warnings.find(({ code }) => code === "clusters");
  if (clusters)
    return {
      status: "caution",
      headline: `Not to be relied on yet: the rows look clustered by ${formatList((clusters.suspects ?? []).map(({ column }) => column))}, and no --group was named.`,
    };
  const { risk } = options;
  if (certified.threshold !== null)
    return {
      status: "good",
      headline: `From a confidence of ${formatConfidence(certified.threshold)} on, answers lose at most ${risk} on average, with ${formatPercent(1 - options.delta)} confidence.`,
    };
  if (expected.threshold !== null)
    return {
      status: "caution",
      headline: `No threshold is certified; on average a confidence of ${formatConfidence(expected.threshold)} keeps the loss at ${risk}.`,
    };
  return certified.needed === null
    ? {
        status: "bad",
        headline: `No answers can go out yet: at no threshold is the mean loss seen below ${risk}.`,
      }
    : {
        status: "unknown",
        headline: `There is too little data to certify that answers lose at most ${risk}.`,
      };
}

function thresholdWords({ threshold, reason, evaluated }: RiskThreshold, promise: string): string {
  if (threshold === null) return `None: ${reason ?? ""}`;
  const checked = evaluated?.loss
    ? ` On rows that had no say in it ${formatShare(evaluated.coverage.value)} of the answers go out, and the loss is ${formatEstimate(evaluated.loss, formatValue)}.`
    : "";
  return `Those with a confidence of ${formatConfidence(threshold)} or more: ${promise}.${checked}`;
}
