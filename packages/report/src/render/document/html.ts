import {
  type ChartSpec,
  coverageByGroupChart,
  forestPlot,
  intervalFanChart,
  pitHistogramChart,
  precisionRecallChart,
  quantileCalibrationChart,
  riskControlChart,
  setSizeChart,
  varianceBarsChart,
} from "@credence/plot";
import type { Block, ChartBlock, DocumentSection, ReportDocument } from "../../document/document.js";
import { chart } from "../html/chart.js";
import { type Html, html } from "../html/escape.js";
import { footnotes } from "../html/footnote.js";
import type { Note, Section } from "../html/sections.js";
import { methodsSection, renderShell } from "../html/shell.js";
import { table } from "../html/table.js";

/** A report of sections as one self-contained HTML page. */
export function documentHtml(report: ReportDocument): string {
  const { tiles, sections, methods, guesses } = report;
  const note = footnotes(methods);
  const read: Section[] =
    guesses.length > 0
      ? [
          {
            id: "guesses",
            title: "What was guessed",
            body: html`${guesses.map((guess) => html`<p>${guess}</p>`)}`,
          },
        ]
      : [];
  return renderShell({
    ...report,
    tiles: html`<dl class="tiles">
${tiles.map(
  ({
    name,
    big,
    small,
  }) => html`<div><dt>${name}</dt><dd class="big">${big}</dd><dd class="small">${small}</dd></div>
`,
)}</dl>`,
    sections: [...sections.map((section) => sectionHtml(section, note)), ...read, methodsSection(methods)],
  });
}

/** A section of a document as a section of the page. */
export function sectionHtml({ id, title, blocks }: DocumentSection, note: Note): Section {
  return {
    id,
    title,
    body: html`${blocks.map(
      (block) => html`${blockHtml(block, note)}
`,
    )}`,
  };
}

function blockHtml(block: Block, note: Note): Html {
  switch (block.kind) {
    case "text":
      return html`<p>${block.text}${block.method !== undefined && note(block.method)}</p>`;
    case "table":
      return table(
        block.caption,
        // Words after the first column need room of their own.
        block.columns.map(({ head, number = false }, c) => ({ head, number, quiet: !number && c > 0 })),
        block.rows,
      );
    default:
      return chart(block.id, specOf(block));
  }
}

function specOf({ chart: { name, data }, options }: ChartBlock): ChartSpec {
  const draw = {
    coverageByGroup: coverageByGroupChart,
    forest: forestPlot,
    intervalFan: intervalFanChart,
    pitHistogram: pitHistogramChart,
    precisionRecall: precisionRecallChart,
    quantileCalibration: quantileCalibrationChart,
    riskControl: riskControlChart,
    setSize: setSizeChart,
    varianceBars: varianceBarsChart,
  }[name] as (data: unknown, options?: unknown) => ChartSpec;
  return draw(data, options);
}
