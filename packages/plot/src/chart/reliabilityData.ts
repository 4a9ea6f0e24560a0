import { checkFinite, checkProbabilities, checkSameLength } from "credence/numeric";
import { checkInterval, checkRows } from "./check.js";

/** One bin of a reliability curve, as `reliabilityCurve` of `credence/calibration` makes it. */
export interface ReliabilityBin {
  /** Mean confidence in the bin. */
  readonly meanConfidence: number;
  /** Share of outcomes that came true. */
  readonly frequency: number;
  /** Rows in the bin. */
  readonly n: number;
  /** Edges of the bin; used where there is no histogram. */
  readonly lower?: number;
  readonly upper?: number;
  /** Interval of the frequency; drawn where there are no bands. */
  readonly interval?: readonly [number, number] | null;
  /** Where the frequency of this bin would lie, were the model calibrated. */
  readonly pointwise?: readonly [number, number] | null;
  /** The same for all bins at once. */
  readonly simultaneous?: readonly [number, number] | null;
}

/** What a reliability diagram shows: a `ReliabilityCurve` of `credence/calibration`, or points of your own. */
export interface ReliabilityData {
  readonly points: readonly ReliabilityBin[];
  /** The isotonic (CORP) fit: one value for each stretch of confidences. */
  readonly isotonic?: readonly { readonly from: number; readonly to: number; readonly frequency: number }[];
  /** The confidences, finer than the points. Default: the points' own counts. */
  readonly histogram?: {
    readonly edges: ArrayLike<number>;
    readonly counts: ArrayLike<number>;
    /** Rows of each bar that came true. */
    readonly positives?: ArrayLike<number>;
  };
  /** Nominal level of the bands. Default 0.95. */
  readonly level?: number;
}

/** Refuses what cannot be drawn. */
export function checkReliability(fn: string, argument: string, data: ReliabilityData): void {
  const { points, isotonic = [], histogram } = data;
  checkRows(fn, `${argument}.points`, points, "n");
  for (const name of ["meanConfidence", "frequency"] as const)
    checkProbabilities(
      fn,
      `${argument}.points.${name}`,
      points.map((p) => p[name]),
    );
  for (const name of ["from", "to", "frequency"] as const)
    checkProbabilities(
      fn,
      `${argument}.isotonic.${name}`,
      isotonic.map((block) => block[name]),
    );
  points.forEach((point, i) => {
    for (const name of ["interval", "pointwise", "simultaneous"] as const)
      checkInterval(fn, `${argument}.points.${name}`, point[name], i);
  });
  if (!histogram) return;
  checkFinite(fn, `${argument}.histogram.edges`, histogram.edges);
  checkFinite(fn, `${argument}.histogram.counts`, histogram.counts);
  checkSameLength(fn, `${argument}.histogram.edges`, histogram.edges, "counts, plus one,", {
    length: histogram.counts.length + 1,
  });
}

/** The numbers that a reliability diagram says in words; `outside` is null without bands. */
export function summarise({ points, level = 0.95 }: ReliabilityData) {
  const n = points.reduce((sum, p) => sum + p.n, 0);
  const mean = (of: "meanConfidence" | "frequency"): number =>
    points.reduce((sum, p) => sum + p[of] * p.n, 0) / n;
  const banded = points.some((p) => bandOf(p));
  return {
    n,
    confidence: mean("meanConfidence"),
    frequency: mean("frequency"),
    outside: banded ? points.filter(isOutside) : null,
    level,
  };
}

/** The band that decides whether a bin is outside. */
export const bandOf = (point: ReliabilityBin) => point.simultaneous ?? point.pointwise ?? null;

/** Whether the frequency of a bin would surprise, were the model calibrated. */
export function isOutside(point: ReliabilityBin): boolean {
  const band = bandOf(point);
  return band !== null && (point.frequency < band[0] || point.frequency > band[1]);
}
