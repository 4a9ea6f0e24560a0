import type { KeyEntry } from "../spec.js";
import { svgElement } from "./element.js";
import { textWidth } from "./text.js";
import type { Palette } from "./theme.js";

const swatch = 18;
const gap = 14;
const lineHeight = 18;

/** Draws the key as running entries that wrap at `width`; the height it took is returned. */
export function drawKey(
  parent: SVGElement,
  entries: readonly KeyEntry[],
  palette: Palette,
  width: number,
  top: number,
): number {
  if (entries.length === 0) return 0;
  let x = 0;
  let y = top + lineHeight / 2;
  for (const { mark, role, opacity = 1, label } of entries) {
    const wide = swatch + 6 + textWidth(label, 12);
    if (x > 0 && x + wide > width) {
      x = 0;
      y += lineHeight;
    }
    const group = svgElement(parent, "g", { transform: `translate(${x},${y})` });
    const colour = palette[role];
    if (mark === "dot") svgElement(group, "circle", { cx: swatch / 2, r: 4, fill: colour, opacity });
    else if (mark === "band")
      svgElement(group, "rect", { y: -6, width: swatch, height: 12, fill: colour, opacity });
    else if (mark === "bar")
      svgElement(group, "rect", { x: 3, y: -6, width: 12, height: 12, fill: colour, opacity });
    else
      svgElement(group, "path", {
        d: `M0,0H${swatch}`,
        stroke: colour,
        "stroke-width": mark === "line" ? 2 : 1.5,
        ...(mark === "dash" && { "stroke-dasharray": "4 3" }),
        opacity,
      });
    svgElement(group, "text", { x: swatch + 6, y: "0.32em", "font-size": 12, fill: palette.muted }, label);
    x += wide + gap;
  }
  return y + lineHeight / 2 - top;
}
