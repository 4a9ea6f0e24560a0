import { documentMarkdown } from "../render/document/markdown.js";
import { documentTerminal } from "../render/document/terminal.js";
import { replaceInfinity } from "../render/json.js";
import type { FidelityReport } from "./fidelity.js";
import { fidelityDocument } from "./fidelityDocument.js";

/** As one JSON object; infinities become "Infinity" and "-Infinity". */
export const renderFidelityJson = (report: FidelityReport): string =>
  `${JSON.stringify(report, replaceInfinity, 2)}\n`;

/** As Markdown. */
export const renderFidelityMarkdown = (report: FidelityReport): string =>
  documentMarkdown(fidelityDocument(report));

/** As text for a terminal, the finding first; explanations are left to the other forms. */
export function renderFidelityTerminal(report: FidelityReport, { colour = false, width = 80 } = {}): string {
  const found = fidelityDocument(report, true);
  const sections = found.sections.map((section) => ({
    ...section,
    blocks: section.blocks.filter(({ kind }) => kind !== "text"),
  }));
  return documentTerminal({ ...found, sections }, width, colour);
}
