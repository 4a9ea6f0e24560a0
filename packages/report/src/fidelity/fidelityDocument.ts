import type { PrecisionRecallData } from "@credence/plot";
import type { Estimate } from "credence/estimate";
import type { VarianceComponents, VarianceEstimate } from "credence/fidelity";
import {
  type Badges,
  type Block,
  type DocumentSection,
  type ReportDocument,
  text,
} from "../document/document.js";
import {
  formatCount,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatPercent,
  formatPlural,
  formatShare,
} from "../words/format.js";
import { formatValue } from "../words/formatValue.js";
import {
  FIDELITY_METRICS,
  type FidelityMetric,
  type FidelityReport,
  type GeneratorReport,
  type MembersReport,
} from "./fidelity.js";

const WORDS: Readonly<Record<FidelityMetric, { name: string; best: string; method: string }>> = {
  auc: { name: "Area under the curve", best: "high", method: "curve" },
  overlap: { name: "Overlap", best: "high", method: "curve" },
  f8: { name: "F₈, weighs recall", best: "high", method: "curve" },
  fEighth: { name: "F₁⁄₈, weighs precision", best: "high", method: "curve" },
  precision: { name: "Precision", best: "high", method: "prdc" },
  recall: { name: "Recall", best: "high", method: "prdc" },
  density: { name: "Density", best: "near 1", method: "prdc" },
  coverage: { name: "Coverage", best: "high", method: "prdc" },
  frechet: { name: "Fréchet distance", best: "low", method: "frechet" },
  kernel: { name: "Kernel distance", best: "near 0", method: "kernel" },
  discriminability: { name: "Told apart", best: "near 0.5", method: "two-sample" },
};

const BADGES: Badges = {
  good: "Like the data",
  caution: "Nearly like the data",
  bad: "Not like the data",
  unknown: "Undecided",
};

/** Curves that one chart can hold. */
const MOST_CURVES = 4;
/** Generators that get a number at the top. */
const MOST_TILES = 3;
const three = (value: number) => formatNumber(value, 3);

/**
 * The report as sections.
 * @param brief Where room is scarce: numbers by class and by source without their intervals.
 */
export function fidelityDocument(report: FidelityReport, brief = false): ReportDocument {
  const { reference, generators, ensemble, options } = report;
  const [first] = generators;
  return {
    ...report,
    level: options.level,
    badges: BADGES,
    source: [
      `${reference.name}: ${formatPlural(reference.rows, "real row")} of ${formatPlural(reference.columns, "feature")}`,
      ...generators.map(({ name, rows }) => `${name}: ${formatPlural(rows, "generated row")}`),
      ...(ensemble ? [`${formatPlural(ensemble.members.length, "model")} trained alike`] : []),
      ...(options.extractor === null ? [] : [`features: ${options.extractor}`]),
    ].join(" · "),
    warnings: report.warnings as unknown as ReportDocument["warnings"],
    tiles: [
      ...(first && generators.length === 1
        ? (["auc", "precision", "recall"] as const).map((name) => tile(first, name))
        : generators.slice(0, MOST_TILES).map((one) => ({ ...tile(one, "auc"), name: `Area, ${one.name}` }))),
      ...(ensemble
        ? [
            {
              name: `Area, mean of ${ensemble.members.length} models`,
              big: three(ensemble.summary.auc.value),
              small: formatInterval(ensemble.summary.auc, three),
            },
          ]
        : []),
    ],
    sections: [
      ...(generators.some(({ curve }) => curve) ? [curveSection(report)] : []),
      ...generators.map((one, i) => metricsSection(one, options.level, generators.length > 1, i === 0)),
      ...(report.pairs ? [pairsSection(report)] : []),
      ...(ensemble ? [ensembleSection(ensemble), spreadSection(ensemble, brief)] : []),
      ...generators.flatMap((one) => (one.classes ? [classSection(one, options.level, brief)] : [])),
      rowsSection(report),
    ],
  };
}

