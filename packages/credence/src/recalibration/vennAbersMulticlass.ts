import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkOptions } from "../numeric/check.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { checkedWeights } from "./input.js";
import { checkLabels, checkScoreMatrix, type ProbabilityMatrix } from "./scoreMatrix.js";
import { readCurves, type VennAbersCurves, vennAbersBounds, vennAbersCurves } from "./vennAbersCurves.js";

/** One pair of classes; `first` < `second`. Without rows of both classes the curves are empty. */
interface PairCurves extends VennAbersCurves {
  readonly first: number;
  readonly second: number;
}

interface VennAbersMulticlassParameters {
  readonly columns: number;
  readonly pairs: readonly PairCurves[];
}

/** Class probabilities, with what the pairwise bounds leave possible for each. */
export interface VennAbersMulticlassPrediction {
  /** Rows sum to 1. */
  readonly probabilities: ProbabilityMatrix;
  /** Each class's probability if every pair were decided against it; rows sum to at most 1. */
  readonly lower: ProbabilityMatrix;
  /** Each class's probability if every pair were decided for it. */
  readonly upper: ProbabilityMatrix;
}

/** A fitted one-vs-one Venn–Abers predictor. */
export type VennAbersMulticlassCalibrator = Calibrator<
  VennAbersMulticlassParameters,
  Matrix,
  VennAbersMulticlassPrediction
>;

const definition: MethodDefinition<VennAbersMulticlassParameters, Matrix, VennAbersMulticlassPrediction> = {
  method: "venn-abers-multiclass",
  readParameters(fields) {
    const columns = fields.count("columns", 2);
    const pairs = fields
      .list("pairs")
      .map((pair) => ({ first: pair.count("first"), second: pair.count("second"), ...readCurves(pair) }));
    // Counted before they are listed: the file could name any number of classes.
    const count = (columns * (columns - 1)) / 2;
    const expected = pairs.length === count ? pairsOf(columns) : null;
    if (
      !expected ||
      pairs.some(({ first, second }, i) => first !== expected[i].first || second !== expected[i].second)
    )
      throw fields.refuse("pairs", `must hold the ${count} pairs of ${columns} classes in order.`);
    return { columns, pairs };
  },
  predictor: (parameters) => (scores) => predict(parameters, scores),
};

function predict(
  { columns, pairs }: VennAbersMulticlassParameters,
  scores: Matrix,
): VennAbersMulticlassPrediction {
  checkScoreMatrix("vennAbersMulticlass.predict", scores, "probabilities", columns);
  const { data, rows } = scores;
  const matrix = () => ({ data: new Float64Array(rows * columns), rows, columns });
  const [probabilities, lower, upper] = [matrix(), matrix(), matrix()];
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    // Coupling (Price et al. 1995): p_k = 1/(Σ_{j≠k} 1/r_kj − (K − 2)), r_kj the probability of k against j.
    for (const result of [probabilities, lower, upper]) result.data.fill(2 - columns, at, at + columns);
    for (const pair of pairs) {
      const { first, second } = pair;
      const ratio = pairScore(data[at + first], data[at + second]);
      const [p0, p1] = vennAbersBounds(pair, ratio);
      const merged = pair.thresholds.length === 0 ? ratio : p1 / (1 - p0 + p1);
      probabilities.data[at + first] += 1 / merged;
      probabilities.data[at + second] += 1 / (1 - merged);
      lower.data[at + first] += 1 / p0;
      lower.data[at + second] += 1 / (1 - p1);
      upper.data[at + first] += 1 / p1;
      upper.data[at + second] += 1 / (1 - p0);
    }
    let sum = 0;
    for (let k = at; k < at + columns; k++) {
      for (const result of [probabilities, lower, upper]) result.data[k] = 1 / result.data[k];
      sum += probabilities.data[k];
    }
    for (let k = at; k < at + columns; k++)
      probabilities.data[k] = sum > 0 ? probabilities.data[k] / sum : data[k];
  }
  return { probabilities, lower, upper };
}

const pairScore = (a: number, b: number): number => (a + b > 0 ? a / (a + b) : 0.5);

function pairsOf(columns: number): { first: number; second: number }[] {
  const pairs: { first: number; second: number }[] = [];
  for (let first = 0; first < columns; first++)
    for (let second = first + 1; second < columns; second++) pairs.push({ first, second });
  return pairs;
}

/**
 * Venn–Abers for several classes: an inductive Venn–Abers predictor for every pair of classes on p_k/(p_k + p_j), put
 * together by pairwise coupling (Manokhin 2017; Price et al. 1995). The bounds are what coupling makes of the pairwise
 * bounds; the validity of the binary predictor holds per pair.
 */
export const vennAbersMulticlass = {
  method: definition.method,

  /**
   * @param scores Class probabilities, rows × classes; each row sums to 1.
   * @param labels Class numbers from 0, one per row.
   * @returns `notes` name classes never seen: their pairs keep the ratio of the scores, with bounds 0 and 1.
   * @throws CredenceError "not-a-probability", "not-normalised", "unknown-class", "length-mismatch", "empty-input",
   * "out-of-range".
   * @example
   * ```ts
   * import { vennAbersMulticlass } from "credence/recalibration";
   * const scores = { data: [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8], rows: 3, columns: 3 };
   * const { probabilities } = vennAbersMulticlass.fit(scores, [0, 1, 2]).predict(scores);
   * probabilities.data[0] > probabilities.data[1]; // → true
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: FitOptions = {}): VennAbersMulticlassCalibrator {
    const fn = "vennAbersMulticlass.fit";
    checkOptions(fn, options);
    checkProbabilityRows(fn, "scores", scores);
    checkLabels(fn, labels, scores);
    const weights = checkedWeights(fn, options.weights, labels.length);
    const { data, columns } = scores;
    const members = Array.from({ length: columns }, () => [] as number[]);
    for (let i = 0; i < labels.length; i++) if (!weights || weights[i] > 0) members[labels[i]].push(i);
    const pairs = pairsOf(columns).map(({ first, second }) => {
      if (members[first].length === 0 || members[second].length === 0)
        return { first, second, thresholds: [], lower: [], upper: [] };
      const rows = [...members[first], ...members[second]];
      const ratios = rows.map((i) => pairScore(data[i * columns + first], data[i * columns + second]));
      const wins = rows.map((i) => Number(labels[i] === first));
      return { first, second, ...vennAbersCurves(ratios, wins, weights && rows.map((i) => weights[i])) };
    });
    const unseen = members.flatMap((rows, k) => (rows.length === 0 ? [k] : []));
    const notes =
      unseen.length > 0 ? [`No row is of class ${unseen.join(", ")}: left as the scores have it.`] : [];
    const record = recordFit(fn, data, labels, options);
    return createCalibrator(definition, { columns, pairs }, record, "ok", notes);
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): VennAbersMulticlassCalibrator => readCalibrator(definition, json),
};
