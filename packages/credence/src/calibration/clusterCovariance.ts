import { type GroupCodes, groupOrder } from "../numeric/groups.js";

/** How sums over bins vary between clusters. */
export interface ClusterCovariance {
  /** Clusters. */
  readonly count: number;
  /** Per bin, Σ over clusters of the square of its rows there. */
  readonly rowSquares: Float64Array;
  /**
   * Cluster-robust (CR1) covariance of the bins' Σr, at 0 … bins − 1, and of their rows, at bins … 2 bins − 1: the
   * matrix of what each cluster has beyond its share by size.
   */
  readonly covariance: Float64Array;
}

/** Rows in bins: what was claimed (p), and what happened (y); r = y − p. */
export interface BinnedRows {
  readonly bin: ArrayLike<number>;
  readonly claimed: ArrayLike<number>;
  readonly happened: ArrayLike<number>;
}

/** Goes cluster by cluster, and there only through bins that have rows: clusters × bins can be large. */
export function clusterCovariance(groups: GroupCodes, bins: number, rows: BinnedRows): ClusterCovariance {
  const { bin, claimed, happened } = rows;
  const { order, starts } = groupOrder(groups);
  const width = 2 * bins;
  const own = new Float64Array(width); // of one cluster
  const used = new Int32Array(width);
  const total = new Float64Array(width);
  const products = new Float64Array(width * width);
  for (let g = 0; g < groups.count; g++) {
    let places = 0;
    for (let k = starts[g]; k < starts[g + 1]; k++) {
      const row = order[k];
      const b = bin[row];
      if (own[bins + b]++ === 0) {
        used[places++] = b;
        used[places++] = bins + b;
      }
      own[b] += happened[row] - claimed[row];
    }
    for (let j = 0; j < places; j++) {
      const value = own[used[j]];
      const line = used[j] * width;
      total[used[j]] += value;
      for (let k = j; k < places; k++) products[line + used[k]] += value * own[used[k]];
    }
    for (let j = 0; j < places; j++) own[used[j]] = 0;
  }
  // So far every pair stands on one side of the diagonal only.
  for (let u = 0; u < width; u++)
    for (let v = 0; v < u; v++) products[u * width + v] = products[v * width + u] += products[u * width + v];

  const n = order.length;
  const withSize = new Float64Array(width); // products with the size of the cluster
  for (let u = 0; u < width; u++) for (let b = bins; b < width; b++) withSize[u] += products[u * width + b];
  let sizeSquares = 0;
  for (let b = bins; b < width; b++) sizeSquares += withSize[b];
  const scale = groups.count / (groups.count - 1);
  const covariance = products.map((product, at) => {
    const v = at % width;
    const u = (at - v) / width;
    const share =
      (total[u] * withSize[v] + total[v] * withSize[u] - (total[u] * total[v] * sizeSquares) / n) / n;
    return scale * (product - share);
  });
  const rowSquares = Float64Array.from({ length: bins }, (_, b) => products[(bins + b) * (width + 1)]);
  return { count: groups.count, rowSquares, covariance };
}
