import type { Estimate } from "credence/estimate";
import type { Classes } from "../analysis/report.js";
import { formatInterval, formatNumber, formatShare } from "./format.js";

/** What the table of class metrics holds, line by line: name, value, interval, meaning. */
export function classRows({ topLabel, classwise, topK, brier, logLoss, count }: Classes): string[][] {
  const row = (name: string, estimate: Estimate, write: (value: number) => string, meaning: string) => [
    name,
    write(estimate.value),
    formatInterval(estimate, write),
    meaning,
  ];
  const three = (value: number) => formatNumber(value, 3);
  return [
    row("Top label", topLabel, formatShare, "calibration error of the likeliest class"),
    row("Classwise", classwise, formatShare, "calibration error of every class's probability, on average"),
    ...topK.map(({ k, error }) =>
      row(`Top ${k}`, error, formatShare, `calibration error of the ${k} likeliest classes together`),
    ),
    row("Brier score", brier, three, "summed over classes: 0 is perfect, 2 the worst"),
    row("Log loss", logLoss, three, `nats; 0 is perfect, ${three(Math.log(count))} knows nothing`),
  ];
}
