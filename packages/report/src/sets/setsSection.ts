import type { Report } from "../analysis/report.js";
import { type Block, type DocumentSection, text } from "../document/document.js";
import { coverageFinding, sliceCalibration, unitsOf } from "../guarantee/coverageBySlice.js";
import { promiseSentence, sliceName } from "../guarantee/coverageWords.js";
import {
  formatCount,
  formatEstimate,
  formatNumber,
  formatPercent,
  formatPlural,
  formatShare,
} from "../words/format.js";
import type { SetLevel, SetMethod, SetSlice, Sets } from "./sets.js";

const NAMES: Readonly<Record<SetMethod, string>> = { lac: "LAC", aps: "APS", raps: "RAPS" };

/** Why this method, and what it costs. */
export const SET_METHOD_REASONS: Readonly<Record<SetMethod, string>> = {
  lac: "LAC: a class is in where its probability is high enough. Of all sets that keep the promise these are the smallest on average, and they keep hardly more than it; they may be empty where no class is likely, and hard rows pay for easy ones",
  aps: "APS: the likeliest classes are in until their probabilities sum to enough. The sets grow with how hard the row is and are never empty, but keep more than they promise",
  raps: "RAPS: APS with a price on unlikely classes, tuned on calibration rows set apart. It cuts the long tails of sets over many classes, and keeps more than it promises",
};

/** The prediction sets as a section; null where there are no class probabilities. */
export function setsSection({ sets, groups, options }: Report): DocumentSection | null {
  if (!sets) return null;
  const title = "Which classes might it be?";
  if (!sets.parts)
    return {
      id: "sets",
      title,
      blocks: [text(`No prediction sets: ${sets.reason ?? ""}`, "sets")],
    };
  const { calibrate, evaluate } = sets.parts;
  const rows = ({ n, groups: count }: typeof calibrate) =>
    `${formatPlural(n, "row")}${count === undefined ? "" : ` in ${formatPlural(count, "group")}`}`;
  return {
    id: "sets",
    title,
    blocks: [
      text(
        `A prediction set holds the classes that cannot be excluded: it contains the true one as often as promised. Made by ${SET_METHOD_REASONS[sets.method]}. Calibrated on ${rows(calibrate)}, judged on ${rows(evaluate)} that it never saw.`,
        "sets",
      ),
      text(promiseSentence(groups?.column ?? null)),
      {
        kind: "table",
        caption: `Sets by ${NAMES[sets.method]} on the evaluate part; ${formatPercent(options.level)} intervals`,
        columns: [
          { head: "Promised" },
          { head: "Held the truth", number: true },
          { head: "Mean size", number: true },
          { head: "One class", number: true },
          { head: "Empty", number: true },
        ],
        rows: sets.levels.map(({ target, coverage, size, single, empty }) => [
          formatPercent(target),
          formatEstimate(coverage, formatShare),
          formatEstimate(size, (value) => formatNumber(value, 2)),
          formatShare(single.value),
          formatShare(empty.value),
        ]),
      },
      ...sets.levels.flatMap((level, i) => levelBlocks(level, sets, i === 0)),
    ],
  };
}

function levelBlocks(level: SetLevel, { classes, parts }: Sets, first: boolean): Block[] {
  const { target, reason, sizes, slices } = level;
  const id = `sets-${Math.round(target * 1000)}`;
  const promised = formatPercent(target);
  const words: Block[] = reason
    ? [text(`At ${promised} every set holds all ${classes} classes: ${reason}`)]
    : [];
  return [
    ...words,
    text(`Sizes at ${promised}: ${sizeWords(sizes)}.`),
    {
      kind: "chart",
      id: `${id}-sizes`,
      chart: { name: "setSize", data: { counts: sizes } },
      options: { title: `Sizes of the sets at ${promised}` },
    },
    ...(slices.length > 0 ? sliceBlocks(level, parts, id, first) : []),
  ];
}

const MOST_SIZES = 6;

/** The share of sets of each size; from the seventh size on together. */
function sizeWords(sizes: readonly number[]): string {
  const total = sizes.reduce((sum, count) => sum + count, 0);
  const found = sizes.flatMap((count, size) => (count > 0 ? [{ size, share: count / total }] : []));
  const shown = found.slice(0, MOST_SIZES).map(({ size, share }) => `${size} in ${formatShare(share)}`);
  const rest = found.slice(MOST_SIZES);
  const more = rest.reduce((sum, { share }) => sum + share, 0);
  return [
    ...shown,
    ...(rest.length > 0 ? [`${rest[0].size} to ${rest[rest.length - 1].size} in ${formatShare(more)}`] : []),
  ].join(", ");
}

