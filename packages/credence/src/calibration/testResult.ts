/** The result of a significance test. */
export interface TestResult {
  readonly statistic: number;
  /** Probability of a statistic at least as extreme if the model is calibrated. */
  readonly pValue: number;
  /** How it was made, e.g. "spiegelhalter", "cluster-spiegelhalter". */
  readonly method: string;
  /** Rows. */
  readonly n: number;
  /** Independent groups, where rows come in clusters. */
  readonly groups?: number;
}
