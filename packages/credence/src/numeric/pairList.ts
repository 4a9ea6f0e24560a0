import { CredenceError } from "./error.js";
import { argsort } from "./sort.js";

/** For each centre all points inside its ball, nearest first: those of centre i are at offsets[i] … offsets[i + 1]. */
export interface Within {
  readonly offsets: Float64Array;
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

/** Pairs that are kept at most: 16 bytes each. */
const MAX_PAIRS = 3e7;
/** Lists up to this length are sorted by insertion. */
const SHORT = 64;

/** Pairs of a centre and a point of its ball, collected as they are found. */
export interface PairList {
  push(centre: number, point: number, distance: number): void;
  /** The pairs of `rows` centres, sorted into lists. */
  within(rows: number): Within;
}

/**
 * Collects pairs in arrays that double: what `pointsWithin` and faster kernels are made with.
 * @param fn The function that errors name.
 * @throws CredenceError "too-large" beyond 30 million pairs.
 */
export function createPairList(fn: string): PairList {
  let centres = new Int32Array(1024);
  let points = new Int32Array(1024);
  let distances = new Float64Array(1024);
  let length = 0;
  const grow = () => {
    if (length >= MAX_PAIRS)
      throw new CredenceError(
        "too-large",
        { function: fn, argument: "radii" },
        "the balls hold more than 30 million points together; many rows coincide, or the radii are too large.",
      );
    centres = doubled(centres, new Int32Array(2 * length));
    points = doubled(points, new Int32Array(2 * length));
    distances = doubled(distances, new Float64Array(2 * length));
  };
  return {
    push(centre: number, point: number, distance: number): void {
      if (length === centres.length) grow();
      centres[length] = centre;
      points[length] = point;
      distances[length++] = distance;
    },
    within(rows: number): Within {
      const offsets = new Float64Array(rows + 1);
      for (let p = 0; p < length; p++) offsets[centres[p] + 1]++;
      for (let i = 0; i < rows; i++) offsets[i + 1] += offsets[i];
      const next = offsets.slice();
      const sorted = {
        offsets,
        indices: new Int32Array(length),
        distances: new Float64Array(length),
      };
      for (let p = 0; p < length; p++) {
        const at = next[centres[p]]++;
        sorted.indices[at] = points[p];
        sorted.distances[at] = distances[p];
      }
      for (let i = 0; i < rows; i++) sortList(sorted, offsets[i], offsets[i + 1]);
      return sorted;
    },
  };
}

function doubled<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Sorts one list by distance, then by index. */
function sortList({ indices, distances }: Within, start: number, end: number): void {
  if (end - start <= SHORT) {
    for (let p = start + 1; p < end; p++) {
      const distance = distances[p];
      const index = indices[p];
      let at = p;
      for (; at > start; at--) {
        const before = distances[at - 1];
        if (before < distance || (before === distance && indices[at - 1] < index)) break;
        distances[at] = before;
        indices[at] = indices[at - 1];
      }
      distances[at] = distance;
      indices[at] = index;
    }
    return;
  }
  const byIndex = argsort(indices.subarray(start, end));
  const far = Float64Array.from(byIndex, (i) => distances[start + i]);
  const near = Int32Array.from(byIndex, (i) => indices[start + i]);
  const order = argsort(far);
  for (let p = 0; p < order.length; p++) {
    indices[start + p] = near[order[p]];
    distances[start + p] = far[order[p]];
  }
}
