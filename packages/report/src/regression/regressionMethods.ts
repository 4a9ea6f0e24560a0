import type { Method } from "../analysis/report.js";
import { formatPercent } from "../words/format.js";
import type { IntervalSource, RegressionReport } from "./regression.js";

const INTERVALS: Readonly<Record<IntervalSource, readonly [text: string, source: string]>> = {
  residuals: ["prediction ± the conformal quantile of |observed − predicted|", "Lei et al. 2018."],
  sd: [
    "prediction ± sd × the conformal quantile of |observed − predicted| / sd; before: ± the normal quantile × sd",
    "Papadopoulos et al. 2008; Lei et al. 2018.",
  ],
  quantiles: [
    "the predicted ends, both moved outwards (or inwards) by the conformal quantile of max(lower − observed, observed − upper); before: as they came, where the promise is the one they make. Ends that cross hold nothing; the score takes the point between",
    "Romano, Patterson & Candès 2019.",
  ],
};

/** The footnotes of a report on predictions of a number. */
export function regressionMethods(report: Omit<RegressionReport, "methods">): Method[] {
  const { options, groups, intervals, forecast, overTime, parts } = report;
  const level = formatPercent(options.level);
  const clusters = groups
    ? ` cluster-robust over ${groups.column}s,`
    : parts?.by === "time"
      ? " cluster-robust over blocks of about √n rows next to each other in time,"
      : "";
  const sources = [...new Set(intervals.map(({ source }) => source))];
  const method = (id: string, title: string, text: string, source: string): Method => ({
    id,
    title,
    text,
    source,
  });
  const found = [
    method("errors", "Errors", `Means over all rows;${clusters} ${level} intervals by the delta method.`, ""),
    ...sources.map((source) =>
      method(
        `intervals-${source}`,
        "Conformal intervals",
        `${INTERVALS[source][0][0].toUpperCase()}${INTERVALS[source][0].slice(1)}. The conformal quantile is the k-th smallest of n calibration scores, k = ⌈(n + 1) · coverage⌉${groups ? `, every ${groups.column} counting once; the coverages shown count rows, so that a large ${groups.column} weighs more in them` : ""}. Exact (Clopper–Pearson) intervals of coverages${clusters ? `,${clusters.slice(0, -1)}` : ""}.`,
        `${INTERVALS[source][1]} Vovk, Gammerman & Shafer 2005${groups ? "; Lee, Barber & Willett 2023 (groups)" : ""}.`,
      ),
    ),
    intervals.length > 0 &&
      method(
        "interval-score",
        "Interval score",
        "Width + 2/α × the distance of what came from the interval, α = 1 − coverage; small is good.",
        "Gneiting & Raftery 2007.",
      ),
    intervals.some(({ slices }) => slices.length > 0) &&
      method(
        "interval-slices",
        "Coverage by slice",
        "Exact (Clopper–Pearson) intervals at Šidák's level over all slices. A slice breaks the promise where its whole interval lies below it. Mondrian: a threshold from the slice's own calibration rows.",
        "Vovk et al. 2003 (Mondrian); Šidák 1967.",
      ),
    forecast &&
      method(
        "forecast",
        "Forecasts as distributions",
        `Each forecast is taken as normal with its sd. CRPS: the integral of the squared difference between its distribution function and the step at what came, in the unit of the data. PIT: the forecast's distribution function at what came, uniform for calibrated forecasts; bands where the bars would lie with probability ${level}, for each and for all at once. Quantile calibration: how often what came lies in the central p-interval; its band holds for all p together.`,
        "Gneiting & Raftery 2007; Dawid 1984; Kuleshov, Fenner & Ermon 2018.",
      ),
    overTime &&
      method(
        "over-time",
        "Over time",
        `Adaptive conformal inference: after each row the allowed rate of misses goes up by ${overTime.gamma} × its own target, and down by ${overTime.gamma} where the row was missed; thresholds are quantiles of the latest 1000 scores. Rows at one time are taken one after the other. Intervals of the coverages by the bootstrap of blocks of about ${overTime.block} rows next to each other.`,
        "Gibbs & Candès 2021; Künsch 1989 (blocks).",
      ),
    parts &&
      method(
        "parts",
        "Which rows did what",
        parts.by === "time"
          ? "The earlier half of the rows calibrates, the later half judges."
          : `A random split into halves (seed ${options.seed})${parts.by === "group" ? ` that keeps ${groups?.column}s whole` : ""}: one calibrates, the other judges.`,
        "",
      ),
  ];
  return found.filter((item): item is Method => typeof item === "object" && item !== null);
}
