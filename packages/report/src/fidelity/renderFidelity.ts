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

/** As text for a terminal, the finding first. */
export const renderFidelityTerminal = (report: FidelityReport, { colour = false, width = 80 } = {}): string =>
  documentTerminal(fidelityDocument(report), width, colour);
