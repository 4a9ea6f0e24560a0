/** "auto" follows the reader: the page's colour scheme, or the system's where the SVG stands alone. */
export type Theme = "light" | "dark" | "auto";

/** What a colour is for. Charts ask for a role, never for a colour. */
export interface Palette {
  /** Titles and values. */
  readonly ink: string;
  /** Axes, captions and everything second in rank. */
  readonly muted: string;
  /** Grid lines: seen, not read. */
  readonly grid: string;
  /** What lies behind; text is haloed with it. */
  readonly surface: string;
  /** The estimate that the chart is about. */
  readonly estimate: string;
  /** What contradicts it or must be noticed. */
  readonly alarm: string;
  /** A second series, and what is certified. */
  readonly second: string;
  /** Diagonals, targets and other lines to compare with. */
  readonly reference: string;
}

/** Every pair is told apart under protanopia, deuteranopia and tritanopia; text roles keep 4.5 : 1 on the surface, marks 3 : 1. */
export const palettes: { readonly light: Palette; readonly dark: Palette } = {
  light: {
    ink: "#1b2129",
    muted: "#57616d",
    grid: "#e4e8ec",
    surface: "#fefefe",
    estimate: "#1a5fb4",
    alarm: "#b4430b",
    second: "#115743",
    reference: "#737d89",
  },
  dark: {
    ink: "#e8ebef",
    muted: "#a4adb8",
    grid: "#2c323a",
    surface: "#14171c",
    estimate: "#74b3f7",
    alarm: "#f49355",
    second: "#35d6bf",
    reference: "#8b95a1",
  },
};

const follow = (role: keyof Palette): string =>
  `var(--credence-${role},light-dark(${palettes.light[role]},${palettes.dark[role]}))`;

/**
 * The style sheet inside an SVG of theme "auto". The attributes hold the light colours, so that a renderer without CSS
 * shows those; a browser maps each to its dark twin by `light-dark()`, which follows the page's `color-scheme`.
 * A page may set `--credence-ink`, `--credence-surface` and so on.
 */
export const autoStyle: string = [
  "svg.credence-chart:root{color-scheme:light dark}",
  "@media print{svg.credence-chart{color-scheme:light}}",
  `.credence-chart{--plot-background:${palettes.light.surface}}`,
  "@supports (color:light-dark(#000,#fff)){",
  `.credence-chart{color:${follow("ink")};fill:${follow("ink")};--plot-background:${follow("surface")}}`,
  ...(Object.keys(palettes.light) as (keyof Palette)[]).flatMap((role) =>
    ["fill", "stroke"].map(
      (paint) => `.credence-chart [${paint}="${palettes.light[role]}"]{${paint}:${follow(role)}}`,
    ),
  ),
  "}",
].join("\n");
