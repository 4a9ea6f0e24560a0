import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import { sidakLevel } from "../estimate/simultaneous.js";
import {
  checkCount,
  checkNotEmpty,
  checkOptions,
  checkOutcomes,
  checkSameLength,
  type Outcomes,
} from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { argsort } from "../numeric/sort.js";

/** Coverage of one part of the rows. */
export interface StratumCoverage {
  readonly stratum: number | string;
  /** The intervals of all strata hold together (Šidák). */
  readonly coverage: Estimate;
}

/**
 * Coverage within each category, with simultaneous exact intervals: which groups does a promise on average leave behind?
 * @param covered 1 where the set or interval held the truth.
 * @returns By category, the lowest coverage first.
 * @throws CredenceError "empty-input", "not-binary", "length-mismatch", "out-of-range".
 * @example
 * ```ts
 * import { coverageBy } from "credence/conformal";
 * const found = coverageBy([1, 1, 0, 1], ["a", "a", "b", "b"]);
 * found.map(({ stratum, coverage }) => [stratum, coverage.value]); // → [["b",0.5],["a",1]]
 * ```
 */
export function coverageBy(
  covered: Outcomes,
  categories: Groups,
  options: EstimateOptions = {},
): StratumCoverage[] {
  const fn = "coverageBy";
  checkOptions(fn, options);
  checkNotEmpty(fn, "covered", covered);
  checkOutcomes(fn, "covered", covered);
  const coded = groupCodes(fn, categories, covered, "covered");
  const level = sidakLevel(levelOf(fn, options), coded.count);
  const { groups } = options;
  return groupRows(coded)
    .map((rows, c) => ({
      stratum: coded.labels[c],
      coverage: {
        ...proportionEstimate(
          Array.from(rows, (i) => covered[i]),
          { ...options, level, groups: groups && Array.from(rows, (i) => groups[i]) },
          fn,
        ),
        level: levelOf(fn, options),
      },
    }))
    .sort((a, b) => a.coverage.value - b.coverage.value);
}

/**
 * Coverage by the size of the set (or the width of the interval), cut into strata of nearly equal counts (Angelopoulos et
 * al. 2021): if large sets cover less than small ones, they are too small where it is hard.
 * @param sizes Size of each set, or width of each interval; +∞ allowed.
 * @throws CredenceError as {@link coverageBy}; "not-finite" for NaN.
 * @example
 * ```ts
 * import { coverageBySize } from "credence/conformal";
 * coverageBySize([1, 1, 3, 3], [1, 1, 0, 1], { strata: 2 }).map((s) => s.stratum); // → ["[3, 3]","[1, 1]"]
 * ```
 */
export function coverageBySize(
  sizes: ArrayLike<number>,
  covered: Outcomes,
  options: EstimateOptions & { strata?: number } = {},
): StratumCoverage[] {
  const fn = "coverageBySize";
  checkOptions(fn, options);
  const { strata = 5 } = options;
  checkNotEmpty(fn, "sizes", sizes);
  checkSameLength(fn, "covered", covered, "sizes", sizes);
  checkCount(fn, "strata", strata);
  for (let i = 0; i < sizes.length; i++)
    if (Number.isNaN(sizes[i]))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: "sizes", index: i, value: sizes[i] },
        "a size is needed.",
      );
  const order = argsort(sizes);
  const n = order.length;
  const names = new Array<string>(n);
  let from = 0;
  for (let s = 0; s < strata && from < n; s++) {
    let until = Math.max(Math.round(((s + 1) * n) / strata), from + 1);
    // Equal sizes stay together.
    while (until < n && sizes[order[until]] === sizes[order[until - 1]]) until++;
    const name = `[${sizes[order[from]]}, ${sizes[order[until - 1]]}]`;
    for (let k = from; k < until; k++) names[order[k]] = name;
    from = until;
  }
  return coverageBy(covered, names, options);
}
