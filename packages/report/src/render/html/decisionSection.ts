import { decisionCurveChart } from "@credence/plot";
import type { Report } from "../../analysis/report.js";
import { decisionSubtitle, decisionWords } from "../../words/decisionWords.js";
import { chart } from "./chart.js";
import { html } from "./escape.js";
import type { Note, Section } from "./sections.js";

/** What acting on the confidences is worth. */
export function decisionSection({ decision, options }: Report, note: Note): Section {
  const curve = decision.points.map(({ threshold, model, all }) => ({
    threshold,
    model: model.value,
    all: all.value,
    interval: model.interval,
  }));
  return {
    id: "decision",
    title: "Is it worth acting on them?",
    body: html`<p>Who loses by a wrong answer four times what a right one gains should let out those with a confidence of 0.80 or more: the threshold is where gain and loss balance. Net benefit is what that brings, per answer and in units of one right answer.${note("decision")}</p>
<p>${decisionWords(decision, options.level)}</p>
${chart("decision-curve", decisionCurveChart({ curve }, { subtitle: decisionSubtitle(decision) }))}`,
  };
}
