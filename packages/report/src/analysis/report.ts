import type { DecisionPoint, MurphyDecomposition, ReliabilityCurve } from "credence/calibration";
import type { Estimate, RowsUsed } from "credence/estimate";
import type { CalibratorJSON, ComparedCandidate } from "credence/recalibration";
import type { CertifiedThreshold, RiskCoveragePoint } from "credence/selective";
import type { ClusterSuspect, RecordOrigin } from "../reading/records.js";
import type { SetMethod, Sets } from "../sets/sets.js";

/** Version of the report's JSON layout. */
export const REPORT_SCHEMA = "credence.report/1";

/** The answer to the main job as plain data: everything that the renderers show. */
export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly origin: RecordOrigin;
  /** How the analysis was asked for. */
  readonly options: ReportOptions;
  /** Rows with a confidence and an outcome. */
  readonly n: number;
  /** Rows without a confidence; not in `n`. */
  readonly missing: number;
  /** Rows with a confidence but without an outcome; not in `n`. */
  readonly unlabelled: number;
  /** The clusters of the rows; null where rows count as independent. */
  readonly groups: GroupSummary | null;
  readonly verdict: Verdict;
  readonly warnings: readonly Warning[];
  readonly metrics: Metrics;
  /** The Brier score, taken apart over the bins. */
  readonly decomposition: MurphyDecomposition;
  readonly reliability: Reliability;
  /** Worst first, over all `--by` columns together. */
  readonly slices: readonly Slice[];
  /** Cells of slice × confidence that are off: found on the fit part, measured on the evaluate part. */
  readonly multicalibration: Multicalibration;
  readonly recalibration: Recalibration;
  readonly threshold: Threshold;
  /** What acting on the confidences is worth. */
  readonly decision: Decision;
  /** Risk against coverage on all rows, thinned for drawing; its intervals hold for one point at a time. */
  readonly riskCoverage: readonly RiskCoveragePoint[];
  /** What would have been concluded by row, where rows come in groups; null without groups. */
  readonly contrast: Contrast | null;
  /** Metrics of all class probabilities; null where only confidences were read. */
  readonly classes: Classes | null;
  /** Prediction sets over the classes; null where only confidences were read. */
  readonly sets: Sets | null;
  readonly splits: Splits;
  readonly methods: readonly Method[];
}

/** The options in force, defaults filled in. */
export interface ReportOptions {
  readonly bins: number;
  readonly level: number;
  readonly seed: number;
  /** Largest error rate allowed among the answers that go out. */
  readonly risk: number;
  /** Probability with which the promise of the threshold may fail. */
  readonly delta: number;
  /** Calibration error that is called small. */
  readonly tolerance: number;
  /** Coverages that prediction sets promise. */
  readonly coverage: readonly number[];
  /** How prediction sets are made. */
  readonly sets: SetMethod;
}

/** Clusters of rows. */
export interface GroupSummary {
  readonly column: string;
  readonly count: number;
  /** Rows of the largest. */
  readonly largest: number;
  /** How many times more rows are needed than if they were independent, for the mean gap; null where it cannot be told. */
  readonly designEffect: number | null;
}

/** Metrics of the confidences as they came, on all rows: nothing was fitted. */
export interface Metrics {
  readonly accuracy: Estimate;
  readonly meanConfidence: Estimate;
  /** Mean confidence − accuracy: above 0 is overconfident. */
  readonly gap: Estimate;
  /** Expected calibration error. */
  readonly ece: Estimate;
  /** Largest calibration error of a bin. */
  readonly mce: Estimate;
  readonly brier: Estimate;
  /** Log loss in nats. */
  readonly logLoss: Estimate;
  /** Probability that a right answer is more confident than a wrong one; null where all outcomes are equal. */
  readonly auroc: Estimate | null;
  /** Area under the risk–coverage curve. */
  readonly aurc: Estimate;
}

/** The reliability diagram as data, with the isotonic curve thinned for drawing. */
export interface Reliability extends Omit<ReliabilityCurve, "histogram"> {
  readonly histogram: {
    readonly edges: readonly number[];
    readonly counts: readonly number[];
    /** Rows of each bar that came true. */
    readonly positives: readonly number[];
  };
}

/** What the intervals of a slice say. */
export type SliceFinding = "overconfident" | "underconfident" | "miscalibrated" | "undecided" | "fine";

/** One value of one `--by` column. All intervals of all slices hold together with probability `level`. */
export interface Slice {
  readonly column: string;
  readonly value: string;
  readonly n: number;
  readonly groups?: number;
  readonly accuracy: Estimate;
  readonly meanConfidence: Estimate;
  readonly gap: Estimate;
  readonly ece: Estimate;
  readonly finding: SliceFinding;
}

