import { type ClusterMoments, clopperPearson, clusteredProportionInterval } from "../estimate/proportion.js";
import type { GroupCodes } from "../numeric/groups.js";

/** Counts rows and errors as rows are accepted one by one, and per group where rows come in clusters. */
export interface Tally {
  /** Rows accepted so far. */
  readonly accepted: number;
  /** Wrong ones among them. */
  readonly errors: number;
  /** Accepted rows of each group; null without groups. */
  readonly acceptedOf: Float64Array | null;
  /** Wrong ones of each group; null without groups. */
  readonly errorsOf: Float64Array | null;
  /** Accepts one more row. */
  add(row: number, wrong: number): void;
  /** An interval for the risk among the accepted rows: exact, or at the effective sample size with groups. */
  riskInterval(level: number): [number, number];
  /** Groups with accepted rows. */
  groupCount(): number;
}

/** An empty tally. Adding a row costs O(1), groups or not. */
export function createTally(groups: GroupCodes | null): Tally {
  let accepted = 0;
  let errors = 0;
  const acceptedOf = groups && new Float64Array(groups.count);
  const errorsOf = groups && new Float64Array(groups.count);
  const moments = { count: 0, successSquares: 0, products: 0, sizeSquares: 0 };
  return {
    get accepted() {
      return accepted;
    },
    get errors() {
      return errors;
    },
    acceptedOf,
    errorsOf,
    add(row, wrong) {
      accepted++;
      errors += wrong;
      if (!groups || !acceptedOf || !errorsOf) return;
      const g = groups.codes[row];
      const a = acceptedOf[g];
      const e = errorsOf[g];
      if (a === 0) moments.count++;
      moments.sizeSquares += 2 * a + 1;
      moments.products += e + wrong * (a + 1);
      moments.successSquares += wrong * (2 * e + 1);
      acceptedOf[g] = a + 1;
      errorsOf[g] = e + wrong;
    },
    riskInterval: (level) =>
      groups
        ? clusteredProportionInterval(errors, accepted, moments satisfies ClusterMoments, level)
        : clopperPearson(errors, accepted, level),
    groupCount: () => moments.count,
  };
}
