import { fingerprint } from "credence/estimate";
import { type NoveltyTest, type NoveltyTestOptions, noveltyTest } from "credence/novelty";
import { CredenceError, type Groups } from "credence/numeric";
import type { Rows } from "../models/index.js";
import type { AnomalyScore } from "./anomalyScores.js";

/** Options of {@link anomalyDetector}. */
export interface AnomalyDetectorOptions {
  /**
   * A cluster id per known row, where rows belong together: pages, users, the blocks of {@link windowsOf}. Each cluster
   * then counts once.
   */
  groups?: Groups;
  signal?: AbortSignal;
}

/** Options of testing rows. */
export interface AnomalyTestOptions extends Omit<NoveltyTestOptions, "groups"> {
  signal?: AbortSignal;
}

/** Which rows are anomalous. */
export interface AnomalyTest extends NoveltyTest {
  /** The score of each row, high for rows like those known. */
  readonly scores: Float64Array;
}

/** A score with known rows to compare with. */
export interface AnomalyDetector {
  /** Scores of the known rows. */
  readonly known: Float64Array;
  /**
   * The least p-value that the known rows allow, 1 / (n + 1), with n rows or groups: no call with a smaller rate can find
   * anything.
   */
  readonly leastPValue: number;
  /**
   * p-values of rows: for one like those known (with groups: from a new group) the chance of p ≤ t is at most t, whatever
   * the model, and exactly t with `smoothed`. And those called anomalous (Benjamini–Hochberg), of which a share of at most
   * `rate` (default 0.1) are not, on average; that promise is for rows drawn independently, so for windows that overlap
   * use `dependence: "any"`.
   */
  test(x: Rows, options?: AnomalyTestOptions): Promise<AnomalyTest>;
}

/**
 * Makes calibrated p-values of any score of anomaly: conformal p-values among the scores of known rows (Bates, Candès, Lei,
 * Romano & Sesia 2023).
 * @param known Rows without anomalies that the model was not trained on.
 * @throws CredenceError "rows-overlap" where they are the rows the model was trained on: those look more familiar than new
 * ones do, so p-values would be too small. "length-mismatch" unless there is a group per row.
 * @example
 * ```ts
 * import { anomalyDetector } from "@credence/train/uses";
 * // Any score will do, here the closeness to 0; see likelihoodScore and its neighbours for those of models.
 * const closeness = { score: async (x) => Float64Array.from(x, ([value]) => -Math.abs(value)) };
 * const known = Array.from({ length: 99 }, (_, i) => [(i - 49) / 50]);
 * const detector = await anomalyDetector(closeness, known);
 * const { pValues, novel } = await detector.test([[0.1], [3], [-4]], { rate: 0.1 });
 * [Array.from(pValues), novel]; // → [[0.91, 0.01, 0.01], [1, 2]]
 * ```
 */
export async function anomalyDetector(
  score: AnomalyScore,
  known: Rows,
  { groups, signal }: AnomalyDetectorOptions = {},
): Promise<AnomalyDetector> {
  const fn = "anomalyDetector";
  if (score.fittedOn !== undefined && score.fittedOn === fingerprint([valuesOf(known), []]))
    throw new CredenceError(
      "rows-overlap",
      { function: fn, argument: "known" },
      "these are the rows that the model was trained on; hold others out to calibrate with.",
    );
  const scores = await score.score(known, { signal });
  if (groups && groups.length !== scores.length)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "groups" },
      `has ${groups.length} ids, but there are ${scores.length} known rows.`,
    );
  const units = groups ? new Set(Array.from(groups)).size : scores.length;
  return {
    known: scores,
    leastPValue: 1 / (units + 1),
    async test(x, { signal: stop, ...options } = {}) {
      const tested = await score.score(x, { signal: stop });
      return { ...noveltyTest(scores, tested, { ...options, groups }), scores: tested };
    },
  };
}

/** All values as a model reads them. */
const valuesOf = (rows: Rows): Float32Array =>
  Float32Array.from("data" in rows ? rows.data : rows.flatMap((row) => Array.from(row)));
