import type { FitRecord } from "../estimate/fitRecord.js";
import { checkClasses, checkOneOf, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Groups } from "../numeric/groups.js";
import type { JsonFields } from "../numeric/json.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { type ClusterOptions, clusterClasses } from "./classClusters.js";
import { type ClassScore, classScore } from "./classScore.js";
import { setByClass, setMaker } from "./classSets.js";
import {
  type RecordOptions,
  readCategory,
  readNumbers,
  readStored,
  readThreshold,
  recordCalibration,
  type StoredFit,
  stored,
  writeCategory,
  writeNumber,
  writeThreshold,
} from "./fitted.js";
import { lookUp, thresholdsBy } from "./mondrian.js";
import { type CategoryThreshold, type ConformalThreshold, thresholdOf } from "./quantile.js";

/** Options that all conformal classification methods share. */
export interface ClassificationOptions extends RecordOptions {
  /** Allowed rate of sets that miss the true class, in (0, 1). */
  alpha: number;
  /**
   * "class": the promise holds within every true class; "cluster": within clusters of classes with alike scores, for
   * long tails (Ding et al. 2023). Default: over all rows.
   */
  conditional?: "class" | "cluster";
  /** How classes are clustered. */
  clustering?: ClusterOptions;
  /** A category per row: the promise holds within each (Mondrian). Give the categories to `predict`, too. */
  categories?: Groups;
  /** A cluster id per row; the promise is then for a row of a new group. */
  groups?: Groups;
  /** Empty sets: "allow" keeps them (exact coverage needs them), "top" puts the likeliest class in. Default "allow". */
  emptySets?: "allow" | "top";
}

/** Options of methods with a randomised form. */
export interface RandomisedOptions extends ClassificationOptions {
  /**
   * Draws one u per row so that coverage is exactly 1 − α; without, sets depend on the probabilities alone and cover
   * ≥ 1 − α. Default false.
   */
  randomised?: boolean;
  /** Seed of the draws. Default 0. */
  seed?: number;
}

/** Options of `predict`. */
export interface PredictSetsOptions {
  /** The category of each row, where the fit had categories. */
  categories?: Groups;
  /** Seed of the rows' draws. Default: the fit's; rows predicted in several calls need a seed for each call. */
  seed?: number;
}

/** A fitted classification method. */
export interface ConformalClassifier extends ConformalThreshold, StoredFit {
  /** The method's name, e.g. "aps". */
  readonly method: string;
  /** One per true class, cluster of classes or category, where the promise is conditional; else empty. */
  readonly categories: readonly CategoryThreshold[];
  /**
   * The prediction set of every row: class indices, ascending.
   * @throws CredenceError as `fit`; "unknown-group" for a category without calibration rows.
   */
  predict(probabilities: Matrix, options?: PredictSetsOptions): number[][];
}

/** A way to make prediction sets over classes. */
export interface ClassificationMethod<
  Options extends ClassificationOptions,
  Fitted extends ConformalClassifier = ConformalClassifier,
> {
  /**
   * Calibrates on rows the model was not fitted on.
   * @param probabilities { data, rows, columns }: one row per case, one column per class, each row summing to 1.
   * @param labels The true class of each row, 0 … columns − 1.
   * @throws CredenceError "not-a-probability", "not-normalised", "length-mismatch", "unknown-class", "out-of-range".
   */
  fit(probabilities: Matrix, labels: ArrayLike<number>, options: Options): Fitted;
  /** The non-conformity score of each row's true class, from which `fit` takes the threshold. */
  scores(probabilities: Matrix, labels: ArrayLike<number>, options?: Partial<Options>): Float64Array;
  /** Reads a stored fit back. @throws CredenceError "invalid-json" naming the field. */
  fromJSON(json: unknown): Fitted;
}

/** What a method must say about itself. */
export interface ClassMethodDefinition<Options extends RandomisedOptions> {
  readonly method: string;
  /** The score for the options; refuses parameters it cannot take. */
  score(options: Partial<Options>): ClassScore;
  /** The options that the score depends on, to JSON and back. Default: it depends on none. */
  writeScore?(options: Partial<Options>): Record<string, number>;
  readScore?(fields: JsonFields): Partial<Options>;
}

/** Everything that predicting needs, as data. */
interface Parameters<Options> {
  readonly columns: number;
  readonly pooled: ConformalThreshold;
  readonly by: "rows" | "class" | "categories";
  readonly byClass: Float64Array;
  readonly categories: readonly CategoryThreshold[];
  readonly randomised: boolean;
  readonly seed: number;
  readonly emptySets: "allow" | "top";
  readonly scoreOptions: Partial<Options>;
}