function tile({ metrics }: GeneratorReport, name: FidelityMetric) {
  const metric = metrics[name];
  return {
    name: WORDS[name].name,
    big: metric ? three(metric.value) : "–",
    small: metric ? formatInterval(metric, three) : "too few rows",
  };
}

function curveSection({ generators, options }: FidelityReport): DocumentSection {
  const drawn = generators.flatMap(({ name, curve }) => (curve ? [{ name, curve }] : []));
  const single = drawn.length === 1;
  const charts: Block[] = [];
  for (let from = 0; from < drawn.length; from += MOST_CURVES) {
    const part = drawn.slice(from, from + MOST_CURVES);
    const { angles, floor } = part[0].curve;
    const data: PrecisionRecallData = {
      angles,
      curves: part.map(({ name, curve: { radius, low, high } }) => ({
        label: name,
        radius,
        ...(single && low.every(Number.isFinite) && high.every(Number.isFinite) && { band: { low, high } }),
      })),
      bandLabel: `${formatPercent(options.level)} interval at each angle`,
      noiseFloor: floor.length > 0 ? floor : null,
    };
    charts.push({ kind: "chart", id: `curve-${from}`, chart: { name: "precisionRecall", data } });
  }
  return {
    id: "curve",
    title: "Precision and recall",
    blocks: [
      text(
        "Precision asks whether samples look real, recall whether everything real is reached; every point is one trade-off between them. The nearer to the upper right corner, the better. The dashed curve is real against real, on half of the rows: a generator on it is as good as these data can show.",
        "curve",
      ),
      ...charts,
    ],
  };
}

/** @param first Explanations stand with the first generator only. */
function metricsSection(
  one: GeneratorReport,
  level: number,
  several: boolean,
  first: boolean,
): DocumentSection {
  const rows = FIDELITY_METRICS.flatMap((name): string[][] => {
    const metric = one.metrics[name];
    const { name: words, best } = WORDS[name];
    if (!metric) return [[words, "–", "", "", "", one.reasons[name] ?? ""]];
    const number = (value: number | null) => (value === null ? "" : formatValue(value));
    const interval = formatInterval(metric, formatValue);
    const sizes = [number(metric.half), number(metric.floor)];
    // The interval is around what is left without the bias, far from the value that everybody publishes.
    if (metric.corrected != null)
      return [
        [words, formatValue(metric.value), "", ...sizes, best],
        ["… less its bias", formatValue(metric.corrected), interval, "", "", "near 0"],
      ];
    return [[words, formatValue(metric.value), interval, ...sizes, best]];
  });
  const { discriminability } = one.metrics;
  return {
    id: `metrics-${one.name.replace(/[^\w]+/g, "-")}`,
    title: several ? `All numbers of ${one.name}` : "All numbers",
    blocks: [
      {
        kind: "table",
        caption: `${formatPercent(level)} intervals at all rows; the two columns after them at half of the rows, where they can be compared`,
        columns: [
          { head: "" },
          { head: "Value", number: true },
          { head: "Interval", number: true },
          { head: "Half", number: true },
          { head: "Real vs real", number: true },
          { head: "Best" },
        ],
        rows,
        terminalRows: rows.length,
      },
      ...(discriminability?.pValue === undefined
        ? []
        : [
            text(
              `Told apart is how often a classifier puts a held-out row into the right sample: p ${discriminability.pValue < 1e-4 ? "below 0.0001" : `= ${formatValue(discriminability.pValue)}`} for "the two samples come from one distribution".`,
              "two-sample",
            ),
          ]),
      ...(first ? explanations : []),
    ],
  };
}

const explanations: readonly Block[] = [
  text(
    "Intervals of the curve and of the neighbour metrics are from half samples, around what is expected at this number of rows.",
    "half-sampling",
  ),
  text("Precision, recall, density and coverage count rows in balls around rows.", "prdc"),
  text(
    "The overlap is precision where it equals recall. The Fréchet distance is FID, and the kernel distance KID, where the features are Inception's; the latter is unbiased and may be negative.",
    "kernel",
  ),
  text(
    "The Fréchet distance of two samples of one distribution is not 0 but a bias that grows with the columns and falls with the rows; what is left without it can be compared across numbers of rows.",
    "frechet",
  ),
  text("Real against real is what a perfect generator would get.", "floor"),
];

