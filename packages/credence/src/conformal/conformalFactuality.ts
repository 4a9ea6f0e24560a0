import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import type { FitRecord } from "../estimate/fitRecord.js";
import { proportionEstimate } from "../estimate/proportion.js";
import {
  checkFields,
  checkFinite,
  checkNotEmpty,
  checkOptions,
  checkOutcomes,
  checkSameLength,
  type Outcomes,
} from "../numeric/check.js";
import type { Groups } from "../numeric/groups.js";
import { createRandom, type Random } from "../numeric/random.js";
import {
  type RecordOptions,
  readCategory,
  readStored,
  readThreshold,
  recordCalibration,
  type StoredFit,
  stored,
  writeCategory,
  writeThreshold,
} from "./fitted.js";
import { lookUp, thresholdsBy } from "./mondrian.js";
import { type CategoryThreshold, type ConformalThreshold, thresholdOf } from "./quantile.js";

/** One answer, split into claims, with a judgement of each. */
export interface JudgedAnswer {
  /** How sure the model is of each claim; larger is surer. An answer may have no claims. */
  readonly scores: ArrayLike<number>;
  /** 1 where the claim is supported. */
  readonly supported: Outcomes;
}

/** Options of {@link conformalFactuality}. */
export interface FactualityOptions extends RecordOptions {
  /** Allowed rate of answers that keep an unsupported claim, in (0, 1). */
  alpha: number;
  /** Seed of the tie noise. Default 0. */
  seed?: number;
  /** A category per answer: the promise holds within each. Give the category to `filter`, too. */
  categories?: Groups;
  /** A cluster id per answer; the promise is then for an answer of a new group. */
  groups?: Groups;
}

/** What is left of one answer. */
export interface FilteredAnswer {
  /** Indices of the claims that stay, ascending. */
  readonly kept: number[];
  /** Whether nothing is left. */
  readonly abstained: boolean;
}

/** How a filter did on judged answers. */
export interface FactualityReport {
  /** Share of answers whose kept claims are all supported (an answer without kept claims counts as such). */
  readonly factuality: Estimate;
  /** Share of claims kept, over all answers. */
  readonly retention: number;
  /** Answers of which nothing was left. */
  readonly abstained: number;
}

/** A fitted {@link conformalFactuality}. Claims with a score above `threshold` stay; at it, the tie noise decides. */
export interface ConformalFactuality extends ConformalThreshold, StoredFit {
  /** One per category, where the promise is per category. */
  readonly categories: readonly CategoryThreshold[];
  /**
   * Removes the least certain claims of one answer.
   * @param options `category` where the fit had categories; `seed` of the tie noise, default the fit's.
   */
  filter(scores: ArrayLike<number>, options?: { category?: number | string; seed?: number }): FilteredAnswer;
  /** Filters judged answers, none of which was calibrated on, and reports what came true. */
  evaluate(
    answers: readonly JudgedAnswer[],
    options?: EstimateOptions & { categories?: Groups },
  ): FactualityReport;
}

/**
 * Conformal factuality (Mohri & Hashimoto 2024): removes the least certain claims of an answer until all that remain are
 * supported with probability ≥ 1 − α. Equal scores are ordered by seeded noise smaller than any difference of scores.
 *
 * `fit(answers, { alpha })`: judged answers. If nothing can be left in an answer it abstains, which is counted.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "not-binary", "out-of-range", "unknown-group".
 * @example
 * ```ts
 * import { conformalFactuality } from "credence/conformal";
 * const answers = [0.2, 0.4, 0.3, 0.6].map((wrong) => ({ scores: [0.9, wrong], supported: [1, 0] }));
 * const fitted = conformalFactuality.fit(answers, { alpha: 0.2 });
 * fitted.threshold; // → 0.6
 * fitted.filter([0.95, 0.5, 0.7]).kept; // → [0, 2]
 * ```
 */
export const conformalFactuality = {
  fit,
  /** Reads a stored fit back. @throws CredenceError "invalid-json" naming the field. */
  fromJSON(json: unknown): ConformalFactuality {
    const { fitted, parameters } = readStored("conformalFactuality.fromJSON", [METHOD], json);
    return build(
      {
        cut: readThreshold(parameters),
        noise: parameters.number("noise"),
        seed: parameters.number("seed"),
        perCategory: parameters.boolean("perCategory"),
        categories: parameters
          .list("categories")
          .map((fields) => ({ ...readCategory(fields), noise: fields.number("noise") })),
      },
      fitted,
    );
  },
};

const METHOD = "conformal-factuality";

/** A claim's place in the order: by score, then by noise. */
interface Place {
  readonly score: number;
  readonly noise: number;
}

const NOWHERE: Place = { score: -Infinity, noise: 0 };

