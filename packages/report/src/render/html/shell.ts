import type { Method, Verdict, Warning } from "../../analysis/report.js";
import type { Badges } from "../../document/document.js";
import { formatPercent } from "../../words/format.js";
import { type Html, html, trusted } from "./escape.js";
import type { Section } from "./sections.js";
import { style } from "./style.js";

/** Nothing is loaded, nothing is run: the page may be mailed, archived and opened anywhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The badge of each status, where a report has no words of its own. */
const BADGES: Badges = {
  good: "Trustworthy",
  caution: "With care",
  bad: "Not trustworthy",
  unknown: "Undecided",
};

/** What stands on a page. */
export interface Page {
  readonly schema: string;
  readonly source: string;
  readonly verdict: Verdict;
  readonly warnings: readonly Warning[];
  readonly tiles: Html;
  readonly sections: readonly Section[];
  /** Level of the intervals. */
  readonly level: number;
  /** Words of the badge under the headline. Default: how far confidences can be trusted. */
  readonly badges?: Badges;
}

/** A page around its sections: verdict first, contents, answers, sections. */
export function renderShell({
  schema,
  source,
  verdict,
  warnings,
  tiles,
  sections,
  level,
  badges = BADGES,
}: Page): string {
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
<p class="eyebrow">${source}</p>
<h1>${verdict.headline}</h1>
<p class="status ${verdict.status}">${badges[verdict.status]}</p>
${alarms.map(({ message }) => html`<div class="alarm" role="alert"><p><strong>Read this first.</strong> ${message}</p></div>`)}
${tiles}
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
<footer><p>Made by Credence (${schema}). Every interval is at ${formatPercent(level)} unless it says otherwise.</p></footer>
</body>
</html>
`;
  return page.html;
}

/** The footnotes. */
export function methodsSection(methods: readonly Method[]): Section {
  const items: Html[] = methods.map(
    ({ id, title, text, source }) =>
      html`<li id="method-${id}"><strong>${title}.</strong> ${text}${source && html` <span class="source">${source}</span>`}</li>
`,
  );
  return { id: "methods", title: "Methods", body: html`<ol class="methods">${items}</ol>` };
}
