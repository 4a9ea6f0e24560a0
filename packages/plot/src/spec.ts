import type { PlotOptions } from "@observablehq/plot";
import type { Palette } from "./draw/theme.js";

/** What a chart knows when it is laid out. */
export interface Frame {
  /** Width of the drawing in pixels. */
  readonly width: number;
  /** Less than 480 pixels: a phone, or a column of a page. */
  readonly narrow: boolean;
  /** The colours, by role. */
  readonly palette: Palette;
  /** In a browser: marks answer to the pointer. */
  readonly live: boolean;
}

/** One entry of the key: how something is drawn, and what it means. */
export interface KeyEntry {
  readonly mark: "dot" | "line" | "dash" | "band" | "bar";
  readonly role: keyof Palette;
  /** Opacity of the mark, in (0, 1]. Default 1. */
  readonly opacity?: number;
  readonly label: string;
}

/**
 * A chart as data: what it says in words, and the Observable Plot figures that show it, top to bottom. The same spec is
 * drawn in a browser (`@credence/plot/browser`), as SVG on a server (`/svg`) and as PNG (`/png`).
 */
export interface ChartSpec {
  /** Kind of chart, e.g. "reliability-diagram": the default id of the drawing. */
  readonly name: string;
  /** What is shown, in a few words. */
  readonly title: string;
  /** The finding in numbers; null for none. */
  readonly subtitle: string | null;
  /** A sentence with the numbers, for whoever cannot see the chart. */
  readonly description: string;
  /** Explains the marks that carry no label of their own. */
  readonly key: readonly KeyEntry[];
  /** The chart is never drawn wider than this, in pixels. */
  readonly maxWidth: number;
  /** The figures, top to bottom; each states its height. */
  readonly figures: (frame: Frame) => readonly Figure[];
}

/** Options of Observable Plot, with a height. */
export type Figure = PlotOptions & { readonly height: number };

/** What every chart function accepts. */
export interface ChartOptions {
  /** Replaces the chart's own title. */
  title?: string;
  /** Replaces the chart's own subtitle; null for none. */
  subtitle?: string | null;
}