/** A band of confidence: from its lower end up to, but without, its upper end (1 is in the last). */
export interface ConfidenceBand {
  /** "hesitant", "middling", "confident"; empty where one band holds everything. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** One value of one `--by` column × one band of confidence, on the evaluate part. */
export interface CellFinding {
  readonly column: string;
  readonly value: string;
  readonly band: ConfidenceBand;
  readonly n: number;
  readonly groups?: number;
  readonly accuracy: number;
  readonly meanConfidence: number;
  /** Mean confidence − accuracy; the intervals of all measured cells hold together. */
  readonly gap: Estimate;
  /** Whether the interval leaves 0 out. */
  readonly finding: boolean;
}

/** Where the confidences fail, by slice and confidence together. */
export interface Multicalibration {
  /** The cells that looked off on the fit part, as the evaluate part has them, worst first; null where none could be looked for. */
  readonly cells: readonly CellFinding[] | null;
  /** Why none could be looked for. */
  readonly reason: string | null;
  readonly bands: readonly ConfidenceBand[];
  /** Cells of the fit part that were large enough to be looked at. */
  readonly searched: number;
}

/** Calibration of the evaluation part. */
export interface BeforeAfter {
  readonly ece: Estimate;
  readonly brier: Estimate;
  readonly logLoss: Estimate;
  readonly reliability: Reliability;
}

/** Which recalibration helps, if any. */
export interface Recalibration {
  /** The method; "identity" where nothing was clearly better; null where nothing could be compared. */
  readonly chosen: string | null;
  /** Why, in a sentence. */
  readonly reason: string;
  /** Cross-validated log loss on the fit part. */
  readonly candidates: readonly ComparedCandidate[];
  /** On the evaluate part, which the fit never saw; null where nothing was fitted. */
  readonly evaluation: {
    readonly before: BeforeAfter;
    readonly after: BeforeAfter;
    /** Paired, after − before: below 0 is better. */
    readonly difference: { readonly brier: Estimate; readonly logLoss: Estimate };
  } | null;
  /** The chosen calibrator; `credence apply` reads it. */
  readonly calibrator: CalibratorJSON | null;
}

/** Which answers may go out without a human: certified on the certify part, starting where the fit part suggests. */
export interface Threshold extends Omit<CertifiedThreshold, "tested"> {
  /** What the threshold does on the evaluate part, which neither chose nor certified it; null without a threshold. */
  readonly evaluated: { readonly coverage: Estimate; readonly risk: Estimate | null } | null;
}

/** Whether acting on the confidences is proven better, or worse, than the better of acting always and never. */
export type DecisionFinding = "better" | "worse" | "undecided";

/** Thresholds from … to, both included. */
export interface ThresholdRange {
  readonly from: number;
  readonly to: number;
}

/** The decision curve: acting is to let an answer out, at threshold t where a wrong one costs t/(1 − t) right ones. */
export interface Decision {
  /** Net benefits; their intervals hold for each threshold alone, the findings for all of them together. */
  readonly points: readonly (DecisionPoint & { readonly finding: DecisionFinding })[];
  readonly better: readonly ThresholdRange[];
  readonly worse: readonly ThresholdRange[];
}

/** The same question asked by row and by group. */
export interface Contrast {
  readonly byRow: ContrastSide;
  readonly byGroup: ContrastSide;
}

/** One side of the contrast. */
export interface ContrastSide {
  readonly accuracy: Estimate;
  readonly gap: Estimate;
  readonly ece: Estimate;
  readonly threshold: Pick<CertifiedThreshold, "certified" | "threshold" | "bound" | "coverage">;
}

/** Metrics of the probabilities of all classes, on all rows. */
export interface Classes {
  readonly count: number;
  readonly names: readonly string[];
  /** Calibration errors: of the likeliest class, of every class (mean), and of the k likeliest together. */
  readonly topLabel: Estimate;
  readonly classwise: Estimate;
  readonly topK: readonly { readonly k: number; readonly error: Estimate }[];
  /** Brier's sum over classes, in [0, 2]. */
  readonly brier: Estimate;
  /** Log loss in nats. */
  readonly logLoss: Estimate;
}

/** Which rows did what. */
export interface Splits {
  readonly seed: number;
  /** The parts; null where the data was too small to be split. */
  readonly parts: { readonly fit: RowsUsed; readonly certify: RowsUsed; readonly evaluate: RowsUsed } | null;
  /** Why there are no parts. */
  readonly reason: string | null;
  readonly uses: readonly { readonly what: string; readonly rows: "all" | "fit" | "certify" | "evaluate" }[];
}

/** Something the reader must know before believing a number. */
export interface Warning {
  readonly code:
    | "clusters"
    | "missing"
    | "unlabelled"
    | "one-class"
    | "few-rows"
    | "few-groups"
    | "extreme-confidences";
  /** "alarm": the intervals cannot be believed. */
  readonly severity: "alarm" | "note";
  readonly message: string;
  /** For "clusters": the columns. */
  readonly suspects?: readonly ClusterSuspect[];
}

/** The four answers, in words that follow from the numbers by fixed rules. */
export interface Verdict {
  readonly status: "good" | "caution" | "bad" | "unknown";
  readonly headline: string;
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
}

/** A footnote: how something was computed, and where that comes from. */
export interface Method {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly source: string;
}
