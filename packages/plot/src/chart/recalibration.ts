import type { ChartOptions, ChartSpec } from "../spec.js";
import { formatNumber, formatPlural } from "./format.js";
import { checkReliability, type ReliabilityData, summarise } from "./reliabilityData.js";
import { reliabilityFigures, reliabilityKey } from "./reliabilityFigures.js";

/** Two reliability curves of the same rows. */
export interface RecalibrationData {
  readonly before: ReliabilityData;
  readonly after: ReliabilityData;
  /** Headings of the two panels. Default "Before" and "After". */
  readonly labels?: readonly [string, string];
}

/**
 * Reliability before and after recalibration, side by side on equal axes.
 * @throws CredenceError as `reliabilityDiagram`.
 * @example
 * ```ts
 * import { recalibrationDiagram } from "@credence/plot";
 * const before = { points: [{ meanConfidence: 0.9, frequency: 0.6, n: 50 }] };
 * const after = { points: [{ meanConfidence: 0.62, frequency: 0.6, n: 50 }] };
 * recalibrationDiagram({ before, after }).subtitle; // → "Mean confidence 0.90, then 0.62; observed frequency 0.60"
 * ```
 */
export function recalibrationDiagram(data: RecalibrationData, options: ChartOptions = {}): ChartSpec {
  const fn = "recalibrationDiagram";
  const { before, after, labels = ["Before", "After"] } = data;
  checkReliability(fn, "data.before", before);
  checkReliability(fn, "data.after", after);
  const [was, is] = [summarise(before), summarise(after)];
  const means = `Mean confidence ${formatNumber(was.confidence)}, then ${formatNumber(is.confidence)}; observed frequency ${formatNumber(is.frequency)}`;
  const { title = "Before and after recalibration", subtitle = means } = options;
  const bins = [was, is].flatMap(({ outside }, i) => {
    const of = [before, after][i].points.length;
    return outside ? [`${labels[i]}: ${outside.length} of ${formatPlural(of, "bin")} outside the band.`] : [];
  });
  return {
    name: "recalibration-diagram",
    title,
    subtitle,
    description: [`Two reliability diagrams of ${formatPlural(is.n, "row")}.`, `${means}.`, ...bins].join(
      " ",
    ),
    key: reliabilityKey([before, after]),
    maxWidth: 840,
    figures: (frame) =>
      reliabilityFigures(
        [
          { panel: labels[0], data: before },
          { panel: labels[1], data: after },
        ],
        frame,
      ),
  };
}
