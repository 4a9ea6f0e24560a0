import type { Method } from "../analysis/report.js";
import type { SetMethod, Sets } from "./sets.js";

const SOURCES: Readonly<Record<SetMethod, string>> = {
  lac: "Sadinle, Lei & Wasserman 2019.",
  aps: "Romano, Sesia & Candès 2020.",
  raps: "Angelopoulos, Bates, Malik & Jordan 2021.",
};

/** The footnotes of prediction sets. */
export function setsMethods(sets: Sets | null, group: string | null): Method[] {
  if (!sets) return [];
  const counted =
    group === null
      ? "the k-th smallest score of n calibration rows, k = ⌈(n + 1) · coverage⌉"
      : `the conformal quantile of the calibration scores in which every ${group} counts once; the coverages shown count rows, so that a large ${group} weighs more in them`;
  const found: Method[] = [
    {
      id: "sets",
      title: "Prediction sets",
      text: `Split conformal prediction: a class is in where its score is at most ${counted}. Too few ${group === null ? "rows" : "groups"} give sets of all classes, and the reason.`,
      source: `${SOURCES[sets.method]} Vovk, Gammerman & Shafer 2005${group === null ? "" : "; Lee, Barber & Willett 2023 (groups)"}.`,
    },
  ];
  if (sets.levels.some(({ slices }) => slices.length > 0))
    found.push({
      id: "set-slices",
      title: "Coverage by slice",
      text: "Exact (Clopper–Pearson) intervals at Šidák's level over all slices, at the effective sample size where rows come in groups. A slice breaks the promise where its whole interval lies below it. Mondrian: a threshold from the slice's own calibration rows.",
      source: "Vovk et al. 2003 (Mondrian); Šidák 1967.",
    });
  return found;
}
