import { levelOf } from "../estimate/estimate.js";
import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { splitRows } from "../estimate/split.js";
import { binOf } from "../numeric/bins.js";
import { checkCount, checkFields, checkOpenUnit, checkOptions, type Outcomes } from "../numeric/check.js";
import type { JsonFields } from "../numeric/json.js";
import { takeNumbers } from "../numeric/mapNumbers.js";
import {
  type AttributedRows,
  type AttributedScores,
  type Attributes,
  attributeColumn,
  type Cell,
  indexCells,
  levelBinning,
} from "./calibrationCells.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { type AuditedCell, auditCells } from "./cellAudit.js";
import { boostCells, type Correction, shifted } from "./cellBoosting.js";
import { checkFitInput, checkScores } from "./input.js";
import { readEstimate } from "./readEstimate.js";

/** Options of multicalibration. */
export interface MulticalibrationOptions extends Omit<FitOptions, "weights"> {
  /** The attributes whose groups must be calibrated: a value per row each, e.g. `{ language: [...], length: [...] }`. */
  by: Attributes;
  /** Largest |bias| allowed in a cell, in (0, 1). Default 0.05. */
  tolerance?: number;
  /** Levels of the prediction, of equal width; 1 makes every group right on average only (multiaccuracy). Default 10. */
  levels?: number;
  /** Cells with fewer rows in the fit part are left alone. Default ⌈2/tolerance²⌉: `tolerance` is 2.8 standard errors or more. */
  minRows?: number;
  /** Share of the rows (of the groups) kept fresh for the audit. Default 0.3. */
  auditShare?: number;
  /** Level at which all audit intervals hold together. Default 0.95. */
  level?: number;
  /** Seed of the split. Default 0. */
  seed?: number;
}

/** Corrections in the order they are applied, and their audit. */
export interface MulticalibrationParameters {
  readonly attributes: readonly string[];
  readonly tolerance: number;
  readonly levels: number;
  readonly minRows: number;
  readonly corrections: readonly Correction[];
  /** Cells of the scores as they came whose bias on the audit rows clearly exceeds the tolerance, worst first. */
  readonly findings: readonly AuditedCell[];
  readonly audit: {
    /** Whether no audited cell's bias clearly exceeds the tolerance after correction. */
    readonly holds: boolean;
    readonly rows: number;
    /** Every cell whose share of the fresh rows amounts to minRows in the fit part, from two groups; largest |bias| first. */
    readonly cells: readonly AuditedCell[];
  };
}

/** A fitted multicalibration. */
export type MulticalibrationCalibrator = Calibrator<
  MulticalibrationParameters,
  AttributedScores,
  Float64Array
>;

const definition: MethodDefinition<MulticalibrationParameters, AttributedScores, Float64Array> = {
  method: "multicalibration",
  readParameters(fields) {
    const levels = fields.count("levels", 1);
    const attributes = fields.texts("attributes");
    const cell = (json: JsonFields): Cell => {
      const attribute = json.has("attribute") ? json.text("attribute") : null;
      const value = json.value("value");
      if (attribute !== null && !attributes.includes(attribute))
        throw json.refuse("attribute", "is none of the attributes.");
      if (attribute === null ? value !== null : typeof value !== "string" && typeof value !== "number")
        throw json.refuse("value", "must be text or a number, or null without an attribute.");
      const level = json.count("level");
      if (level >= levels) throw json.refuse("level", `must be less than ${levels}.`);
      return { attribute, value: value as Cell["value"], level };
    };
    const audited = (json: JsonFields): AuditedCell => ({
      ...cell(json),
      bias: readEstimate(json.fields("bias")),
      words: json.text("words"),
    });
    const audit = fields.fields("audit");
    return {
      attributes,
      tolerance: fields.number("tolerance"),
      levels,
      minRows: fields.count("minRows"),
      corrections: fields.list("corrections").map((json) => ({
        ...cell(json),
        shift: json.number("shift"),
        n: json.count("n"),
        words: json.text("words"),
      })),
      findings: fields.list("findings").map(audited),
      audit: {
        holds: audit.boolean("holds"),
        rows: audit.count("rows"),
        cells: audit.list("cells").map(audited),
      },
    };
  },
  predictor: (parameters) => (input) => {
    checkFields("multicalibration.predict", "input", input);
    checkScores("multicalibration.predict", input.scores, "probabilities");
    return correct(parameters, input);
  },
};

