import * as Plot from "@observablehq/plot";
import { truncateText } from "../draw/text.js";
import type { Figure, Frame, KeyEntry } from "../spec.js";
import { pointerGround, shortTick, unitTicks, yAxis } from "./axes.js";
import { formatInterval, formatNumber, formatPercent, formatPlural } from "./format.js";
import { bandOf, isOutside, type ReliabilityBin, type ReliabilityData } from "./reliabilityData.js";
import { type ReliabilityPanel, reliabilityHistogram } from "./reliabilityHistogram.js";
import { thinPoints } from "./thin.js";

/** Explains the marks of the curves shown. */
export function reliabilityKey(curves: readonly ReliabilityData[]): KeyEntry[] {
  const points = curves.flatMap((curve) => curve.points);
  const level = formatPercent(curves[0].level ?? 0.95);
  const key: KeyEntry[] = [{ mark: "dot", role: "estimate", label: "bin" }];
  if (points.some(isOutside)) key.push({ mark: "dot", role: "alarm", label: "bin outside the band" });
  if (curves.some((curve) => curve.isotonic?.length))
    key.push({ mark: "line", role: "second", label: "isotonic fit" });
  key.push({ mark: "dash", role: "reference", label: "calibrated" });
  if (points.some((p) => p.pointwise))
    key.push({ mark: "band", role: "reference", opacity: 0.5, label: `${level} band, each bin` });
  if (points.some((p) => p.simultaneous))
    key.push({ mark: "band", role: "reference", opacity: 0.22, label: `${level} band, all bins` });
  if (curves.every(({ histogram }) => !histogram || histogram.positives))
    key.push(
      { mark: "bar", role: "estimate", label: "came true" },
      { mark: "bar", role: "estimate", opacity: 0.35, label: "did not" },
    );
  return key;
}

/** The square diagram and, below on the same axis, the confidences; one column for each panel. */
export function reliabilityFigures(panels: readonly ReliabilityPanel[], frame: Frame): Figure[] {
  const { width, palette } = frame;
  const marginLeft = 44;
  const marginRight = 12;
  const columns = panels.length;
  const gap = frame.narrow ? 0.16 : 0.1;
  const side = ((width - marginLeft - marginRight) * (columns === 1 ? 1 : 1 - gap)) / columns;
  const ticks = unitTicks(side);
  const marginTop = columns === 1 ? 28 : 50;
  const facet = columns > 1 ? { fx: "panel" } : {};
  const points = panels.flatMap(({ panel, data }) =>
    [...data.points]
      .sort((a, b) => a.meanConfidence - b.meanConfidence)
      .map((point) => ({ panel, ...point })),
  );
  const most = Math.max(...points.map((p) => p.n));
  const shared = {
    marginLeft,
    marginRight,
    x: { domain: [0, 1] },
    ...(columns > 1 && { fx: { domain: panels.map(({ panel }) => panel), padding: gap } }),
  };
  const band = (name: "pointwise" | "simultaneous", opacity: number): Plot.Markish[] => {
    const rows = points.flatMap((p) => {
      const at = p[name];
      return at
        ? [{ panel: p.panel, x: p.meanConfidence, low: Math.max(0, at[0]), high: Math.min(1, at[1]) }]
        : [];
    });
    return rows.length === 0
      ? []
      : [
          Plot.areaY(rows, {
            x: "x",
            y1: "low",
            y2: "high",
            fill: palette.reference,
            fillOpacity: opacity,
            ...facet,
          }),
        ];
  };
  const isotonic = panels.flatMap(({ panel, data: { isotonic = [] } }) => {
    const ends = isotonic.flatMap(({ from, to, frequency }) => [
      { x: from, frequency },
      { x: to, frequency },
    ]);
    return thinPoints(
      ends,
      (p) => p.x,
      (p) => p.frequency,
    ).map((p) => ({ panel, ...p }));
  });
  const diagram: Figure = {
    ...shared,
    height: Math.round(side) + marginTop + 8,
    marginTop,
    marginBottom: 8,
    y: { domain: [0, 1] },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, {
        label: columns > 1 ? "↑ Frequency" : "↑ Observed frequency",
        ticks,
        format: shortTick,
      }),
      Plot.gridX({ stroke: palette.grid, strokeOpacity: 1, ticks }),
      ...(columns > 1
        ? [
            Plot.axisFx({
              anchor: "top",
              label: null,
              color: palette.ink,
              fontSize: 12.5,
              tickFormat: (panel: string) => truncateText(panel, side, 12.5),
            }),
          ]
        : []),
      ...band("simultaneous", 0.22),
      ...band("pointwise", 0.28),
      Plot.line(
        panels.flatMap(({ panel }) => [0, 1].map((at) => ({ panel, at }))),
        {
          x: "at",
          y: "at",
          z: "panel",
          stroke: palette.reference,
          strokeWidth: 1.25,
          strokeDasharray: "4 3",
          ...facet,
        },
      ),
      ...(isotonic.length > 0
        ? [
            Plot.line(isotonic, {
              x: "x",
              y: "frequency",
              z: "panel",
              stroke: palette.second,
              strokeWidth: 2,
              ...facet,
            }),
          ]
        : []),
      ...(points.some(bandOf)
        ? []
        : [
            Plot.ruleX(
              points.flatMap(({ interval, ...p }) =>
                interval ? [{ ...p, low: interval[0], high: interval[1] }] : [],
              ),
              {
                x: "meanConfidence",
                y1: "low",
                y2: "high",
                stroke: palette.estimate,
                strokeOpacity: 0.6,
                ...facet,
              },
            ),
          ]),
      Plot.dot(points, {
        x: "meanConfidence",
        y: "frequency",
        r: (p) => (side < 200 ? 0.7 : 1) * (2.5 + 3 * Math.sqrt(p.n / most)),
        fill: (p) => (isOutside(p) ? palette.alarm : palette.estimate),
        stroke: palette.surface,
        strokeWidth: 1.25,
        title: (p) => describe(p),
        tip: frame.live,
        ...facet,
      }),
    ],
    r: { type: "identity" },
  };
  return [diagram, reliabilityHistogram(panels, frame, shared, facet, ticks)];
}

function describe(p: ReliabilityBin & { panel: string }): string {
  const lines = [
    `confidence ${formatNumber(p.meanConfidence, 3)}`,
    `frequency ${formatNumber(p.frequency, 3)}`,
    formatPlural(p.n, "row"),
  ];
  const band = bandOf(p);
  if (p.interval) lines.push(`interval ${formatInterval(p.interval, (x) => formatNumber(x, 3))}`);
  if (band) lines.push(`if calibrated: ${formatNumber(band[0], 3)} to ${formatNumber(band[1], 3)}`);
  return lines.join("\n");
}
