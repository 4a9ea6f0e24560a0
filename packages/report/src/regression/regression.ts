import type { Estimate, RowsUsed } from "credence/estimate";
import type { PitHistogram, QuantileCalibrationPoint } from "credence/forecast";
import type { Method, Verdict, Warning } from "../analysis/report.js";
import type { NumberOrigin } from "../numbers/numberOrigin.js";
import type { RowGroups } from "../numbers/rowWarnings.js";

/** Version of the JSON layout of reports on predictions of a number. */
export const REGRESSION_SCHEMA = "credence.regression/1";

/** How far predictions of a number can be trusted, as plain data: everything that the renderers show. */
export interface RegressionReport {
  readonly schema: typeof REGRESSION_SCHEMA;
  readonly origin: NumberOrigin;
  readonly options: RegressionOptions;
  /** Rows with a prediction and an observation. */
  readonly n: number;
  /** Rows without a prediction, and without an observation; not in `n`. */
  readonly missing: number;
  readonly unlabelled: number;
  readonly groups: RowGroups | null;
  readonly verdict: Verdict;
  readonly warnings: readonly Warning[];
  /** Of the predictions as they came, on all rows. */
  readonly metrics: {
    /** Mean of observed − prediction: above 0 the predictions are too low. */
    readonly bias: Estimate;
    readonly meanAbsoluteError: Estimate;
    readonly rootMeanSquaredError: Estimate;
  };
  /** Which rows did what; null where there were too few to be split. */
  readonly parts: {
    readonly calibrate: RowsUsed;
    readonly evaluate: RowsUsed;
    /** "time": the earlier rows calibrate, the later ones judge. */
    readonly by: "random" | "group" | "time";
  } | null;
  /** Why there are no parts. */
  readonly reason: string | null;
  /** Prediction intervals, by source and by coverage. */
  readonly intervals: readonly IntervalReport[];
  /** Of the forecasts as normal distributions, on all rows; null without an sd. */
  readonly forecast: ForecastReport | null;
  /** One row after the other; null without a time. */
  readonly overTime: OverTime | null;
  readonly methods: readonly Method[];
}

/** The options in force, defaults filled in. */
export interface RegressionOptions {
  /** Coverages to promise. */
  readonly coverage: readonly number[];
  /** The coverage that `lower` and `upper` claim; null without them. */
  readonly nominal: number | null;
  readonly level: number;
  readonly seed: number;
}

/** What the intervals are made from. */
export type IntervalSource = "residuals" | "sd" | "quantiles";

/** Intervals of one source that promise one coverage, judged on rows that did not calibrate. */
export interface IntervalReport {
  readonly source: IntervalSource;
  /** The coverage promised. */
  readonly target: number;
  /** Half the width (residuals), sds to each side (sd), or how far the ends move outwards (quantiles). +∞: the whole line. */
  readonly threshold: number;
  /** Why the threshold is infinite and what would help; null where it is finite. */
  readonly reason: string | null;
  /** Intervals as the forecasts claim them: normal with this sd, or [lower, upper] where the target is nominal. */
  readonly before: IntervalSummary | null;
  readonly after: IntervalSummary;
  /** Lowest coverage (after) first, over all `--by` columns together. */
  readonly slices: readonly IntervalSlice[];
}

/** What intervals do. */
export interface IntervalSummary {
  readonly coverage: Estimate;
  /** Mean width; infinite where an interval is. */
  readonly width: Estimate;
  /** Mean interval score, small is good; null where an interval is infinite. */
  readonly score: Estimate | null;
  /** Intervals that hold nothing: their ends have crossed. Their score is that of the point between. */
  readonly empty: number;
}

/** Coverage and mean width in a slice. */
export interface SliceIntervals {
  readonly coverage: Estimate;
  readonly width: number;
}

/** Intervals in one slice. Intervals of coverages hold for all slices together. */
export interface IntervalSlice {
  readonly column: string;
  readonly value: string;
  readonly n: number;
  readonly groups?: number;
  readonly before: SliceIntervals | null;
  readonly after: SliceIntervals;
  /** With a threshold of the slice's own. */
  readonly mondrian: SliceIntervals & { readonly threshold: number; readonly reason: string | null };
}

/** Normal forecasts, judged on all rows: nothing was fitted. */
export interface ForecastReport {
  /** Continuous ranked probability score, in the unit of the observations; small is good. */
  readonly crps: Estimate;
  /** Root mean square of the sds. */
  readonly sharpness: Estimate;
  /** Area between the quantile calibration curve and the diagonal, in [0, 0.5]. */
  readonly miscalibrationArea: Estimate;
  readonly pit: {
    readonly counts: readonly number[];
    readonly pointwise: readonly [readonly number[], readonly number[]];
    readonly simultaneous: readonly [readonly number[], readonly number[]];
    readonly test: PitHistogram["test"];
  };
  readonly quantileCalibration: readonly QuantileCalibrationPoint[];
}

/** Intervals that follow the stream, beside those of one width. */
export interface OverTime {
  readonly source: IntervalSource;
  readonly target: number;
  /** Step size of adaptive conformal inference. */
  readonly gamma: number;
  /** The first rows, which only calibrate; the others are judged. */
  readonly warmUp: number;
  readonly tested: number;
  /** Rows of a block of the bootstrap. */
  readonly block: number;
  readonly adaptive: StreamSummary & {
    /** |rate of misses − (1 − target)| is at most this, whatever the data. */
    readonly errorBound: number;
  };
  /** The threshold of the warm-up rows, kept. */
  readonly fixed: StreamSummary;
  readonly rolling: {
    /** Rows of a window. */
    readonly window: number;
    /** The last row's time of each window. */
    readonly times: readonly number[];
    readonly adaptive: readonly number[];
    readonly fixed: readonly number[];
    /** Where 95 % of windows lie if rows miss independently at the promised rate. */
    readonly expected: readonly [number, number];
  } | null;
  /** The last rows, with their adaptive intervals. */
  readonly last: {
    readonly times: readonly number[];
    readonly prediction: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
    readonly observed: readonly number[];
  };
  /** Whether times are milliseconds since 1970. */
  readonly dated: boolean;
}

/** How a stream of intervals did. */
export interface StreamSummary {
  /** With an interval of the block bootstrap. */
  readonly coverage: Estimate;
  /** Mean width of the finite intervals; null where there are none. */
  readonly width: number | null;
  /** Rows whose interval was the whole line. */
  readonly infinite: number;
}