/** Applies the corrections in order. */
function correct(
  {
    attributes,
    levels,
    corrections,
  }: Pick<MulticalibrationParameters, "attributes" | "levels" | "corrections">,
  { scores, by }: AttributedScores,
): Float64Array {
  const fn = "multicalibration.predict";
  const binning = levelBinning(levels);
  const result = Float64Array.from(scores);
  const columns = new Map(attributes.map((name) => [name, attributeColumn(fn, by, name, result.length)]));
  for (const { attribute, value, level, shift } of corrections) {
    const column = attribute === null ? null : columns.get(attribute)!;
    for (let i = 0; i < result.length; i++)
      if ((column === null || column[i] === value) && binOf(binning, result[i]) === level)
        result[i] = shifted(result[i], shift);
  }
  return result;
}

/**
 * Multicalibration by boosting (Hébert-Johnson et al. 2018; multiaccuracy: Kim, Ghorbani & Zou 2019): as long as some cell
 * (one value of one attribute × one level of the prediction) of at least `minRows` rows is biased by more than half
 * of `tolerance`, the one whose correction lowers the squared error most is shifted by its bias. The result is audited on
 * rows that took no part.
 */
export const multicalibration = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `parameters.findings` names in words the cells where the scores as they came are wrong;
   * `parameters.corrections` what was done; `parameters.audit` whether it holds on fresh rows. `predict` takes
   * `{ scores, by }`. `status` "not-converged" where cells kept undoing each other; "too-few" where no cell could be
   * audited.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range",
   * "too-few", "unknown-group".
   * @example
   * ```ts
   * import { multicalibration } from "credence/recalibration";
   * const scores = Array.from({ length: 4000 }, () => 0.75);
   * const language = scores.map((_, i) => (i % 2 ? "Welsh" : "Danish"));
   * const outcomes = scores.map((_, i) => (i % 2 ? i % 4 > 1 : i % 8 > 0)); // Welsh 50 %, Danish 75 %
   * const { parameters } = multicalibration.fit(scores, outcomes, { by: { language } });
   * parameters.findings[0].value; // → "Welsh"
   * parameters.audit.holds; // → true
   * ```
   */
  fit(
    scores: ArrayLike<number>,
    outcomes: Outcomes,
    options: MulticalibrationOptions,
  ): MulticalibrationCalibrator {
    const fn = "multicalibration.fit";
    checkOptions(fn, options, "by");
    const { by, tolerance = 0.05, levels = 10, auditShare = 0.3, groups, seed = 0 } = options;
    checkFields(fn, "by", by);
    checkFitInput(fn, scores, outcomes, "probabilities");
    checkOpenUnit(fn, "tolerance", tolerance);
    checkOpenUnit(fn, "auditShare", auditShare);
    checkCount(fn, "levels", levels);
    const minRows = options.minRows ?? Math.ceil(2 / tolerance ** 2);
    checkCount(fn, "minRows", minRows);
    const level = levelOf(fn, options);
    indexCells(fn, by, scores.length, levels); // checks the attributes
    const parts = splitRows(
      [scores, outcomes],
      { fit: 1 - auditShare, audit: auditShare },
      { ...(groups && { groups }), seed },
    );
    const take = (rows: Int32Array): AttributedRows => ({
      scores: takeNumbers(scores, rows),
      outcomes: Float64Array.from(rows, (i) => Number(outcomes[i])),
      by: Object.fromEntries(
        Object.entries(by).map(([name, values]) => [name, Array.from(rows, (i) => values[i])]),
      ),
      groups: groups && Array.from(rows, (i) => groups[i]),
    });
    const attributes = Object.keys(by);
    const { corrections, converged } = boostCells(
      fn,
      take(parts.fit.indices),
      tolerance / 2, // the other half is left to chance
      levels,
      minRows,
    );
    const fresh = take(parts.audit.indices);
    const corrected = correct({ attributes, levels, corrections }, fresh);
    const exceeds = ({ bias }: AuditedCell) =>
      bias.interval![0] > tolerance || bias.interval![1] < -tolerance;
    const enough = Math.ceil((minRows * auditShare) / (1 - auditShare)); // as many as minRows in the fit part
    const before = auditCells(fn, fresh, fresh.scores, levels, enough, level);
    const after = auditCells(fn, fresh, corrected, levels, enough, level);
    const worst = after.find(exceeds);
    const notes: string[] = [];
    if (!converged)
      notes.push("Corrections of overlapping cells kept undoing each other; the last state is used.");
    if (after.length === 0)
      notes.push(`No cell has ${enough} fresh rows from at least two groups: nothing could be audited.`);
    if (worst) notes.push(`On fresh rows the promise fails: ${worst.words}`);
    return createCalibrator(
      definition,
      {
        attributes,
        tolerance,
        levels,
        minRows,
        corrections,
        findings: before.filter(exceeds),
        audit: { holds: after.length > 0 && !worst, rows: corrected.length, cells: after },
      },
      recordFit(fn, scores, outcomes, options),
      !converged ? "not-converged" : after.length === 0 ? "too-few" : "ok",
      notes,
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): MulticalibrationCalibrator => readCalibrator(definition, json),
};
