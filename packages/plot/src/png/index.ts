import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import type { DrawOptions } from "../draw/draw.js";
import { palettes } from "../draw/theme.js";
import type { ChartSpec } from "../spec.js";
import { renderSvg } from "../svg/index.js";

/** How a PNG is drawn. */
export interface PngOptions extends Omit<DrawOptions, "theme" | "id" | "fontFamily"> {
  /** Default "light". */
  theme?: "light" | "dark";
  /** Pixels of the image per pixel of the chart. Default 2. */
  scale?: number;
  /** White space around the chart, in pixels of the chart. Default 16. */
  padding?: number;
  /** TTF or OTF files to fall back on for scripts that Inter lacks (it has Latin, Greek and Cyrillic). */
  fontFiles?: readonly string[];
}

const fontFile = (name: string): string => fileURLToPath(new URL(`../../fonts/${name}.ttf`, import.meta.url));

/**
 * Draws a chart as a PNG file. The typeface (Inter, SIL Open Font License) comes with this package and the system's
 * fonts are not looked at, so that every machine draws the same pixels.
 * @returns The bytes of the file.
 * @throws CredenceError "out-of-range" for a width outside 240 … 10 000.
 */
export function renderPng(spec: ChartSpec, options: PngOptions = {}): Uint8Array {
  const { theme = "light", scale = 2, padding = 16, fontFiles = [], ...rest } = options;
  const svg = renderSvg(spec, { ...rest, theme, fontFamily: "Inter" });
  const [width, height] = svg
    .match(/ viewBox="0 0 (\S+) (\S+)"/)!
    .slice(1)
    .map((size) => Number(size) + 2 * padding);
  const padded = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-padding} ${-padding} ${width} ${height}">${svg}</svg>`;
  return new Resvg(padded, {
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile("Inter-Regular"), fontFile("Inter-SemiBold"), ...fontFiles],
      defaultFontFamily: "Inter",
    },
    fitTo: { mode: "zoom", value: scale },
    background: palettes[theme].surface,
  })
    .render()
    .asPng();
}
