import type { Decision, ThresholdRange } from "../analysis/report.js";
import { formatConfidence, formatList, formatNumber, formatPercent } from "./format.js";

/** Over which thresholds acting on the confidences is better than acting always and never, in a sentence or two. */
export function decisionWords({ better, worse }: Decision, level: number): string {
  const sure = `proven for all thresholds at once, level ${formatPercent(level)}`;
  const good =
    better.length === 0
      ? `At no threshold is it proven that acting on the confidences beats acting on every answer and on none (all thresholds at once, level ${formatPercent(level)}).`
      : `Acting on the confidences beats acting on every answer and on none ${rangesText(better)}${costText(better)} (${sure}).`;
  return worse.length === 0
    ? good
    : `${good} ${rangeStart(rangesText(worse))} one of those two is better than acting on them.`;
}

/** The same for the head of a chart. */
export function decisionSubtitle({ better }: Decision): string {
  return better.length === 0
    ? "Acting on the confidences is nowhere proven better than acting always or never"
    : `Acting on the confidences is proven best ${rangesText(better)}`;
}

const rangeStart = (text: string): string => text[0].toUpperCase() + text.slice(1);

function rangesText(ranges: readonly ThresholdRange[]): string {
  const texts = ranges.map(({ from, to }) =>
    from === to ? formatConfidence(from) : `${formatConfidence(from)} to ${formatConfidence(to)}`,
  );
  const single = ranges.length === 1 && ranges[0].from === ranges[0].to;
  return `${single ? "at threshold" : "at thresholds"} ${formatList(texts)}`;
}

/** What a threshold means to who has to choose it. */
function costText(ranges: readonly ThresholdRange[]): string {
  if (ranges.length > 1 || ranges[0].from === ranges[0].to) return "";
  const [least, most] = [ranges[0].from, ranges[0].to].map((t) => t / (1 - t));
  const times = (odds: number) => formatNumber(odds, odds < 10 ? 1 : 0).replace(/\.0$/, "");
  return `, where a wrong answer costs ${times(least)} to ${times(most)} times what a right one gains`;
}
