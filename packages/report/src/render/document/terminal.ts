import type { Block, DocumentSection, ReportDocument, TableBlock } from "../../document/document.js";
import { createPaint, type Paint } from "../paint.js";
import { alarms, clip, headline, notes } from "../terminalParts.js";
import { wrap } from "../wrap.js";

const MOST_ROWS = 8;

/** A report of sections as text for a terminal: the verdict first. */
export function documentTerminal(report: ReportDocument, width: number, colour: boolean): string {
  const paint = createPaint(colour);
  const { verdict, source, warnings, sections, guesses } = report;
  const lines = [
    "",
    ...headline(report, paint, width),
    ...wrap(source, width - 2).map((line) => paint.muted(`  ${line}`)),
    ...alarms(report, paint, width),
    "",
    ...verdict.answers.flatMap(({ question, answer }) => [
      `  ${paint.strong(question)}`,
      ...wrap(answer, width - 6).map((line) => `    ${line}`),
    ]),
    ...sections.flatMap((section) => sectionTerminal(section, paint, width)),
    ...notes({ warnings, origin: { guesses } }, paint, width),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** A section as lines of a terminal; charts are left out. */
export function sectionTerminal({ title, blocks }: DocumentSection, paint: Paint, width: number): string[] {
  const lines = blocks.flatMap((block) => blockTerminal(block, paint, width));
  return lines.length > 0 ? ["", `  ${paint.strong(title)}`, ...lines] : [];
}

function blockTerminal(block: Block, paint: Paint, width: number): string[] {
  if (block.kind === "text") return wrap(block.text, width - 4).map((line) => `  ${line}`);
  return block.kind === "table" ? tableLines(block, paint, width) : [];
}

/** Columns side by side; the first, which may hold names of any length, gives way where the rest is too wide. */
function tableLines(
  { caption, columns, rows, terminalRows = MOST_ROWS }: TableBlock,
  paint: Paint,
  width: number,
): string[] {
  if (terminalRows === 0 || rows.length === 0) return [];
  const shown = rows.slice(0, terminalRows);
  const heads = columns.map(({ head }) => head);
  const widths = heads.map((head, c) => Math.max(head.length, ...shown.map((row) => row[c].length)));
  const others = widths.slice(1).reduce((sum, w) => sum + w + 2, 2);
  widths[0] = Math.min(widths[0], Math.max(8, width - others));
  // Where even that is too wide, a row takes several lines.
  if (widths[0] + others > width) return listLines(caption, heads, shown, paint, width);
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, c) =>
        c === 0
          ? clip(cell, widths[0]).padEnd(widths[0])
          : columns[c].number
            ? cell.padStart(widths[c])
            : cell.padEnd(widths[c]),
      )
      .join("  ")}`;
  return [
    ...wrap(caption, width - 4).map((words) => paint.muted(`  ${words}`)),
    paint.muted(line(heads)),
    ...shown.map(line),
    ...more(rows.length - shown.length, paint),
  ];
}

function listLines(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width: number,
): string[] {
  return [
    ...wrap(caption, width - 4).map((words) => paint.muted(`  ${words}`)),
    ...rows.flatMap(([name, ...cells]) => [
      `  ${clip(name, width - 4)}`,
      ...cells.flatMap((cell, c) =>
        cell === "" ? [] : wrap(`${heads[c + 1]}: ${cell}`, width - 6).map((words) => `    ${words}`),
      ),
    ]),
  ];
}

const more = (count: number, paint: Paint): string[] =>
  count > 0 ? [paint.muted(`  … and ${count} more`)] : [];
