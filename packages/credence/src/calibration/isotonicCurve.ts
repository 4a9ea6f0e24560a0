import { checkScored } from "../numeric/check.js";
import { poolAdjacentViolators } from "../numeric/pava.js";
import { argsort } from "../numeric/sort.js";

/** A stretch of confidences that isotonic regression gives one value. */
export interface IsotonicBlock {
  /** Smallest and largest confidence of the block. */
  readonly from: number;
  readonly to: number;
  /** The recalibrated probability: the share of outcomes in the block. */
  readonly frequency: number;
  /** Mean confidence. */
  readonly meanConfidence: number;
  /** Rows. */
  readonly n: number;
}

/**
 * The CORP reliability curve (Dimitriadis, Gneiting & Jordan 2021): isotonic regression of the outcomes on the
 * confidences, ties pooled. Needs no bins. Blocks ascend in confidence and in frequency.
 * @param confidences Probabilities.
 * @param outcomes 0 or 1, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary".
 * @example
 * ```ts
 * import { isotonicCurve } from "credence/calibration";
 * const curve = isotonicCurve(Float64Array.of(0.2, 0.4, 0.6), Uint8Array.of(1, 0, 1));
 * curve.map((block) => block.frequency); // → [0.5, 1]
 * ```
 */
export function isotonicCurve(confidences: Float64Array, outcomes: Uint8Array): IsotonicBlock[] {
  checkScored("isotonicCurve", confidences, outcomes);
  const order = argsort(confidences);
  const n = order.length;
  const values = new Float64Array(n);
  const rows = new Float64Array(n);
  const sums = new Float64Array(n);
  const starts = new Float64Array(n);
  let distinct = 0;
  for (let i = 0; i < n; i++) {
    const p = confidences[order[i]];
    if (distinct === 0 || p !== starts[distinct - 1]) starts[distinct++] = p;
    rows[distinct - 1]++;
    sums[distinct - 1] += outcomes[order[i]];
  }
  for (let k = 0; k < distinct; k++) values[k] = sums[k] / rows[k];
  const fitted = values.subarray(0, distinct);
  poolAdjacentViolators(fitted, rows.subarray(0, distinct));
  const blocks: IsotonicBlock[] = [];
  for (let k = 0; k < distinct; ) {
    let end = k;
    let size = 0;
    let positives = 0;
    let confidence = 0;
    for (; end < distinct && fitted[end] === fitted[k]; end++) {
      size += rows[end];
      positives += sums[end];
      confidence += rows[end] * starts[end];
    }
    blocks.push({
      from: starts[k],
      to: starts[end - 1],
      frequency: positives / size,
      meanConfidence: confidence / size,
      n: size,
    });
    k = end;
  }
  return blocks;
}
