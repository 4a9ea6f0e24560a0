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
function tableLines(block: TableBlock, paint: Paint, width: number): string[] {
  const { caption, terminalRows = MOST_ROWS } = block;
  const at = block.columns.flatMap(({ terminal }, c) => (terminal === false ? [] : [c]));
  const columns = at.map((c) => block.columns[c]);
  const rows = block.rows.slice(0, terminalRows).map((row) => at.map((c) => row[c]));
  if (rows.length === 0) return [];
  const heads = columns.map(({ head }) => head);
  const widths = heads.map((head, c) => Math.max(head.length, ...rows.map((row) => row[c].length)));
  const others = widths.slice(1).reduce((sum, w) => sum + w + 2, 2);
  widths[0] = Math.min(widths[0], Math.max(8, width - others));
  const pad = (cell: string, c: number) => {
    if (c === 0) return clip(cell, widths[0]).padEnd(widths[0]);
    return columns[c].number ? cell.padStart(widths[c]) : cell.padEnd(widths[c]);
  };
  const line = (cells: readonly string[]) => `  ${cells.map(pad).join("  ")}`;
  const lines =
    widths[0] + others > width
      ? listLines(heads, rows, width)
      : [paint.muted(line(heads)), ...rows.map(line)];
  const left = block.rows.length - rows.length;
  return [
    ...wrap(caption, width - 4).map((words) => paint.muted(`  ${words}`)),
    ...lines,
    ...(left > 0 ? [paint.muted(`  … and ${left} more`)] : []),
  ];
}

/** Where columns do not fit side by side, a row takes several lines. */
function listLines(heads: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  return rows.flatMap(([name, ...cells]) => [
    `  ${clip(name, width - 4)}`,
    ...cells.flatMap((cell, c) =>
      cell === "" ? [] : wrap(`${heads[c + 1]}: ${cell}`, width - 6).map((words) => `    ${words}`),
    ),
  ]);
}
