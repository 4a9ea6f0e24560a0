import { parseHTML } from "linkedom";
import { type DrawOptions, drawChart } from "../draw/draw.js";
import type { ChartSpec } from "../spec.js";

export type { DrawOptions } from "../draw/draw.js";

/**
 * Draws a chart as the text of an SVG file, without a browser. The same spec and options give the same text.
 * @throws CredenceError "out-of-range" for a width outside 240 … 10 000.
 * @example
 * ```ts
 * import { reliabilityDiagram } from "@credence/plot";
 * import { renderSvg } from "@credence/plot/svg";
 * const points = [{ meanConfidence: 0.8, frequency: 0.6, n: 60 }];
 * renderSvg(reliabilityDiagram({ points })).startsWith("<svg"); // → true
 * ```
 */
export function renderSvg(spec: ChartSpec, options: DrawOptions = {}): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return drawChart(spec, document, options).outerHTML;
}
