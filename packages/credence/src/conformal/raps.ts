import { checkCount, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import {
  type ClassificationMethod,
  type ConformalClassifier,
  checkLabelled,
  classificationMethod,
  type RandomisedOptions,
} from "./classMethod.js";
import { classScore } from "./classScore.js";
import { readStored } from "./fitted.js";
import { conformalQuantile } from "./quantile.js";

/** Options of {@link raps}. */
export interface RapsOptions extends RandomisedOptions {
  /** What each rank beyond `kReg` costs, ≥ 0. Default: tuned. */
  lambda?: number;
  /** Ranks that cost nothing, ≥ 0. Default: tuned. */
  kReg?: number;
  /** Share of the rows set apart for tuning where `lambda` or `kReg` is not given, in (0, 1). Default 0.2. */
  tuningShare?: number;
}

/** A fitted {@link raps} with the regularisation it used. */
export interface RapsClassifier extends ConformalClassifier {
  readonly lambda: number;
  readonly kReg: number;
  /** Rows set apart for tuning. */
  readonly tunedOn: number;
}

const fixed = classificationMethod<RapsOptions>({
  method: "raps",
  score: ({ lambda = 0.01, kReg = 5 }) => ({
    ordered: true,
    of: (above, own, rank, _top, _second, u) => above + u * own + lambda * Math.max(0, rank - kReg),
  }),
  writeScore: ({ lambda = 0.01, kReg = 5 }) => ({ lambda, kReg }),
  readScore: (fields) => ({ lambda: fields.number("lambda"), kReg: fields.count("kReg") }),
});

/** The grid of the paper. */
const LAMBDAS = [0.001, 0.01, 0.1, 0.2, 0.5];

/**
 * Regularised adaptive prediction sets (Angelopoulos et al. 2021): APS + λ · max(0, rank − k_reg), which stops the long
 * tails of unlikely classes. Where λ or k_reg is not given, a seeded part of the rows (whole groups, with groups) is
 * set apart to tune it: k_reg is the conformal quantile of the true classes' ranks, λ has the smallest mean set.
 * @example
 * ```ts
 * import { raps } from "credence/conformal";
 * raps.scores({ data: [0.5, 0.3, 0.2], rows: 1, columns: 3 }, [2], { lambda: 0.1, kReg: 1 })[0]; // → 1.2
 * ```
 */
export const raps: ClassificationMethod<RapsOptions, RapsClassifier> = {
  scores: (probabilities, labels, options = {}) => {
    checkOptions("raps", options);
    checkRapsOptions(options);
    return fixed.scores(probabilities, labels, options);
  },
  fit(probabilities, labels, options) {
    checkOptions("raps", options, "alpha");
    checkRapsOptions(options);
    const { lambda, kReg } = options;
    if (lambda !== undefined && kReg !== undefined)
      return withTuning(fixed.fit(probabilities, labels, options), { lambda, kReg, tunedOn: 0 });
    checkLabelled("raps", probabilities, labels);
    const { tune, calibrate } = setApart(probabilities.rows, options);
    const part = (rows: readonly number[]): [Matrix, number[], RapsOptions] => [
      takeRows(probabilities, rows),
      rows.map((i) => labels[i]),
      {
        ...options,
        categories: options.categories && rows.map((i) => options.categories![i]),
        groups: options.groups && rows.map((i) => options.groups![i]),
      },
    ];
    const tuned = tuneOn(...part(tune));
    const [rows, truths, rest] = part(calibrate);
    const fitted = fixed.fit(rows, truths, { ...rest, ...tuned });
    return withTuning(fitted, { ...tuned, tunedOn: tune.length });
  },
  fromJSON(json) {
    const { parameters } = readStored("raps.fromJSON", ["raps"], json);
    const score = parameters.fields("score");
    return withTuning(fixed.fromJSON(json), {
      lambda: score.number("lambda"),
      kReg: score.count("kReg"),
      tunedOn: parameters.count("tunedOn"),
    });
  },
};

/** The fit together with how its regularisation came about. */
function withTuning(
  fitted: ConformalClassifier,
  tuning: { lambda: number; kReg: number; tunedOn: number },
): RapsClassifier {
  return {
    ...fitted,
    ...tuning,
    toJSON() {
      const json = fitted.toJSON();
      return { ...json, parameters: { ...json.parameters, tunedOn: tuning.tunedOn } };
    },
  };
}

function checkRapsOptions({ lambda, kReg, tuningShare }: Partial<RapsOptions>): void {
  if (lambda !== undefined) checkRegularisation("raps", "lambda", lambda);
  if (kReg !== undefined) checkCount("raps", "kReg", kReg, 0);
  if (tuningShare !== undefined) checkOpenUnit("raps", "tuningShare", tuningShare);
}

/** Refuses a negative or infinite cost. */
export function checkRegularisation(fn: string, argument: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument, value },
      "must be finite and at least 0.",
    );
}

/** Whole groups go to one side or the other. */
function setApart(n: number, { tuningShare = 0.2, seed = 0, groups }: RapsOptions) {
  const coded = groups && groupCodes("raps", groups, { length: n }, "probabilities");
  const units = coded ? coded.count : n;
  const order = shuffle(
    createRandom(seed),
    Array.from({ length: units }, (_, i) => i),
  );
  const tuned = new Set(order.slice(0, Math.round(units * tuningShare)));
  const tune: number[] = [];
  const calibrate: number[] = [];
  for (let i = 0; i < n; i++) (tuned.has(coded ? coded.codes[i] : i) ? tune : calibrate).push(i);
  if (tune.length === 0 || calibrate.length === 0)
    throw new CredenceError(
      "too-few",
      { function: "raps", argument: "probabilities" },
      `${units} ${coded ? "groups" : "rows"} cannot be split for tuning; give lambda and kReg, or more rows.`,
    );
  return { tune, calibrate };
}

function tuneOn(rows: Matrix, labels: number[], options: RapsOptions): { lambda: number; kReg: number } {
  const rank = { ordered: true, of: (_above: number, _own: number, r: number) => r };
  const ranks = labels.map((label, i) => classScore(rank, rows, i, label, 1));
  const kReg = options.kReg ?? Math.min(conformalQuantile(ranks, options.alpha), rows.columns);
  if (options.lambda !== undefined) return { lambda: options.lambda, kReg };
  const plain = { alpha: options.alpha, randomised: options.randomised, seed: options.seed, kReg };
  let best = { lambda: LAMBDAS[0], size: Infinity };
  for (const lambda of LAMBDAS) {
    const sets = fixed.fit(rows, labels, { ...plain, lambda }).predict(rows);
    const size = sets.reduce((sum, set) => sum + set.length, 0);
    if (size < best.size) best = { lambda, size };
  }
  return { lambda: best.lambda, kReg };
}

function takeRows({ data, columns }: Matrix, rows: readonly number[]): Matrix {
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    for (let j = 0; j < columns; j++) taken[i * columns + j] = data[row * columns + j];
  });
  return { data: taken, rows: rows.length, columns };
}
