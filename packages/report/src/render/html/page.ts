import type { Report } from "../../analysis/report.js";
import { formatPercent } from "../../words/format.js";
import { sourceLine } from "../../words/sourceLine.js";
import { type Html, html, trusted } from "./escape.js";
import { footnotes } from "./footnote.js";
import {
  classesSection,
  contrastSection,
  recalibrationSection,
  reliabilitySection,
  rowsSection,
  type Section,
  slicesSection,
  thresholdSection,
  tiles,
} from "./sections.js";
import { style } from "./style.js";

/** Nothing is loaded, nothing is run: the page may be mailed, archived and opened anywhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STATUS = { good: "Trustworthy", caution: "With care", bad: "Not trustworthy", unknown: "Undecided" };

/** The report as one self-contained HTML page. */
export function renderHtml(report: Report): string {
  const { verdict, warnings, methods, schema } = report;
  const note = footnotes(methods);
  const sections = [
    reliabilitySection(report, note),
    classesSection(report, note),
    slicesSection(report, note),
    recalibrationSection(report, note),
    thresholdSection(report, note),
    contrastSection(report, note),
    rowsSection(report, note),
    methodsSection(report),
  ].filter((section): section is Section => section !== null);
  const alarms = warnings.filter(({ severity }) => severity === "alarm");
  const notes = warnings.filter(({ severity }) => severity === "note");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${verdict.headline} – Credence</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<p class="eyebrow">${sourceLine(report)}</p>
<h1>${verdict.headline}</h1>
<p class="status ${verdict.status}">${STATUS[verdict.status]}</p>
${alarms.map(({ message }) => html`<div class="alarm" role="alert"><p><strong>Read this first.</strong> ${message}</p></div>`)}
${tiles(report)}
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main>
<div class="answers">
${verdict.answers.map(({ question, answer }) => html`<section><h2>${question}</h2><p>${answer}</p></section>`)}
</div>
${notes.map(({ message }) => html`<div class="note"><p>${message}</p></div>`)}
${sections.map(
  ({ id, title, body }) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>
`,
)}
</main>
<footer><p>Made by Credence (${schema}). Every interval is at ${formatPercent(report.options.level)} unless it says otherwise.</p></footer>
</body>
</html>
`;
  return page.html;
}

function methodsSection({ methods }: Report): Section {
  const items: Html[] = methods.map(
    ({ id, title, text, source }) =>
      html`<li id="method-${id}"><strong>${title}.</strong> ${text}${source && html` <span class="source">${source}</span>`}</li>
`,
  );
  return { id: "methods", title: "Methods", body: html`<ol class="methods">${items}</ol>` };
}
