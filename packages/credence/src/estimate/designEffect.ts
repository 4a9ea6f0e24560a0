import { checkCount, checkList, checkNotEmpty } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Groups } from "../numeric/groups.js";
import { influenceVariance } from "./delta.js";

/**
 * The factor by which clustering inflates the variance of a mean: cluster-robust variance over the variance of as many
 * independent rows. 1 where groups do not matter, about 1 + (size − 1) · (correlation within groups) for equal sizes;
 * NaN with a single group or values that are all the same.
 * @throws CredenceError "empty-input", "not-finite", "length-mismatch", "shape-mismatch", "out-of-range" with a single
 *   value.
 * @example
 * ```ts
 * import { designEffect } from "credence/estimate";
 * designEffect([1, 1, 0, 0, 1, 1, 0, 0], ["a", "a", "b", "b", "c", "c", "d", "d"]); // → 2.33
 * ```
 */
export function designEffect(values: ArrayLike<number | boolean>, groups: Groups): number {
  const fn = "designEffect";
  checkNotEmpty(fn, "values", values);
  checkCount(fn, "number of values", values.length, 2);
  const influence = new Float64Array(values.length);
  for (let i = 0; i < influence.length; i++) {
    const value = values[i];
    influence[i] = typeof value === "boolean" ? Number(value) : value;
    if (typeof value === "boolean" || Number.isFinite(value)) continue;
    throw new CredenceError(
      "not-finite",
      { function: fn, argument: "values", index: i, value },
      "a finite number, or true or false, is needed; drop or repair the row.",
    );
  }
  checkList(fn, "groups", groups);
  const clustered = influenceVariance(fn, influence, { groups }).standardError;
  const independent = influenceVariance(fn, influence, {}).standardError;
  return (clustered / independent) ** 2;
}
