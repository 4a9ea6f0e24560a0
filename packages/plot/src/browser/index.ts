import { type DrawOptions, drawChart } from "../draw/draw.js";
import type { ChartSpec } from "../spec.js";

export type { DrawOptions } from "../draw/draw.js";

/** A chart that lives in a page. */
export interface MountedChart {
  /** Shows another chart, or the same with new data. */
  update(spec: ChartSpec): void;
  /** Takes the chart out of the page and stops watching. */
  remove(): void;
}

/**
 * Draws a chart into `element`, as wide as the element allows; it answers to the pointer, is drawn anew when the width
 * changes, and its colours follow the page's colour scheme.
 * @param options As for SVG, but the width is the element's.
 */
export function mountChart(
  element: Element,
  spec: ChartSpec,
  options: Omit<DrawOptions, "width"> = {},
): MountedChart {
  let shown = spec;
  let width = 0;
  let drawing: SVGSVGElement | undefined;
  const draw = (): void => {
    const next = drawChart(shown, element.ownerDocument, { ...options, width }, true);
    if (drawing) drawing.replaceWith(next);
    else element.append(next);
    drawing = next;
  };
  const observer = new ResizeObserver(([entry]) => {
    const wide = Math.max(240, Math.floor(entry.contentRect.width));
    if (wide === width) return;
    width = wide;
    draw();
  });
  observer.observe(element);
  return {
    update(next) {
      shown = next;
      if (width > 0) draw();
    },
    remove() {
      observer.disconnect();
      drawing?.remove();
    },
  };
}
