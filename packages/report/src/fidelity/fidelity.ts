import type { Estimate } from "credence/estimate";
import type { ClassShare, CurveSummary, VarianceComponents } from "credence/fidelity";
import type { Method, Verdict } from "../analysis/report.js";

/** Schema of the report's JSON. */
export const FIDELITY_SCHEMA = "credence.fidelity/1";

/** The metrics of a generator, in the order of the report. */
export const FIDELITY_METRICS = [
  "auc",
  "overlap",
  "f8",
  "fEighth",
  "precision",
  "recall",
  "density",
  "coverage",
  "frechet",
  "kernel",
  "discriminability",
] as const;

export type FidelityMetric = (typeof FIDELITY_METRICS)[number];

/** A metric with its interval, and what the reference itself gets. */
export interface MeasuredMetric extends Estimate {
  /** For the Fréchet distance: less its bias of order 1/n, what the interval is around. */
  readonly corrected?: number | null;
  /** For `discriminability`: of "the samples cannot be told apart", one-sided. */
  readonly pValue?: number;
  /** Half of the generated rows against half of the real ones: compare this with `floor`, at the same size. */
  readonly half: number | null;
  /** Half of the real rows against the other half: what a perfect generator would get. */
  readonly floor: number | null;
}

/** One set of generated samples. */
export interface GeneratorReport {
  readonly name: string;
  readonly rows: number;
  readonly dropped: number;
  /** Generated rows that are equal to a real one, number for number. */
  readonly copies: number;
  /** Null where a metric could not be computed; `reasons` says why. */
  readonly metrics: { readonly [name in FidelityMetric]: MeasuredMetric | null };
  readonly reasons: { readonly [name in FidelityMetric]?: string };
  /** Null with `metrics.auc`. */
  readonly curve: CurveReport | null;
  /** Class by class; null without labels. */
  readonly classes: readonly ClassReport[] | null;
}

/** A precision–recall curve on rays. */
export interface CurveReport {
  readonly angles: readonly number[];
  readonly radius: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Half of the reference against the other half. */
  readonly floor: readonly number[];
  readonly k: number;
}

/** One class of a generator. */
export interface ClassReport extends ClassShare {
  /** Real and generated rows. */
  readonly rows: readonly [number, number];
  readonly auc: Estimate | null;
  readonly precision: Estimate | null;
  readonly recall: Estimate | null;
  /** Why the metrics are missing. */
  readonly reason: string | null;
}

/** Two generators against the same real rows. */
export interface PairReport {
  readonly first: string;
  readonly second: string;
  /** first − second; all pairs and both metrics hold together. */
  readonly auc: Estimate;
  readonly kernel: Estimate;
}

/** Models trained alike, and how much they differ. */
export interface MembersReport {
  /** Rows of a fold, and folds a model and of the reference. */
  readonly rows: number;
  readonly folds: number;
  readonly k: number;
  readonly summary: { readonly [name in keyof CurveSummary]: Estimate };
  readonly members: readonly (CurveSummary & {
    readonly name: string;
    readonly rows: number;
    readonly dropped: number;
    readonly radius: readonly number[];
  })[];
  readonly worst: string;
  /** Reference against reference, at the same size: what a perfect generator would get. */
  readonly floor: { readonly radius: readonly number[]; readonly summary: CurveSummary } | null;
  readonly angles: readonly number[];
  readonly mean: readonly number[];
  readonly band: {
    readonly low: readonly number[];
    readonly high: readonly number[];
    readonly level: number;
  };
  readonly components: { readonly [name in keyof CurveSummary]: VarianceComponents };
  readonly radiusComponents: readonly VarianceComponents[];
  readonly notes: readonly string[];
}

/** What `credence fidelity` found. */
export interface FidelityReport {
  readonly schema: typeof FIDELITY_SCHEMA;
  readonly reference: {
    readonly name: string;
    readonly files: readonly string[];
    readonly rows: number;
    readonly columns: number;
    readonly dropped: number;
    /** Columns that hold one value throughout. */
    readonly constant: number;
  };
  readonly generators: readonly GeneratorReport[];
  /** Every two generators; null for a single one, or where too few rows are there for folds. */
  readonly pairs: readonly PairReport[] | null;
  /** Null without members. */
  readonly ensemble: MembersReport | null;
  readonly verdict: Verdict;
  readonly warnings: readonly FidelityWarning[];
  readonly guesses: readonly string[];
  readonly methods: readonly Method[];
  readonly options: {
    readonly level: number;
    readonly seed: number;
    readonly k: number;
    readonly standardise: boolean;
    readonly accelerated: boolean;
    /** What made the features of images or texts; null where the files hold the features. */
    readonly extractor: string | null;
  };
}

export interface FidelityWarning {
  readonly code:
    | "same-rows"
    | "copies"
    | "swapped"
    | "few-rows"
    | "constant-columns"
    | "scales"
    | "dropped"
    | "members";
  /** "alarm": the numbers cannot be believed. */
  readonly severity: "alarm" | "note";
  readonly message: string;
}