function sliceBlocks(
  { target, slices }: SetLevel,
  parts: Sets["parts"],
  id: string,
  first: boolean,
): Block[] {
  const promised = formatPercent(target);
  const several = new Set(slices.map(({ column }) => column)).size > 1;
  const name = (slice: SetSlice) => sliceName(slice, several);
  const row = (slice: SetSlice) => [
    name(slice),
    formatCount(slice.n),
    formatEstimate(slice.pooled.coverage, formatShare),
    formatNumber(slice.pooled.size, 2),
    formatEstimate(slice.mondrian.coverage, formatShare),
    formatNumber(slice.mondrian.size, 2),
  ];
  return [
    text(
      `${brokenWords(slices, target, parts, name)} ${mondrianWords(slices, target, parts, name)}`,
      "set-slices",
    ),
    {
      kind: "chart",
      id: `${id}-slices`,
      chart: {
        name: "coverageByGroup",
        data: {
          target,
          groups: slices
            .slice(0, 40)
            .map((slice) => ({ name: name(slice), coverage: slice.pooled.coverage })),
        },
      },
      options: { title: `One threshold for all, ${promised} promised` },
    },
    {
      kind: "chart",
      id: `${id}-mondrian`,
      chart: {
        name: "coverageByGroup",
        data: {
          target,
          groups: slices
            .slice(0, 40)
            .map((slice) => ({ name: name(slice), coverage: slice.mondrian.coverage })),
        },
      },
      options: { title: `A threshold for each slice, ${promised} promised` },
    },
    {
      kind: "table",
      caption: `${promised} promised, by slice, worst first; each column's intervals hold for all ${slices.length} slices at once`,
      columns: [
        { head: "Slice" },
        { head: "Rows", number: true },
        { head: "One threshold", number: true },
        { head: "Size", number: true, terminal: false },
        { head: "One each", number: true },
        { head: "Size", number: true, terminal: false },
      ],
      rows: slices.map(row),
      // A terminal has room for one of them.
      ...(!first && { terminalRows: 0 }),
    },
  ];
}

function brokenWords(
  slices: readonly SetSlice[],
  target: number,
  parts: Sets["parts"],
  name: (slice: SetSlice) => string,
): string {
  const calibrated = parts ? { units: unitsOf(parts.calibrate), together: slices.length } : undefined;
  const broken = slices.filter(
    ({ pooled }) => coverageFinding(pooled.coverage, target, calibrated) === "broken",
  );
  const promised = formatPercent(target);
  if (broken.length === 0)
    return `In none of ${formatPlural(slices.length, "slice")} is the promise of ${promised} proven to be broken (all at once).`;
  const shown = broken
    .slice(0, 4)
    .map((slice) => `${name(slice)} (${formatEstimate(slice.pooled.coverage, formatShare)})`);
  return `The promise of ${promised} holds only on average over all rows: it is broken in ${broken.length} of ${formatPlural(slices.length, "slice")}, worst first: ${shown.join("; ")}${broken.length > 4 ? "; …" : ""}.`;
}

function mondrianWords(
  slices: readonly SetSlice[],
  target: number,
  parts: Sets["parts"],
  name: (slice: SetSlice) => string,
): string {
  const broken = slices.filter(
    (slice) =>
      coverageFinding(
        slice.mondrian.coverage,
        target,
        parts ? sliceCalibration(slice, parts, slices.length) : undefined,
      ) === "broken",
  );
  const infinite = slices.filter(({ mondrian }) => mondrian.reason !== null);
  const unable =
    infinite.length > 0
      ? ` For ${infinite
          .slice(0, 4)
          .map((slice) => `${name(slice)} (${(slice.mondrian.reason ?? "").replace(/\.$/, "")})`)
          .join("; ")}${infinite.length > 4 ? "; …" : ""} every set holds all classes.`
      : "";
  return `With a threshold for each slice (Mondrian) the promise is made within each slice, and ${broken.length === 0 ? "none is proven to break it" : `${broken.length} of them still break it (${broken.slice(0, 4).map(name).join(", ")})`}.${unable}`;
}
