import type { Binning } from "../numeric/bins.js";
import type { GroupCodes } from "../numeric/groups.js";
import type { BinStatistics } from "./binStatistics.js";
import { clusterCovariance } from "./clusterCovariance.js";

/** Rows for {@link cellStatistics}. */
export interface CellRows {
  /** The cell of each row, 0 … cells − 1. */
  readonly cell: ArrayLike<number>;
  readonly cells: number;
  /** What was claimed, and what happened: any numbers. */
  readonly claimed: ArrayLike<number>;
  readonly happened: ArrayLike<number>;
  /** Variance of what happens, row by row, were the claim right. */
  readonly nominal: ArrayLike<number>;
  readonly groups: GroupCodes | null;
}

/** The sums of {@link BinStatistics} for any cells and any real outcomes, so that its intervals serve there too. */
export function cellStatistics(rows: CellRows, binning: Binning): BinStatistics {
  const { cell, cells, claimed, happened, nominal, groups } = rows;
  const n = claimed.length;
  const zeros = () => new Float64Array(cells);
  const result = {
    binning,
    n,
    count: zeros(),
    confidence: zeros(),
    positives: zeros(),
    residual: zeros(),
    residualSquares: zeros(),
    nominalVariance: zeros(),
    cells: new Float64Array(0),
    clusters: groups && clusterCovariance(groups, cells, { bin: cell, claimed, happened }),
  };
  for (let i = 0; i < n; i++) {
    const c = cell[i];
    const r = happened[i] - claimed[i];
    result.count[c]++;
    result.confidence[c] += claimed[i];
    result.positives[c] += happened[i];
    result.residual[c] += r;
    result.residualSquares[c] += r * r;
    result.nominalVariance[c] += nominal[i];
  }
  return result;
}