function fit(answers: readonly JudgedAnswer[], options: FactualityOptions): ConformalFactuality {
  const fn = "conformalFactuality";
  checkOptions(fn, options, "alpha");
  const { alpha, seed = 0, groups, categories } = options;
  checkNotEmpty(fn, "answers", answers);
  const random = createRandom(seed);
  const highest = Array.from(answers, (answer, i) => highestUnsupported(fn, answer, i, random));
  // Places are replaced by their ranks, so that one primitive cuts them.
  const places = [...highest].sort(compare);
  const rankOf = new Map(places.map((place, rank) => [place, rank]));
  const ranks = highest.map((place) => (place === NOWHERE ? -Infinity : rankOf.get(place)!));
  const placeOf = (rank: number): Place =>
    rank === Infinity ? { score: Infinity, noise: 1 } : rank === -Infinity ? NOWHERE : places[rank];
  const cut = thresholdOf(fn, "answers", ranks, alpha, { groups });
  const cells = categories && thresholdsBy(fn, "answers", ranks, categories, alpha, groups);
  const placed = <T extends ConformalThreshold>(one: T): T & { noise: number } => {
    const { score, noise } = placeOf(one.threshold);
    return { ...one, threshold: score, noise };
  };
  const scores = highest.map(({ score }) => score);
  return build(
    {
      cut: placed(cut),
      noise: placed(cut).noise,
      seed,
      perCategory: categories !== undefined,
      categories: (cells?.categories ?? []).map(placed),
    },
    recordCalibration(fn, scores, options),
  );
}

/** Everything that filtering needs, as data. */
interface Parameters {
  readonly cut: ConformalThreshold;
  /** The tie noise of the claim at the threshold. */
  readonly noise: number;
  readonly seed: number;
  readonly perCategory: boolean;
  readonly categories: readonly (CategoryThreshold & { noise: number })[];
}

function build(parameters: Parameters, fitted: FitRecord): ConformalFactuality {
  const fn = "conformalFactuality";
  const { noise: ownNoise, seed, perCategory, categories } = parameters;
  const { alpha, n, groups, threshold, reason } = parameters.cut;
  const cut: ConformalThreshold = { alpha, n, ...(groups !== undefined && { groups }), threshold, reason };
  const cells = lookUp(fn, categories);
  const filterWith = (scores: ArrayLike<number>, limit: Place, noise: Random): FilteredAnswer => {
    checkFinite(fn, "scores", scores);
    const kept: number[] = [];
    for (let j = 0; j < scores.length; j++)
      if (compare({ score: scores[j], noise: noise.uniform() }, limit) > 0) kept.push(j);
    return { kept, abstained: kept.length === 0 };
  };
  const limitOf = (category: number | string | undefined): Place => {
    if (!perCategory) return { score: threshold, noise: ownNoise };
    const cell = cells.of(category as number | string);
    return { score: cell.threshold, noise: cell.noise };
  };
  const fit = {
    ...cut,
    categories,
    filter: (scores: ArrayLike<number>, options: { category?: number | string; seed?: number } = {}) =>
      filterWith(scores, limitOf(options.category), createRandom(options.seed ?? seed).fork()),
    evaluate(
      judged: readonly JudgedAnswer[],
      evaluateOptions: EstimateOptions & { categories?: Groups } = {},
    ): FactualityReport {
      checkNotEmpty(fn, "answers", judged);
      const noise = createRandom(evaluateOptions.seed ?? seed).fork();
      let claims = 0;
      let left = 0;
      let abstained = 0;
      const right = judged.map((answer, i) => {
        checkAnswer(fn, answer, i);
        const filtered = filterWith(answer.scores, limitOf(evaluateOptions.categories?.[i]), noise);
        claims += answer.scores.length;
        left += filtered.kept.length;
        if (filtered.abstained) abstained++;
        return filtered.kept.every((j) => Boolean(answer.supported[j]));
      });
      return {
        factuality: proportionEstimate(right, evaluateOptions, fn),
        retention: claims ? left / claims : Number.NaN,
        abstained,
      };
    },
  };
  return stored(fit, METHOD, fitted, {
    ...writeThreshold(cut),
    noise: ownNoise,
    seed,
    perCategory,
    categories: categories.map((cell) => ({ ...writeCategory(cell), noise: cell.noise })),
  });
}

/** Above this place everything in the answer is supported. */
function highestUnsupported(fn: string, answer: JudgedAnswer, index: number, random: Random): Place {
  checkAnswer(fn, answer, index);
  let highest = NOWHERE;
  for (let j = 0; j < answer.scores.length; j++) {
    const place = { score: answer.scores[j], noise: random.uniform() };
    if (!answer.supported[j] && compare(place, highest) > 0) highest = place;
  }
  return highest;
}

function checkAnswer(fn: string, answer: JudgedAnswer, index: number): void {
  checkFields(fn, `answers[${index}]`, answer);
  const { scores, supported } = answer;
  checkSameLength(fn, `answers[${index}].supported`, supported, "scores", scores);
  checkFinite(fn, `answers[${index}].scores`, scores);
  checkOutcomes(fn, `answers[${index}].supported`, supported);
}

function compare(a: Place, b: Place): number {
  return a.score === b.score ? a.noise - b.noise : a.score - b.score;
}
