import { checkScored, type Outcomes } from "../numeric/check.js";
import { argsort } from "../numeric/sort.js";

/** Rows grouped by equal confidence, most confident first: what every ranking metric is computed from. */
export interface ConfidenceLevels {
  /** The distinct confidences, descending. */
  readonly confidences: Float64Array;
  /** Rows at each level. */
  readonly counts: Float64Array;
  /** Wrong outcomes at each level. */
  readonly errors: Float64Array;
  /** The rows, most confident first; rows of one level stand together. */
  readonly order: Uint32Array;
  /** The level of each row. */
  readonly levelOfRow: Int32Array;
  /** Rows. */
  readonly n: number;
  /** Wrong outcomes in all. */
  readonly errorCount: number;
}

/** Checks and sorts; ties share a level, so that the order of the rows can never matter. */
export function confidenceLevels(
  fn: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
): ConfidenceLevels {
  checkScored(fn, confidences, outcomes);
  const n = confidences.length;
  const order = argsort(confidences).reverse();
  const levelOfRow = new Int32Array(n);
  const distinct = new Float64Array(n);
  const counts = new Float64Array(n);
  const errors = new Float64Array(n);
  let level = -1;
  let errorCount = 0;
  for (let i = 0; i < n; i++) {
    const row = order[i];
    if (level < 0 || confidences[row] !== distinct[level]) distinct[++level] = confidences[row];
    const wrong = 1 - Number(outcomes[row]);
    levelOfRow[row] = level;
    counts[level]++;
    errors[level] += wrong;
    errorCount += wrong;
  }
  return {
    confidences: distinct.slice(0, level + 1),
    counts: counts.slice(0, level + 1),
    errors: errors.slice(0, level + 1),
    order,
    levelOfRow,
    n,
    errorCount,
  };
}
