import type { Method } from "../analysis/report.js";
import { formatPercent } from "../words/format.js";
import type { RiskReport } from "./risk.js";

/** The footnotes of a report on losses. */
export function riskMethods({ options, groups, parts }: Omit<RiskReport, "methods">): Method[] {
  const { risk, delta, bound, seed } = options;
  const unit = groups ? `${groups.column}s` : "rows";
  const counted = groups
    ? ` Losses are averaged within each ${groups.column} first, so that every ${groups.column} with answers that go out counts once: the promise is for the answers of a new one.`
    : "";
  return [
    {
      id: "certified",
      title: "Certified threshold",
      text: `Learn then Test: thresholds are tested downwards from where the fit part speaks most clearly, by the Hoeffding–Bentkus p-value of "the answers that go out lose more than ${risk}" on the ${unit} of the certify part, until one fails; no correction for many thresholds is needed.${counted} With probability ${formatPercent(1 - delta)} over the labelled rows the promise holds, as long as new ${unit} are like these.`,
      source: "Angelopoulos, Bates, Candès, Jordan & Lei 2021; Bates et al. 2021.",
    },
    {
      id: "expected",
      title: "On average, among those that go out",
      text: `The inequality of conformal risk control, (sum of losses + ${bound}) / (number + 1) ≤ ${risk}, on the ${unit} with answers that go out, downwards from the same start until it fails. The theorem needs a loss that falls as the threshold rises, which the loss among those that go out need not do: a term of the order of one over the number of ${unit} remains.`,
      source: "After Angelopoulos, Bates, Fisch, Lei & Schuster 2024.",
    },
    {
      id: "per-answer",
      title: "On average, per answer asked",
      text: `Conformal risk control, exact for exchangeable ${unit}: answers below the threshold are held back and lose nothing, so that the loss falls as the threshold rises. It says nothing about those that do go out.`,
      source: "Angelopoulos, Bates, Fisch, Lei & Schuster 2024.",
    },
    ...(parts
      ? [
          {
            id: "parts",
            title: "Which rows did what",
            text: `A random split (seed ${seed})${groups ? ` that keeps ${groups.column}s whole` : ""}: one part chooses thresholds to test, one certifies, one checks.`,
            source: "",
          },
        ]
      : []),
  ];
}
