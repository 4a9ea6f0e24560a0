import type {
  ChartOptions,
  CoverageByGroupData,
  ForestData,
  IntervalFanData,
  PitHistogramData,
  PrecisionRecallData,
  QuantileCalibrationData,
  RiskControlData,
  SetSizeData,
  VarianceBarsData,
} from "@credence/plot";
import type { Method, Verdict, Warning } from "../analysis/report.js";

/** A report made of sections: what every renderer can write, whatever was analysed. */
export interface ReportDocument {
  readonly schema: string;
  /** What was analysed, in one line. */
  readonly source: string;
  readonly verdict: Verdict;
  readonly warnings: readonly Warning[];
  /** What was guessed, in sentences. */
  readonly guesses: readonly string[];
  /** The numbers at the top. */
  readonly tiles: readonly { readonly name: string; readonly big: string; readonly small: string }[];
  readonly sections: readonly DocumentSection[];
  readonly methods: readonly Method[];
  /** Level of the intervals. */
  readonly level: number;
  /** Words of the badge under the headline of a page. Default: how far confidences can be trusted. */
  readonly badges?: Badges;
}

/** A word or two for each status of a verdict. */
export type Badges = Readonly<Record<Verdict["status"], string>>;

/** A part of a report with a title. */
export interface DocumentSection {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** What a section is made of. Names from the data may stand anywhere: renderers escape. */
export type Block = TextBlock | TableBlock | ChartBlock;

/** A paragraph. */
export interface TextBlock {
  readonly kind: "text";
  readonly text: string;
  /** The footnote, by its id. */
  readonly method?: string;
}

/** A table; the first cell of a row is its head. */
export interface TableBlock {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly {
    readonly head: string;
    readonly number?: boolean;
    /** False: a terminal, which has little room, leaves the column out. */
    readonly terminal?: false;
  }[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that a terminal shows. Default 8; 0 leaves the table to the other forms. */
  readonly terminalRows?: number;
}

/** A chart, as data: only the page draws. */
export interface ChartBlock {
  readonly kind: "chart";
  readonly id: string;
  readonly chart: Chart;
  readonly options?: ChartOptions;
}

/** The charts that sections use, by name. */
export type Chart =
  | { readonly name: "coverageByGroup"; readonly data: CoverageByGroupData }
  | { readonly name: "forest"; readonly data: ForestData }
  | { readonly name: "intervalFan"; readonly data: IntervalFanData }
  | { readonly name: "pitHistogram"; readonly data: PitHistogramData }
  | { readonly name: "precisionRecall"; readonly data: PrecisionRecallData }
  | { readonly name: "quantileCalibration"; readonly data: QuantileCalibrationData }
  | { readonly name: "riskControl"; readonly data: RiskControlData }
  | { readonly name: "setSize"; readonly data: SetSizeData }
  | { readonly name: "varianceBars"; readonly data: VarianceBarsData };

/** A paragraph. */
export const text = (words: string, method?: string): TextBlock => ({
  kind: "text",
  text: words,
  ...(method !== undefined && { method }),
});
