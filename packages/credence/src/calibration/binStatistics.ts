import { type Binning, type BinningOptions, binIndices, binOf, createBinning } from "../numeric/bins.js";
import { checkOptions, notAProbability, notBinary, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { type ClusterCovariance, clusterCovariance } from "./clusterCovariance.js";

/**
 * Everything that binned calibration measures need from the rows, gathered in one pass. r = y − p is a row's residual.
 * All arrays have one entry per bin, empty bins included, unless said otherwise.
 */
export interface BinStatistics {
  readonly binning: Binning;
  /** Rows. */
  readonly n: number;
  /** Rows in the bin. */
  readonly count: Float64Array;
  /** Σp. */
  readonly confidence: Float64Array;
  /** Σy. */
  readonly positives: Float64Array;
  /** Σr. */
  readonly residual: Float64Array;
  /** Σr². */
  readonly residualSquares: Float64Array;
  /** Σp(1 − p): what Σr² would be on average if the confidences were calibrated. */
  readonly nominalVariance: Float64Array;
  /** Per bin b and outcome y, at 4(2b + y): rows, Σp, Σp² (and a spare place). What resampling needs. */
  readonly cells: Float64Array;
  /** How the sums vary between clusters, where rows come in groups. */
  readonly clusters: ClusterCovariance | null;
}

/**
 * Gathers the sums of every bin in one pass over the rows, refusing bad values as it goes: for several measures of the
 * same rows, hand the result to `calibrationErrorOf`.
 * @param fn Name of the calling function, for errors.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (bins), "unknown-option".
 * @example
 * ```ts
 * import { binStatistics, calibrationErrorOf } from "credence/calibration";
 * const statistics = binStatistics("example", [0.9, 0.9, 0.2], [1, 0, 0]);
 * calibrationErrorOf("example", statistics, { norm: "l1" }).value; // → 0.3333
 * calibrationErrorOf("example", statistics, { norm: "max" }).value; // → 0.4
 * ```
 */
export function binStatistics(
  fn: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: BinningOptions & { groups?: Groups } = {},
): BinStatistics {
  checkOptions(fn, options);
  const columns = scoredColumns(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = columns;
  const binning = createBinning(fn, p, options);
  const bins = binning.edges.length - 1;
  const cells = new Float64Array(8 * bins);
  const refused =
    options.binning === "mass" ? addRows(p, y, binning, cells) : addRowsEqualWidth(p, y, binning, cells);
  if (refused >= 0) {
    if (y[refused] > 1) throw notBinary(fn, "outcomes", refused, outcomes[refused]);
    throw notAProbability(fn, "confidences", refused, p[refused]);
  }
  return {
    ...summarise(binning, p.length, cells),
    clusters: options.groups
      ? clusterCovariance(groupCodes(fn, options.groups, p), bins, {
          bin: binIndices(fn, "confidences", p, binning),
          claimed: p,
          happened: y,
        })
      : null,
  };
}

/** Adds every row to its cell; returns the first row that cannot be, or −1. */
function addRows(p: Float64Array, y: Uint8Array, binning: Binning, cells: Float64Array): number {
  for (let i = 0; i < p.length; i++) {
    if (!(p[i] >= 0 && p[i] <= 1) || y[i] > 1) return i;
    addToCell(cells, 2 * binOf(binning, p[i]) + y[i], p[i]);
  }
  return -1;
}

/** The same for equal widths: the bin is guessed by multiplying, then settled by comparing with the edges. */
function addRowsEqualWidth(p: Float64Array, y: Uint8Array, binning: Binning, cells: Float64Array): number {
  const { edges, closed } = binning;
  const right = closed === "right";
  const bins = edges.length - 1;
  for (let i = 0; i < p.length; i++) {
    const value = p[i];
    if (!(value >= 0 && value <= 1) || y[i] > 1) return i;
    let bin = (value * bins) | 0;
    if (bin === bins) bin--;
    if (right) {
      if (value <= edges[bin]) bin -= bin > 0 ? 1 : 0;
      else if (value > edges[bin + 1]) bin++;
    } else if (value < edges[bin]) bin--;
    else if (value >= edges[bin + 1] && bin < bins - 1) bin++;
    addToCell(cells, 2 * bin + y[i], value);
  }
  return -1;
}

function addToCell(cells: Float64Array, cell: number, value: number): void {
  const at = 4 * cell;
  cells[at]++;
  cells[at + 1] += value;
  cells[at + 2] += value * value;
}

/** The per-bin sums that follow from the cells. */
function summarise(binning: Binning, n: number, cells: Float64Array): Omit<BinStatistics, "clusters"> {
  const bins = cells.length / 8;
  const result = {
    binning,
    n,
    cells,
    count: new Float64Array(bins),
    confidence: new Float64Array(bins),
    positives: new Float64Array(bins),
    residual: new Float64Array(bins),
    residualSquares: new Float64Array(bins),
    nominalVariance: new Float64Array(bins),
  };
  for (let b = 0; b < bins; b++) {
    const [n0, p0, q0, , n1, p1, q1] = cells.subarray(8 * b, 8 * b + 8);
    result.count[b] = n0 + n1;
    result.confidence[b] = p0 + p1;
    result.positives[b] = n1;
    result.residual[b] = n1 - (p0 + p1);
    result.residualSquares[b] = Math.max(q0 + n1 - 2 * p1 + q1, 0);
    result.nominalVariance[b] = Math.max(p0 + p1 - q0 - q1, 0);
  }
  return result;
}
