import { describe, expect, it } from "vitest";
import { type Palette, palettes } from "./theme.js";

type Rgb = readonly number[];

const linear = (hex: string): Rgb =>
  [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });

/** Contrast ratio of WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) =>
    linear(hex).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Full dichromacy in linear RGB (Machado, Oliveira & Fernandes 2009, table 1, severity 1). */
const deficiencies: Record<string, readonly Rgb[]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIELAB distance (ΔE 1976) of two colours as seen with a deficiency. */
function distance(a: string, b: string, matrix: readonly Rgb[]): number {
  const lab = (hex: string) => {
    const rgb = linear(hex);
    const [r, g, bl] = matrix.map((row) => row.reduce((sum, m, i) => sum + m * rgb[i], 0));
    const xyz = [
      (0.4124 * r + 0.3576 * g + 0.1805 * bl) / 0.9505,
      0.2126 * r + 0.7152 * g + 0.0722 * bl,
      (0.0193 * r + 0.1192 * g + 0.9505 * bl) / 1.089,
    ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
    return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
  };
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

describe.each(Object.entries(palettes))("the %s palette", (_, palette) => {
  it("gives text 4.5 : 1 and marks 3 : 1 on the surface (WCAG AA)", () => {
    for (const role of ["ink", "muted", "estimate", "alarm", "second"] as const)
      expect(contrast(palette[role], palette.surface), role).toBeGreaterThan(4.5);
    expect(contrast(palette.reference, palette.surface)).toBeGreaterThan(3);
  });

  it.each(Object.entries(deficiencies))("keeps its series apart: %s", (_, matrix) => {
    const series = ["estimate", "alarm", "second"] as const;
    for (const a of series)
      for (const b of series)
        if (a < b) expect(distance(palette[a], palette[b], matrix), `${a}, ${b}`).toBeGreaterThan(20);
  });

  it("gives each role a colour of its own, since the style sheet tells roles by colour", () => {
    const colours = Object.values(palette as unknown as Record<keyof Palette, string>);
    expect(new Set(colours).size).toBe(colours.length);
  });
});
