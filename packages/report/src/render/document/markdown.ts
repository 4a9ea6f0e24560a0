import type { Block, DocumentSection, ReportDocument } from "../../document/document.js";
import { escapeMarkdown, table } from "../markdownText.js";

/** A report of sections as Markdown. */
export function documentMarkdown(report: ReportDocument): string {
  const { verdict, source, warnings, sections, methods, guesses } = report;
  const parts = [
    `# ${escapeMarkdown(verdict.headline)}`,
    escapeMarkdown(source),
    ...warnings.map(
      ({ severity, message }) =>
        `> **${severity === "alarm" ? "Warning" : "Note"}.** ${escapeMarkdown(message)}`,
    ),
    ...verdict.answers.map(({ question, answer }) => `**${question}** ${escapeMarkdown(answer)}`),
    ...sections.flatMap(sectionMarkdown),
    ...(guesses.length > 0 ? ["## What was guessed", ...guesses.map(escapeMarkdown)] : []),
    "## Methods",
    methods
      .map(
        ({ title, text, source: from }) =>
          `- **${title}.** ${escapeMarkdown(text)}${from ? ` *${escapeMarkdown(from)}*` : ""}`,
      )
      .join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A section as Markdown, block by block; charts are left out. */
export const sectionMarkdown = ({ title, blocks }: DocumentSection): string[] => [
  `## ${escapeMarkdown(title)}`,
  ...blocks.flatMap(blockMarkdown),
];

function blockMarkdown(block: Block): string[] {
  if (block.kind === "text") return [escapeMarkdown(block.text)];
  if (block.kind === "chart") return [];
  return [
    escapeMarkdown(block.caption),
    table(
      block.columns.map(({ head }) => head),
      block.rows,
    ),
  ];
}
