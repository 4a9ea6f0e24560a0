import { basename } from "node:path";
import type { Estimate } from "credence/estimate";
import { createPaint } from "../render/paint.js";
import { wrap } from "../render/wrap.js";
import { formatEstimate, formatNumber, formatPercent, formatPlural, formatShare } from "../words/format.js";
import type { ComparedSide, Comparison } from "./comparison.js";

/** A comparison as text for a terminal. */
export function renderComparison(found: Comparison, { colour = false, width = 80 } = {}): string {
  const paint = createPaint(colour);
  const { a, b, difference, n, groups, classes, pairedBy, unpaired, missing, level } = found;
  const three = (value: number) => formatNumber(value, 4);
  const line = (
    name: string,
    of: (side: ComparedSide) => Estimate,
    change: Estimate,
    write: (value: number) => string,
  ) =>
    `  ${name.padEnd(18)}${write(of(a).value).padStart(9)}${write(of(b).value).padStart(9)}   ${formatEstimate(change, write)}`;
  const pairs = [
    `${formatPlural(n, "pair")}${groups ? ` in ${formatPlural(groups.count, "group")} (${groups.column})` : ""}, by ${pairedBy}`,
    classes && `scores over all ${classes.length} classes, calibration error of the likeliest`,
    unpaired.a + unpaired.b > 0 && `without a partner: ${unpaired.a} of A, ${unpaired.b} of B`,
    missing > 0 && `${formatPlural(missing, "pair")} not scored on both sides`,
  ];
  return [
    "",
    `  A  ${a.files.map((file) => basename(file)).join(", ")}`,
    `  B  ${b.files.map((file) => basename(file)).join(", ")}`,
    ...wrap(pairs.filter(Boolean).join(" · "), width - 2).map((text) => paint.muted(`  ${text}`)),
    "",
    ...found.verdict.flatMap((text) => wrap(text, width - 2).map((part) => `  ${paint.strong(part)}`)),
    "",
    paint.muted(
      `  ${"".padEnd(18)}${"A".padStart(9)}${"B".padStart(9)}   B − A, ${formatPercent(level)} interval`,
    ),
    line("Accuracy", (side) => side.accuracy, difference.accuracy, formatShare),
    line("Calibration error", (side) => side.ece, difference.ece, formatShare),
    line("Brier score", (side) => side.brier, difference.brier, three),
    line("Log loss", (side) => side.logLoss, difference.logLoss, three),
    "",
    ...found.guesses.flatMap((text) =>
      wrap(text, width - 4).map((part, i) => paint.muted(`  ${i === 0 ? "·" : " "} ${part}`)),
    ),
  ]
    .map((text) => text.trimEnd())
    .join("\n")
    .concat("\n");
}
