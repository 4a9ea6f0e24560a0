import * as Plot from "@observablehq/plot";
import { CredenceError, checkOneOf } from "credence/numeric";
import type { ChartSpec, Frame } from "../spec.js";
import { renameIds, roundCoordinates, svgElement } from "./element.js";
import { drawKey } from "./key.js";
import { cleanText, wrapText } from "./text.js";
import { autoStyle, palettes, type Theme } from "./theme.js";

/** How a chart is drawn. */
export interface DrawOptions {
  /** Width in pixels, at least 240; a chart stops at its own greatest width. Default 640. */
  width?: number;
  /** Default "auto": follows the page, or the system where the SVG stands alone. */
  theme?: Theme;
  /** Prefix of the ids inside; must differ between charts of one page. Default the chart's name. */
  id?: string;
  /** Draw title and subtitle (they are always there for screen readers). Default true. */
  heading?: boolean;
  /** Family names as in CSS. Default the system's own. */
  fontFamily?: string;
}

const systemFonts = 'system-ui, -apple-system, "Segoe UI", Roboto, Inter, sans-serif';

/** Draws a chart with the nodes of `document`: a browser's, or any other DOM. */
export function drawChart(
  spec: ChartSpec,
  document: Document,
  options: DrawOptions = {},
  live = false,
): SVGSVGElement {
  const { theme = "auto", id = spec.name, heading = true, fontFamily = systemFonts } = options;
  checkOneOf("drawChart", "theme", theme, ["light", "dark", "auto"]);
  const width = Math.min(checkWidth(options.width ?? 640), spec.maxWidth);
  const palette = palettes[theme === "dark" ? "dark" : "light"];
  const frame: Frame = { width, narrow: width < 480, palette, live };

  const root = svgElement(document.createElement("div"), "svg", {
    xmlns: "http://www.w3.org/2000/svg",
    class: "credence-chart",
    role: "img",
    "aria-labelledby": `${id}-title ${id}-desc`,
    width,
    style: `max-width:100%;height:auto${theme === "auto" ? "" : `;--plot-background:${palette.surface}`}`,
    color: palette.ink,
    fill: palette.ink,
    "font-family": fontFamily,
  }) as SVGSVGElement;
  svgElement(root, "title", { id: `${id}-title` }, cleanText(spec.title));
  svgElement(root, "desc", { id: `${id}-desc` }, cleanText(spec.description));
  if (theme === "auto") svgElement(root, "style", {}, autoStyle);

  let y = 0;
  const lines = (text: string, size: number, attributes: Record<string, string>): void => {
    for (const line of wrapText(text, width, size, "font-weight" in attributes)) {
      svgElement(root, "text", { y: y + size, "font-size": size, ...attributes }, line);
      y += Math.round(size * 1.4);
    }
  };
  if (heading) {
    lines(spec.title, 15, { "font-weight": "600" });
    if (spec.subtitle) lines(spec.subtitle, 12.5, { fill: palette.muted });
    y += 4;
  }
  y += drawKey(root, spec.key, palette, width, y) + 6;
  for (const [index, figure] of spec.figures(frame).entries()) {
    const svg = Plot.plot({
      document,
      className: "credence-plot",
      width,
      axis: null,
      ...figure,
    }) as SVGSVGElement;
    svg.querySelector("style")?.remove();
    for (const name of ["class", "fill", "font-family"]) svg.removeAttribute(name);
    svg.setAttribute("font-size", "12");
    svg.setAttribute("y", String(y));
    svg.setAttribute("overflow", "visible");
    renameIds(svg, `${id}-${index + 1}`);
    root.appendChild(svg);
    y += figure.height;
  }
  root.setAttribute("height", String(y));
  root.setAttribute("viewBox", `0 0 ${width} ${y}`);
  roundCoordinates(root);
  root.remove();
  return root;
}

function checkWidth(width: number): number {
  if (!(width >= 240 && width <= 10_000))
    throw new CredenceError(
      "out-of-range",
      { function: "drawChart", argument: "width", value: width },
      "must be a number of pixels from 240 to 10 000.",
    );
  return width;
}
