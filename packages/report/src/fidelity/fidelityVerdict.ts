import type { Estimate } from "credence/estimate";
import type { Verdict } from "../analysis/report.js";
import { formatEstimate, formatList, formatNumber, formatPercent, formatPlural } from "../words/format.js";
import { formatValue } from "../words/formatValue.js";
import type { FidelityReport, GeneratorReport, MembersReport } from "./fidelity.js";

type Found = Pick<FidelityReport, "reference" | "generators" | "pairs" | "ensemble" | "options">;

const two = (value: number) => formatNumber(value, 2);
const three = (value: number) => formatNumber(value, 3);
/** A p-value below this says that the samples can be told apart. */
const SURE = 0.01;
/** A share of what a perfect generator gets. */
const CLOSE = 0.95;

/** The finding in a line, and the answers to what one asks next. */
export function fidelityVerdict(found: Found): Verdict {
  const { generators, pairs, ensemble } = found;
  const best = nearest(generators);
  const answers = [
    ...(best ? [similarity(best, generators.length), quality(best)] : []),
    ...(pairs ? [comparison(pairs)] : []),
    ...(ensemble ? [spread(ensemble)] : []),
  ];
  return {
    status: best ? statusOf(best) : ensembleStatus(ensemble),
    headline: headline(best, found),
    answers,
  };
}

/** The generator with the largest area under its curve. */
function nearest(generators: readonly GeneratorReport[]): GeneratorReport | null {
  const area = ({ metrics }: GeneratorReport) => metrics.auc?.value ?? -1;
  return generators.reduce<GeneratorReport | null>(
    (best, one) => (best === null || area(one) > area(best) ? one : best),
    null,
  );
}

function headline(best: GeneratorReport | null, { ensemble, generators, pairs }: Found): string {
  if (ensemble && (!best || generators.length === 0)) {
    const { summary, floor, members } = ensemble;
    return `${formatPlural(members.length, "model")}: area under the precision–recall curve ${formatEstimate(summary.auc, two)}${floor ? `; a perfect generator would get ${two(floor.summary.auc)}` : ""}`;
  }
  if (!best) return "Nothing was compared";
  const auc = best.metrics.auc;
  const which =
    generators.length > 1
      ? `${best.name} ${isNearest(best, pairs) ? "is" : "seems"} nearest to the data`
      : best.name;
  if (!auc) return `${which}: too few rows for a precision–recall curve`;
  return `${which}: area under the precision–recall curve ${formatEstimate(auc, two)}${auc.floor === null ? "" : `; a perfect generator would get about ${two(auc.floor)}`}`;
}

/** Whether every comparison with it is decided in its favour. */
function isNearest({ name }: GeneratorReport, pairs: Found["pairs"]): boolean {
  return (pairs ?? [])
    .filter(({ first, second }) => first === name || second === name)
    .every(({ first, auc }) => {
      const { low, high } = intervalOf(auc);
      return first === name ? low > 0 : high < 0;
    });
}

function statusOf({ metrics }: GeneratorReport): Verdict["status"] {
  const { auc, discriminability } = metrics;
  if (!auc || auc.half === null || auc.floor === null || !discriminability) return "unknown";
  if (!isToldApart(metrics) && !distanceApart(metrics)) return "good";
  return auc.half >= CLOSE * auc.floor ? "caution" : "bad";
}

/** Whether a classifier tells the samples from real rows. */
const isToldApart = ({ discriminability }: GeneratorReport["metrics"]) =>
  (discriminability?.pValue ?? 1) <= SURE;

/** A distance that is surely not 0, in words: with many columns they see what nearest neighbours do not. */
function distanceApart({ kernel, frechet }: GeneratorReport["metrics"]): string | null {
  const isApart = (distance: Estimate | null) => distance?.interval != null && distance.interval[0] > 0;
  if (kernel && isApart(kernel)) return `the kernel distance is ${formatEstimate(kernel, formatValue)}`;
  if (frechet?.corrected != null && isApart(frechet))
    return `the Fréchet distance less its bias is ${formatEstimate({ ...frechet, value: frechet.corrected }, formatValue)}`;
  return null;
}

