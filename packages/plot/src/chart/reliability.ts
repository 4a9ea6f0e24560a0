import type { ChartOptions, ChartSpec } from "../spec.js";
import { formatCount, formatNumber, formatPercent, formatPlural } from "./format.js";
import { checkReliability, type ReliabilityData, summarise } from "./reliabilityData.js";
import { reliabilityFigures, reliabilityKey } from "./reliabilityFigures.js";

/**
 * The reliability diagram: observed frequency against confidence, with the band in which the points would lie if the
 * model were calibrated, the isotonic (CORP) curve, and the distribution of the confidences below on the same axis.
 * @param data A reliability curve as `credence/calibration` makes it, or points of your own.
 * @throws CredenceError "empty-input" without points, "not-a-probability" outside [0, 1], "not-finite" for NaN.
 * @example
 * ```ts
 * import { reliabilityDiagram } from "@credence/plot";
 * const points = [
 *   { meanConfidence: 0.2, frequency: 0.25, n: 40 },
 *   { meanConfidence: 0.8, frequency: 0.6, n: 60 },
 * ];
 * reliabilityDiagram({ points }).subtitle; // → "Mean confidence 0.56, observed frequency 0.46"
 * ```
 */
export function reliabilityDiagram(data: ReliabilityData, options: ChartOptions = {}): ChartSpec {
  checkReliability("reliabilityDiagram", "data", data);
  const { n, confidence, frequency, outside, level } = summarise(data);
  const means = `Mean confidence ${formatNumber(confidence)}, observed frequency ${formatNumber(frequency)}`;
  const band =
    outside &&
    `${outside.length} of ${formatPlural(data.points.length, "bin")} outside the ${formatPercent(level)} band`;
  const { title = "Reliability", subtitle = [means, band].filter(Boolean).join("; ") } = options;
  return {
    name: "reliability-diagram",
    title,
    subtitle,
    description: [
      `Reliability diagram of ${formatPlural(n, "row")} in ${formatPlural(data.points.length, "bin")}.`,
      `${means}.`,
      ...(outside?.length
        ? [
            `${capital(band as string)}, at confidence ${outside.map((p) => formatNumber(p.meanConfidence)).join(", ")}.`,
          ]
        : band
          ? [`${capital(band)}.`]
          : []),
      `Confidence, observed frequency and count by bin: ${data.points
        .map((p) => `${formatNumber(p.meanConfidence)} ${formatNumber(p.frequency)} (${formatCount(p.n)})`)
        .join("; ")}.`,
    ].join(" "),
    key: reliabilityKey([data]),
    maxWidth: 560,
    figures: (frame) => reliabilityFigures([{ panel: "", data }], frame),
  };
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
