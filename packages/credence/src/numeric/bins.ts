import { checkCount, checkOneOf } from "./check.js";
import { CredenceError } from "./error.js";
import { sortedCopy } from "./sort.js";

/** How [0, 1] is cut into bins. Fitting, measuring and predicting all go through this one definition. */
export interface Binning {
  /** Ascending edges, one more than there are bins; the outer two are 0 and 1. */
  readonly edges: Float64Array;
  /**
   * Which side a bin includes. "right": (a, b], the first bin [a, b], as Guo et al. 2017.
   * "left": [a, b), the last bin [a, b].
   */
  readonly closed: "right" | "left";
}

/** How to cut. */
export interface BinningOptions {
  /** Number of bins. Default 15. */
  bins?: number;
  /** "width": equal widths, edges i/k. "mass": equal counts, edges at quantiles; ties merge bins. Default "width". */
  binning?: "width" | "mass";
  /** Which side of a bin is closed. Default "right". */
  closed?: "right" | "left";
}

/** Edges for the options; `values` are needed for equal-mass bins only. */
export function createBinning(fn: string, values: ArrayLike<number>, options: BinningOptions = {}): Binning {
  const { bins = 15, binning = "width", closed = "right" } = options;
  checkCount(fn, "bins", bins);
  checkOneOf(fn, "binning", binning, ["width", "mass"]);
  checkOneOf(fn, "closed", closed, ["right", "left"]);
  return {
    edges: binning === "width" ? equalWidthEdges(bins) : equalMassEdges(sortedCopy(values), bins, closed),
    closed,
  };
}

function equalWidthEdges(bins: number): Float64Array {
  return Float64Array.from({ length: bins + 1 }, (_, i) => i / bins);
}

/**
 * Edges that give bins equal counts of the ascending values. Each inner edge is a data value, so that tied values can
 * never straddle a bin; equal edges merge.
 */
export function equalMassEdges(
  sorted: ArrayLike<number>,
  bins: number,
  closed: "right" | "left",
): Float64Array {
  const n = sorted.length;
  const edges = [0];
  for (let i = 1; i < bins; i++) {
    const at = Math.round((i * n) / bins);
    // Right-closed bins end on the last value inside, left-closed bins start on the first value inside.
    const edge = closed === "right" ? sorted[Math.max(at - 1, 0)] : sorted[Math.min(at, n - 1)];
    if (edge > edges[edges.length - 1] && edge < 1) edges.push(edge);
  }
  edges.push(1);
  return Float64Array.from(edges);
}

/** The bin of one value in [0, 1]: guessed by multiplying, which equal widths rarely miss, else by halving. */
export function binOf({ edges, closed }: Binning, value: number): number {
  const right = closed === "right";
  let low = 0;
  let high = edges.length - 2;
  const guess = Math.min((value * (high + 1)) | 0, high);
  if (
    right
      ? value > edges[guess] && value <= edges[guess + 1]
      : value >= edges[guess] && value < edges[guess + 1]
  )
    return guess;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (right ? value <= edges[middle + 1] : value < edges[middle + 1]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The bin of each value. Refuses values outside [0, 1]. */
export function binIndices(
  fn: string,
  argument: string,
  values: ArrayLike<number>,
  binning: Binning,
): Int32Array {
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= 0 && values[i] <= 1))
      throw new CredenceError(
        "not-a-probability",
        { function: fn, argument, index: i, value: values[i] },
        "only values in [0, 1] can be binned.",
      );
    result[i] = binOf(binning, values[i]);
  }
  return result;
}