function pairsSection({ pairs, options }: FidelityReport): DocumentSection {
  return {
    id: "pairs",
    title: "Which is nearer?",
    blocks: [
      text(
        "Both generators against the same real rows, so that what the reference does to both cancels. The area depends on the number of rows: this is the difference at as many as there are.",
        "pairs",
      ),
      {
        kind: "table",
        caption: `First − second; ${formatPercent(options.level)} intervals for all pairs and both metrics at once`,
        columns: [
          { head: "Pair" },
          { head: "Area under the curve", number: true },
          { head: "Kernel distance", number: true },
          { head: "Nearer" },
        ],
        rows: (pairs ?? []).map(({ first, second, auc, kernel }) => [
          `${first} − ${second}`,
          formatEstimate(auc, three),
          formatEstimate(kernel, formatValue),
          !auc.interval || (auc.interval[0] <= 0 && auc.interval[1] >= 0)
            ? "undecided"
            : auc.value > 0
              ? first
              : second,
        ]),
      },
    ],
  };
}

function ensembleSection(ensemble: MembersReport): DocumentSection {
  const { angles, mean, band, members, worst, floor, summary, rows, folds } = ensemble;
  const found = members.find(({ name }) => name === worst);
  return {
    id: "ensemble",
    title: "How sure is that of the next training?",
    blocks: [
      text(
        `The curve of one trained model says nothing about the next training. Here are ${formatPlural(members.length, "model")}, each with ${folds} folds of ${formatPlural(rows, "row")} against ${folds} folds of real rows. ${ensemble.notes.join(" ")}`.trim(),
        "ensemble",
      ),
      {
        kind: "chart",
        id: "ensemble-curve",
        chart: {
          name: "precisionRecall",
          data: {
            angles,
            curves: [{ label: `mean of ${members.length} models`, radius: mean, band: finite(band) }],
            bandLabel: `${formatPercent(band.level)} band of the mean, all angles at once`,
            members: members.map(({ radius }) => radius),
            worst: found ? { label: `worst: ${worst}`, radius: found.radius } : null,
            noiseFloor: floor?.radius ?? null,
          },
        },
        options: {
          title: "Precision and recall of all models",
          subtitle: `Area ${formatEstimate(summary.auc, three)}${floor ? `; a perfect generator gets ${three(floor.summary.auc)}` : ""}`,
        },
      },
      {
        kind: "table",
        caption: `Models, worst first; the mean area is ${formatEstimate(summary.auc, three)}, overlap ${formatEstimate(summary.overlap, three)}, F₈ ${formatEstimate(summary.f8, three)}, F₁⁄₈ ${formatEstimate(summary.fEighth, three)}`,
        columns: [
          { head: "Model" },
          { head: "Area", number: true },
          { head: "Overlap", number: true },
          { head: "F₈, recall", number: true },
          { head: "F₁⁄₈, precision", number: true },
        ],
        rows: [...members]
          .sort((a, b) => a.auc - b.auc)
          .map((member) => [
            member.name,
            ...([member.auc, member.overlap, member.f8, member.fEighth] as const).map(three),
          ]),
      },
    ],
  };
}

const finite = ({ low, high }: MembersReport["band"]) =>
  [...low, ...high].every(Number.isFinite) ? { low, high } : null;

const SOURCES: readonly { key: keyof VarianceComponents; name: string }[] = [
  { key: "seed", name: "training seed" },
  { key: "data", name: "training data" },
  { key: "generated", name: "generated sample" },
  { key: "reference", name: "reference sample" },
];

