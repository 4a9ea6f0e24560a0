import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkCount, checkOptions, checkSameLength, type Outcomes } from "../numeric/check.js";
import { outcomeColumn } from "../numeric/columns.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { rowNumbers } from "../numeric/mapNumbers.js";
import {
  type Calibrator,
  type CalibratorJSON,
  createCalibrator,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { type Candidate, type CandidateName, resolveCandidate } from "./candidates.js";
import { type Rows, takeRows } from "./comparison.js";
import { bestPooling } from "./groupPooling.js";
import { checkedWeights, checkFitInput, checkRidge } from "./input.js";
import {
  countingRows,
  type Family,
  fitMethod,
  type PartedScores,
  predictFamily,
  shareOf,
  whyParent,
} from "./partFamily.js";
import { readBinaryCalibrator } from "./readBinaryCalibrator.js";

/** Options of group-wise calibration. */
export interface GroupwiseOptions extends FitOptions {
  /** The part of the population each row belongs to: language, model, product. Each gets its own calibrator. */
  by: Groups;
  /** The method fitted to all rows (the parent) and to each part. Default "platt" on log-odds. */
  method?: CandidateName | Candidate;
  /**
   * Strength of the pooling, in rows: a part of n rows is n/(n + pooling) its own, the rest its parent's. Default
   * "auto": the least log loss in 5-fold cross-validation over 0, 30, 100, 300, 1000, 3000, Infinity.
   */
  pooling?: number | "auto";
  /** Parts with fewer rows use the parent alone. Default 30. */
  minRows?: number;
  /** Seed of the folds. Default 0. */
  seed?: number;
}

/** One part's own calibrator. */
export interface PartCalibrator {
  readonly part: string | number;
  readonly n: number;
  /** Share of the part's own calibrator in its predictions; the rest is the parent's. */
  readonly share: number;
  /** Null where the part falls back to the parent. */
  readonly calibrator: CalibratorJSON | null;
}

/** The parent and every part. */
export interface GroupwiseParameters {
  readonly parent: CalibratorJSON;
  /** The pooling used, in rows; null stands for infinite pooling (the parent everywhere). */
  readonly pooling: number | null;
  readonly parts: readonly PartCalibrator[];
}

/** A fitted group-wise calibrator. */
export type GroupwiseCalibrator = Calibrator<GroupwiseParameters, PartedScores, Float64Array>;

const definition: MethodDefinition<GroupwiseParameters, PartedScores, Float64Array> = {
  method: "groupwise",
  readParameters(fields) {
    const read = (json: unknown) => readBinaryCalibrator("groupwise.fromJSON", json).toJSON();
    return {
      parent: read(fields.value("parent")),
      pooling: fields.has("pooling") ? fields.number("pooling") : null,
      parts: fields.list("parts").map((part) => {
        const name = part.value("part");
        const share = part.number("share");
        if (typeof name !== "string" && typeof name !== "number")
          throw part.refuse("part", "must be text or a number.");
        if (!(share >= 0 && share <= 1)) throw part.refuse("share", "must lie in [0, 1].");
        const calibrator = part.has("calibrator") ? read(part.value("calibrator")) : null;
        return { part: name, n: part.count("n"), share, calibrator };
      }),
    };
  },
  predictor: ({ parent, parts }) => {
    const read = (json: CalibratorJSON) => readBinaryCalibrator("groupwise.fromJSON", json).predict;
    return predictFamily({
      parent: read(parent),
      parts: new Map(
        parts.flatMap(({ part, share, calibrator }) =>
          calibrator ? [[part, { share, predict: read(calibrator) }] as const] : [],
        ),
      ),
    });
  },
};

/**
 * Any binary method per part of the population, with partial pooling: predictions of a part are a mean of its own
 * calibrator and that of all rows, weighted n : pooling. A part that is too small, or all of one outcome, uses the parent
 * and `notes` says so.
 */
export const groupwise = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range",
   * "unknown-option".
   * @example
   * ```ts
   * import { groupwise } from "credence/recalibration";
   * const scores = Array.from({ length: 400 }, () => 0.8);
   * const by = scores.map((_, i) => (i < 200 ? "Danish" : "Welsh"));
   * const outcomes = scores.map((_, i) => (i < 200 ? i % 10 > 0 : i % 2 > 0)); // 90 % and 50 %
   * const calibrator = groupwise.fit(scores, outcomes, { by, pooling: 0 });
   * calibrator.predict({ scores: [0.8, 0.8], by: ["Danish", "Welsh"] }); // → [0.9, 0.5]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: GroupwiseOptions): GroupwiseCalibrator {
    const fn = "groupwise.fit";
    checkOptions(fn, options, "by");
    const { by, pooling = "auto", minRows = 30, seed = 0 } = options;
    checkFitInput(fn, scores, outcomes, "probabilities");
    checkSameLength(fn, "by", by, "scores", scores);
    checkCount(fn, "minRows", minRows);
    if (pooling !== "auto" && pooling !== Infinity) checkRidge(fn, "pooling", pooling);
    const weights = checkedWeights(fn, options.weights, outcomes.length);
    const candidate = resolveCandidate(fn, "method", options.method ?? "platt");
    const record = recordFit(fn, scores, outcomes, options);
    const parts = groupCodes(fn, by, scores, "scores");
    const clusters = options.groups
      ? groupCodes(fn, options.groups, scores, "scores").codes
      : rowNumbers(scores.length);
    const rows: Rows = {
      scores,
      outcomes: outcomeColumn(fn, "outcomes", outcomes),
      weights,
      groups: clusters,
    };
    const strength =
      pooling === "auto" ? bestPooling(fn, rows, parts.codes, candidate, minRows, seed) : pooling;
    const fitTo = (indices: Int32Array) => fitMethod(candidate, takeRows(rows, indices), record.fittedAt);
    const parent = fitTo(rowNumbers(scores.length));
    const notes: string[] = [];
    const fitted = groupRows(parts).map((members, g) => {
      const indices = countingRows(members, rows);
      const part = parts.labels[g];
      const n = indices.length;
      const refusal = whyParent(indices, rows, minRows);
      if (refusal) notes.push(`"${part}" uses the calibrator of all rows: ${refusal}.`);
      const calibrator = refusal ? null : fitTo(indices);
      return { part, n, share: calibrator ? shareOf(n, strength) : 0, calibrator };
    });
    const parameters: GroupwiseParameters = {
      parent: parent.toJSON(),
      pooling: strength === Infinity ? null : strength,
      parts: fitted.map((part) => ({ ...part, calibrator: part.calibrator?.toJSON() ?? null })),
    };
    const family: Family = { parent: parent.predict, parts: familyParts(fitted) };
    return createCalibrator(
      { ...definition, predictor: () => predictFamily(family) },
      parameters,
      record,
      "ok",
      notes,
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): GroupwiseCalibrator => readCalibrator(definition, json),
};

function familyParts(
  parts: readonly { part: string | number; share: number; calibrator: Calibrator | null }[],
): Family["parts"] {
  return new Map(
    parts.flatMap(({ part, share, calibrator }) =>
      calibrator ? [[part, { share, predict: calibrator.predict }] as const] : [],
    ),
  );
}
