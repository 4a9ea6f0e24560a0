import { fixedSequenceTest } from "../estimate/fixedSequence.js";
import { graphTest, type TestGraph } from "../estimate/graphTest.js";
import { checkOneOf, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { type LossOptions, unitLosses } from "./losses.js";
import { type RiskTest, riskPValue } from "./riskTests.js";

/** What both procedures with a high-probability promise take. */
export interface RiskTestOptions extends LossOptions {
  /** The largest allowed risk, as a share of `bound`, in (0, 1). */
  alpha: number;
  /** Allowed probability that the promise is broken, in (0, 1). Default 0.05. */
  delta?: number;
  /** Default "hoeffding-bentkus". */
  test?: RiskTest;
}

/** Options of {@link learnThenTest}. */
export interface LearnThenTestOptions extends RiskTestOptions {
  /**
   * "fixed-sequence" walks the columns in `order`; "graph" passes the budget along `graph`; "bonferroni" needs neither.
   * Default "fixed-sequence".
   */
  procedure?: "fixed-sequence" | "graph" | "bonferroni";
  /** Columns from the safest on, fixed before seeing these losses. Default: the last column first. */
  order?: ArrayLike<number>;
  /** Share of δ at each position of `order` to start a walk; sums to at most 1. Default: all at the first. */
  shares?: ArrayLike<number>;
  /** For "graph". */
  graph?: TestGraph;
}

/** Parameters whose risk is bounded with high probability. */
export interface LearnThenTest {
  /** Columns for which "risk ≤ α" is certified, all together with probability ≥ 1 − δ; ascending. */
  readonly certified: number[];
  /** Their parameters. */
  readonly lambdas: number[];
  /** p-value of every column. */
  readonly pValues: Float64Array;
  readonly alpha: number;
  readonly delta: number;
  /** Independent units: groups, or rows without groups. */
  readonly n: number;
  /** Why nothing was certified; null otherwise. */
  readonly reason: string | null;
}

/**
 * Learn then Test (Angelopoulos, Bates, Candès, Jordan & Lei 2021): tests "risk > α" for every parameter with control
 * of the family-wise error, so that P(any certified parameter has risk > α) ≤ δ. Losses need not be monotone.
 * @param losses Rows × parameters, in [0, bound].
 * @throws CredenceError "out-of-range", "empty-input", "length-mismatch", "unknown-option", "not-binary".
 * @example
 * ```ts
 * import { learnThenTest } from "credence/conformal";
 * const data = Array.from({ length: 300 }, (_, k) => (k % 3 === 0 && k % 2 === 0 ? 1 : 0));
 * learnThenTest({ data, rows: 100, columns: 3 }, { alpha: 0.1 }).certified; // → [1, 2]
 * ```
 */
export function learnThenTest(losses: Matrix, options: LearnThenTestOptions): LearnThenTest {
  const fn = "learnThenTest";
  checkOptions(fn, options, "alpha");
  const { alpha, delta = 0.05, test = "hoeffding-bentkus", procedure = "fixed-sequence" } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkOpenUnit(fn, "delta", delta);
  checkOneOf(fn, "procedure", procedure, ["fixed-sequence", "graph", "bonferroni"]);
  const { units: n, columns, binary, column, lambda } = unitLosses(fn, losses, options);
  const pValues = Float64Array.from({ length: columns }, (_, j) =>
    riskPValue(fn, test, column(j), alpha, delta, binary),
  );
  const certified = rejectedColumns(fn, pValues, delta, procedure, options).sort((a, b) => a - b);
  const least = pValues.reduce((a, b) => Math.min(a, b), 1);
  return {
    certified,
    lambdas: certified.map(lambda),
    pValues,
    alpha,
    delta,
    n,
    reason: certified.length
      ? null
      : `no parameter could be certified: the smallest of ${columns} p-values is ${least.toPrecision(3)}. More calibration ${
          options.groups ? "groups" : "rows"
        }, a larger alpha or delta, or another order may help.`,
  };
}

function rejectedColumns(
  fn: string,
  pValues: Float64Array,
  delta: number,
  procedure: "fixed-sequence" | "graph" | "bonferroni",
  options: LearnThenTestOptions,
): number[] {
  const columns = Array.from(pValues.keys());
  if (procedure === "bonferroni") return columns.filter((j) => pValues[j] <= delta / pValues.length);
  if (procedure === "graph") {
    if (!options.graph)
      throw new CredenceError(
        "unknown-option",
        { function: fn, argument: "graph", value: undefined },
        'is needed with procedure "graph".',
      );
    return graphTest(pValues, options.graph, delta).rejected;
  }
  const order = options.order ? Array.from(options.order) : columns.toReversed();
  checkOrder(fn, order, pValues.length);
  const budgets = new Float64Array(order.length);
  if (options.shares) {
    checkSameLength(fn, "shares", options.shares, "order", order);
    let total = 0;
    for (let i = 0; i < order.length; i++) total += options.shares[i];
    if (!(total <= 1 + 1e-12))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "shares", value: total },
        "the shares of δ must sum to at most 1.",
      );
    for (let i = 0; i < order.length; i++) budgets[i] = delta * options.shares[i];
  } else budgets[0] = delta;
  const steps = fixedSequenceTest((i) => pValues[order[i]], budgets);
  return order.filter((_, i) => steps[i].rejected);
}

/** Refuses columns that do not exist or are tested twice. */
function checkOrder(fn: string, order: readonly number[], columns: number): void {
  const seen = new Set<number>();
  order.forEach((column, index) => {
    if (!Number.isInteger(column) || column < 0 || column >= columns || seen.has(column))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "order", index, value: column },
        `must be the number of a column, 0 … ${columns - 1}, each at most once.`,
      );
    seen.add(column);
  });
}