function spreadSection(
  { angles, components, radiusComponents }: MembersReport,
  brief: boolean,
): DocumentSection {
  const sources = SOURCES.filter(({ key }) => components.auc[key]);
  const rest = radiusComponents.map(
    ({ interaction, residual }) => (interaction?.value ?? 0) + (residual?.value ?? 0),
  );
  const sd = (part: VarianceEstimate | null) =>
    part
      ? `${formatValue(Math.sqrt(part.value))}${brief ? "" : ` [${part.interval.map((end) => formatValue(Math.sqrt(end))).join(", ")}]`}`
      : "";
  return {
    id: "spread",
    title: "Where does the spread come from?",
    blocks: [
      text(
        "What another training seed would change, what another generated sample, and what another reference sample. Only the first is uncertainty about the model; the others shrink with more rows.",
        "components",
      ),
      {
        kind: "chart",
        id: "variance",
        chart: {
          name: "varianceBars",
          data: {
            angles,
            components: [
              ...sources.map(({ key, name }) => ({
                label: name,
                variance: radiusComponents.map((parts) => parts[key]?.value ?? 0),
              })),
              ...(rest.some((value) => value > 0) ? [{ label: "rest", variance: rest }] : []),
            ].slice(0, 5),
          },
        },
      },
      {
        kind: "table",
        caption: `Standard deviations${brief ? "" : ", with intervals"}`,
        columns: [
          { head: "Source" },
          { head: "Area", number: true },
          { head: "F₈, recall", number: true },
          { head: "F₁⁄₈, precision", number: true },
        ],
        rows: sources.map(({ key, name }) => [
          name,
          sd(components.auc[key]),
          sd(components.f8[key]),
          sd(components.fEighth[key]),
        ]),
      },
    ],
  };
}

function classSection({ name, classes }: GeneratorReport, level: number, brief: boolean): DocumentSection {
  const found = classes ?? [];
  const write = (estimate: Estimate, number: (value: number) => string) =>
    brief ? number(estimate.value) : formatEstimate(estimate, number);
  const two = (value: number) => formatNumber(value, 2);
  const rows = [...found].sort((a, b) => (a.auc?.value ?? -1) - (b.auc?.value ?? -1));
  return {
    id: `classes-${name.replace(/[^\w]+/g, "-")}`,
    title: `Class by class: ${name}`,
    blocks: [
      text(
        "Shares of the classes, and each class compared with its own real rows. The intervals hold for all classes at once.",
      ),
      {
        kind: "table",
        caption: brief ? "Worst first" : `Worst first; ${formatPercent(level)} intervals`,
        columns: [
          { head: "Class" },
          { head: "Rows", number: true },
          { head: "Real", number: true },
          { head: "Generated", number: true },
          { head: "Area", number: true },
          { head: "Precision", number: true },
          { head: "Recall", number: true },
        ],
        rows: rows.map(
          ({ label, rows: [real, made], real: share, generated, auc, precision, recall, reason }) => [
            String(label),
            `${formatCount(real)} / ${formatCount(made)}`,
            formatShare(share.value),
            write(generated, formatShare),
            auc ? write(auc, two) : (reason ?? ""),
            precision ? write(precision, two) : "",
            recall ? write(recall, two) : "",
          ],
        ),
      },
    ],
  };
}

function rowsSection({ reference, generators, ensemble, options }: FidelityReport): DocumentSection {
  return {
    id: "rows",
    title: "What was read",
    blocks: [
      ...(options.extractor === null ? [] : [text(`Features by ${options.extractor}.`, "features")]),
      {
        kind: "table",
        caption: `Seed ${options.seed}, k = ${options.k}${options.standardise ? ", columns standardised by the reference" : ""}`,
        columns: [{ head: "Samples" }, { head: "Rows", number: true }, { head: "Left out", number: true }],
        rows: [
          [`${reference.name} (real)`, formatCount(reference.rows), formatCount(reference.dropped)],
          ...generators.map(({ name, rows, dropped }) => [name, formatCount(rows), formatCount(dropped)]),
          ...(ensemble?.members ?? []).map(({ name, rows, dropped }) => [
            name,
            formatCount(rows),
            formatCount(dropped),
          ]),
        ],
        terminalRows: 0,
      },
    ],
  };
}