function ensembleStatus(ensemble: MembersReport | null): Verdict["status"] {
  if (!ensemble?.floor) return "unknown";
  const { low } = intervalOf(ensemble.summary.auc);
  const worst = Math.min(...ensemble.members.map(({ auc }) => auc));
  const target = CLOSE * ensemble.floor.summary.auc;
  if (worst >= target) return "good";
  return low >= target ? "caution" : "bad";
}

const intervalOf = ({ interval, value }: Estimate) => ({
  low: interval?.[0] ?? value,
  high: interval?.[1] ?? value,
});

function similarity({ name, metrics }: GeneratorReport, count: number) {
  const { auc, discriminability } = metrics;
  const can = isToldApart(metrics) ? "tells" : "cannot tell";
  const told = discriminability
    ? `A classifier ${can} them from real rows: it is right in ${formatEstimate(discriminability, formatPercent)} of the held-out rows, where guessing gives 50 %.`
    : "";
  const distance = distanceApart(metrics);
  const apart = isToldApart(metrics)
    ? ""
    : distance
      ? ` They differ all the same: ${distance}, where equal distributions give 0.`
      : told && " A stronger one might.";
  const sized =
    auc && auc.half !== null && auc.floor !== null
      ? ` With half of the rows its area under the precision–recall curve is ${two(auc.half)}; real rows against other real rows get ${two(auc.floor)}.`
      : "";
  return {
    question:
      count > 1
        ? `Are the samples of the nearest, ${name}, like the data?`
        : "Are the samples like the data?",
    answer: `${told}${apart}${sized}`.trim() || "There are too few rows to say.",
  };
}

function quality({ metrics }: GeneratorReport) {
  const { f8, fEighth } = metrics;
  const question = "If not: do samples look wrong, or is something missing?";
  if (f8?.half == null || f8.floor === null || fEighth?.half == null || fEighth.floor === null)
    return { question, answer: "There are too few rows to say." };
  const lostRecall = f8.floor - f8.half;
  const lostPrecision = fEighth.floor - fEighth.half;
  const numbers = `precision-weighted F₁⁄₈ ${two(fEighth.half)} of ${two(fEighth.floor)}, recall-weighted F₈ ${two(f8.half)} of ${two(f8.floor)} that real rows get`;
  const most = Math.max(lostRecall, lostPrecision);
  if (most < 0.02) return { question, answer: `Neither stands out: ${numbers}.` };
  if (Math.abs(lostRecall - lostPrecision) < most / 4)
    return { question, answer: `Both about alike: ${numbers}.` };
  return {
    question,
    answer:
      lostRecall > lostPrecision
        ? `Rather something is missing (recall): ${numbers}.`
        : `Rather samples look wrong (precision): ${numbers}.`,
  };
}

function comparison(pairs: NonNullable<FidelityReport["pairs"]>) {
  const sure = pairs.flatMap(({ first, second, auc }) => {
    const { low, high } = intervalOf(auc);
    if (low > 0) return [`${first} is nearer to the data than ${second}`];
    return high < 0 ? [`${second} is nearer to the data than ${first}`] : [];
  });
  const open = pairs.length - sure.length;
  const words = [
    ...(sure.length > 0 ? [`${formatList(sure.slice(0, 4))}${sure.length > 4 ? " …" : ""}.`] : []),
    ...(open > 0
      ? [
          pairs.length === 1
            ? "These samples do not tell which of the two is nearer."
            : `${formatPlural(open, "pair")} cannot be told apart with these samples.`,
        ]
      : []),
  ];
  return { question: "Which generator is nearer?", answer: words.join(" ") };
}

function spread({ summary, members, worst, floor, components }: MembersReport) {
  const worstArea = members.find(({ name }) => name === worst)?.auc ?? Number.NaN;
  const { seed, data, generated, reference } = components.auc;
  const total = [seed, data, generated, reference].reduce((sum, part) => sum + (part?.value ?? 0), 0);
  const share =
    total > 0 && generated
      ? ` Of the variance of the area ${formatPercent(((data?.value ?? 0) + seed.value) / total)} comes from training anew, the rest from the samples.`
      : "";
  return {
    question: "How sure is that of the next training?",
    answer: `Area ${formatEstimate(summary.auc, three)} on average over ${formatPlural(members.length, "training")}${floor ? `, ${three(floor.summary.auc)} for a perfect generator` : ""}; the worst, ${worst}, has ${three(worstArea)}.${share}`,
  };
}
