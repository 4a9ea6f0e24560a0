import { REPORT_SCHEMA, type Report } from "../../analysis/report.js";
import { type AnyReport, documentOf } from "../../anyReport.js";
import { setsSection } from "../../sets/setsSection.js";
import { sourceLine } from "../../words/sourceLine.js";
import { documentHtml, sectionHtml } from "../document/html.js";
import { decisionSection } from "./decisionSection.js";
import { footnotes } from "./footnote.js";
import { multicalibrationSection } from "./multicalibrationSection.js";
import {
  classesSection,
  contrastSection,
  type Note,
  recalibrationSection,
  reliabilitySection,
  rowsSection,
  type Section,
  slicesSection,
  thresholdSection,
  tiles,
} from "./sections.js";
import { methodsSection, renderShell } from "./shell.js";

/** The report as one self-contained HTML page. */
export function renderHtml(report: AnyReport): string {
  if (report.schema !== REPORT_SCHEMA) return documentHtml(documentOf(report));
  const { verdict, warnings, methods, schema } = report;
  const note = footnotes(methods);
  const sections = [
    reliabilitySection(report, note),
    classesSection(report, note),
    setsPart(report, note),
    slicesSection(report, note),
    multicalibrationSection(report, note),
    recalibrationSection(report, note),
    thresholdSection(report, note),
    decisionSection(report, note),
    contrastSection(report, note),
    rowsSection(report, note),
    methodsSection(methods),
  ].filter((section): section is Section => section !== null);
  return renderShell({
    schema,
    verdict,
    warnings,
    source: sourceLine(report),
    tiles: tiles(report),
    sections,
    level: report.options.level,
  });
}

function setsPart(report: Report, note: Note): Section | null {
  const section = setsSection(report);
  return section && sectionHtml(section, note);
}