/** A method from its score. */
export function classificationMethod<Options extends RandomisedOptions>(
  definition: ClassMethodDefinition<Options>,
): ClassificationMethod<Options> {
  const { method } = definition;
  return {
    scores(probabilities, labels, options = {}) {
      checkOptions(method, options);
      checkLabelled(method, probabilities, labels);
      return scoresOf(definition.score(options), probabilities, labels, options);
    },
    fit(probabilities, labels, options) {
      checkOptions(method, options, "alpha");
      checkLabelled(method, probabilities, labels);
      const { alpha, groups, randomised = false, seed = 0, emptySets = "allow" } = options;
      checkOneOf(method, "emptySets", emptySets, ["allow", "top"]);
      const scores = scoresOf(definition.score(options), probabilities, labels, options);
      const pooled = thresholdOf(method, "probabilities", scores, alpha, { groups });
      const { columns } = probabilities;
      const conditional = conditionalThresholds(method, scores, labels, columns, options);
      const shared = { columns, pooled, randomised, seed, emptySets, scoreOptions: options };
      const fitted = recordCalibration(method, scores, options, labels);
      return build(definition, { ...shared, ...conditional }, fitted);
    },
    fromJSON(json) {
      const fn = `${method}.fromJSON`;
      const { fitted, parameters } = readStored(fn, [method], json);
      const by = parameters.oneOf("by", ["rows", "class", "categories"] as const);
      const columns = parameters.count("columns", 1);
      return build(
        definition,
        {
          columns,
          pooled: readThreshold(parameters.fields("pooled")),
          by,
          byClass: readNumbers(fn, parameters, "byClass", by === "class" ? columns : 0),
          categories: parameters.list("categories").map(readCategory),
          randomised: parameters.boolean("randomised"),
          seed: parameters.number("seed"),
          emptySets: parameters.oneOf("emptySets", ["allow", "top"]),
          scoreOptions: definition.readScore?.(parameters.fields("score")) ?? {},
        },
        fitted,
      );
    },
  };
}

function build<Options extends RandomisedOptions>(
  definition: ClassMethodDefinition<Options>,
  parameters: Parameters<Options>,
  fitted: FitRecord,
): ConformalClassifier {
  const { method } = definition;
  const { columns, pooled, by, byClass, categories, randomised, seed, emptySets, scoreOptions } = parameters;
  const score = definition.score(scoreOptions);
  const cells = lookUp(method, categories);
  function predict(rows: Matrix, options: PredictSetsOptions = {}): number[][] {
    checkOptions(method, options);
    checkProbabilityRows(method, "probabilities", rows);
    checkColumns(method, rows, columns);
    const asked = options.categories ?? [];
    if (by === "categories")
      checkSameLength(method, "categories", asked, "rows of probabilities", { length: rows.rows });
    const u = draws(randomised, options.seed ?? seed, "predict");
    const make = setMaker(score, rows);
    return Array.from({ length: rows.rows }, (_, i) => {
      const threshold = by === "categories" ? cells.of(asked[i]).threshold : pooled.threshold;
      const set = by === "class" ? setByClass(score, rows, i, byClass, u()) : make(i, threshold, u());
      return set.length === 0 && emptySets === "top" ? [likeliest(rows, i)] : set;
    });
  }
  return stored({ ...pooled, method, categories, predict }, method, fitted, {
    columns,
    pooled: writeThreshold(pooled),
    by,
    byClass: Array.from(byClass, writeNumber),
    categories: categories.map(writeCategory),
    randomised,
    seed,
    emptySets,
    score: definition.writeScore?.(scoreOptions) ?? {},
  });
}

/** A stream of one u per row, or the constant 1 of the unrandomised form. */
function draws(randomised: boolean, seed: number, purpose: "fit" | "predict"): () => number {
  if (!randomised) return () => 1;
  const random = createRandom(seed);
  return purpose === "fit" ? random.uniform : random.fork().uniform;
}

function scoresOf(
  score: ClassScore,
  probabilities: Matrix,
  labels: ArrayLike<number>,
  { randomised = false, seed = 0 }: Partial<RandomisedOptions>,
): Float64Array {
  const u = draws(randomised, seed, "fit");
  return Float64Array.from({ length: probabilities.rows }, (_, i) =>
    classScore(score, probabilities, i, labels[i], u()),
  );
}

/** Thresholds per true class (or cluster of classes), or per category; neither where the promise is marginal. */
function conditionalThresholds(
  fn: string,
  scores: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
  options: RandomisedOptions,
): Pick<Parameters<RandomisedOptions>, "by" | "byClass" | "categories"> {
  const { alpha, conditional, categories, groups } = options;
  const byClass = new Float64Array(conditional ? classes : 0);
  if (conditional === undefined) {
    if (!categories) return { by: "rows", byClass, categories: [] };
    const cells = thresholdsBy(fn, "probabilities", scores, categories, alpha, groups);
    return { by: "categories", byClass, categories: cells.categories };
  }
  checkOneOf(fn, "conditional", conditional, ["class", "cluster"]);
  if (categories)
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "conditional", value: conditional },
      "a promise is either per class or per category; drop one of the two.",
    );
  if (conditional === "cluster") {
    const clustered = clusterClasses(fn, scores, labels, classes, alpha, options.clustering, groups);
    return { by: "class", byClass: clustered.thresholds, categories: clustered.clusters };
  }
  const cells = thresholdsBy(fn, "labels", scores, labels, alpha, groups);
  // A class that calibration never saw cannot be excluded from any set.
  byClass.fill(Infinity);
  for (const cell of cells.categories) byClass[cell.category as number] = cell.threshold;
  return { by: "class", byClass, categories: cells.categories };
}

function likeliest({ data, columns }: Matrix, row: number): number {
  let best = row * columns;
  for (let j = best + 1; j < (row + 1) * columns; j++) if (data[j] > data[best]) best = j;
  return best - row * columns;
}

/** Checks probabilities and the labels that go with them. */
export function checkLabelled(fn: string, probabilities: Matrix, labels: ArrayLike<number>): void {
  checkProbabilityRows(fn, "probabilities", probabilities);
  checkSameLength(fn, "labels", labels, "rows of probabilities", { length: probabilities.rows });
  checkClasses(fn, "labels", labels, probabilities.columns);
}

function checkColumns(fn: string, { columns }: Matrix, expected: number): void {
  if (columns !== expected)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "probabilities.columns", value: columns },
      `the fit had ${expected} classes.`,
    );
}
