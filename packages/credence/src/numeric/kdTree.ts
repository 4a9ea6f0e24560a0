import type { Matrix } from "./matrix.js";
import { type NearestHeaps, offer } from "./nearestHeap.js";

/** Beyond this many dimensions a tree visits nearly everything. */
export const MAX_TREE_COLUMNS = 8;
const LEAF = 16;

/** A balanced k-d tree in flat arrays: node i has the children 2i + 1 and 2i + 2. */
export interface KdTree {
  readonly columns: number;
  /** Coordinates in tree order. */
  readonly data: Float64Array;
  /** The row of the matrix behind each place in tree order. */
  readonly rows: Int32Array;
  /** First place of each node, and one past its last. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Bounding boxes: columns minima, then columns maxima, for each node. */
  readonly boxes: Float64Array;
  /** Nodes from this index on are leaves. */
  readonly firstLeaf: number;
}

/** Splits at the median of the widest side, level by level. */
export function createKdTree(points: Matrix): KdTree {
  const { rows: n, columns: d } = points;
  const source = Float64Array.from(points.data as ArrayLike<number>);
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  let levels = 0;
  while (n >> levels > LEAF) levels++;
  const firstLeaf = 2 ** levels - 1;
  const nodes = 2 * firstLeaf + 1;
  const start = new Int32Array(nodes);
  const end = new Int32Array(nodes);
  const boxes = new Float64Array(nodes * 2 * d);
  end[0] = n;
  for (let node = 0; node < nodes; node++) {
    const box = node * 2 * d;
    boxes.fill(Infinity, box, box + d).fill(-Infinity, box + d, box + 2 * d);
    for (let p = start[node]; p < end[node]; p++)
      for (let j = 0; j < d; j++) {
        const x = source[rows[p] * d + j];
        if (x < boxes[box + j]) boxes[box + j] = x;
        if (x > boxes[box + d + j]) boxes[box + d + j] = x;
      }
    if (node >= firstLeaf) continue;
    let widest = 0;
    for (let j = 1; j < d; j++)
      if (boxes[box + d + j] - boxes[box + j] > boxes[box + d + widest] - boxes[box + widest]) widest = j;
    const middle = (start[node] + end[node]) >> 1;
    selectMiddle(source, d, widest, rows, start[node], end[node] - 1, middle);
    start[2 * node + 1] = start[node];
    end[2 * node + 1] = middle;
    start[2 * node + 2] = middle;
    end[2 * node + 2] = end[node];
  }
  const data = new Float64Array(n * d);
  for (let p = 0; p < n; p++) for (let j = 0; j < d; j++) data[p * d + j] = source[rows[p] * d + j];
  return { columns: d, data, rows, start, end, boxes, firstLeaf };
}

/** Hoare's selection: afterwards everything before `middle` is no larger, everything after no smaller. */
function selectMiddle(
  source: Float64Array,
  d: number,
  column: number,
  rows: Int32Array,
  low: number,
  high: number,
  middle: number,
): void {
  while (low < high) {
    const pivot = source[rows[(low + high) >> 1] * d + column];
    let i = low;
    let j = high;
    while (i <= j) {
      while (source[rows[i] * d + column] < pivot) i++;
      while (source[rows[j] * d + column] > pivot) j--;
      if (i > j) break;
      const kept = rows[i];
      rows[i++] = rows[j];
      rows[j--] = kept;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

/** Fills the heaps with squared distances; without queries, those of the points to each other. */
export function nearestInTree(tree: KdTree, queries: Matrix | null, heaps: NearestHeaps): void {
  const { columns: d, data, rows, start, end, firstLeaf } = tree;
  const { k, values } = heaps;
  const query = new Float64Array(d);
  const stack = new Int32Array(128);
  const gaps = new Float64Array(128);
  const count = queries ? queries.rows : rows.length;
  for (let q = 0; q < count; q++) {
    // In tree order one query's neighbourhood is still in the cache for the next.
    const row = queries ? q : rows[q];
    for (let j = 0; j < d; j++) query[j] = queries ? queries.data[q * d + j] : data[q * d + j];
    const root = row * k;
    let top = 0;
    stack[0] = 0;
    gaps[0] = boxGap(tree, 0, query);
    while (top >= 0) {
      const node = stack[top];
      const gap = gaps[top--];
      if (gap > values[root]) continue; // at equality a lower index may still win
      if (node >= firstLeaf) {
        for (let p = start[node]; p < end[node]; p++) {
          if (!queries && rows[p] === row) continue;
          const square = squaredDistance(data, p * d, query, d);
          if (square <= values[root]) offer(heaps, row, square, rows[p]);
        }
        continue;
      }
      const left = boxGap(tree, 2 * node + 1, query);
      const right = boxGap(tree, 2 * node + 2, query);
      const nearer = left <= right ? 1 : 2;
      stack[++top] = 2 * node + 3 - nearer;
      gaps[top] = Math.max(left, right);
      stack[++top] = 2 * node + nearer;
      gaps[top] = Math.min(left, right);
    }
  }
}

/** Visits each centre and point whose distance is at most the centre's radius. */
export function withinInTree(
  tree: KdTree,
  centres: Matrix,
  radii: ArrayLike<number>,
  visit: (centre: number, point: number, distance: number) => void,
): void {
  const { columns: d, data, rows, start, end, firstLeaf } = tree;
  const centre = new Float64Array(d);
  const stack = new Int32Array(128);
  for (let c = 0; c < centres.rows; c++) {
    for (let j = 0; j < d; j++) centre[j] = centres.data[c * d + j];
    const radius = radii[c];
    let top = 0;
    stack[0] = 0;
    while (top >= 0) {
      const node = stack[top--];
      if (!(Math.sqrt(boxGap(tree, node, centre)) <= radius)) continue;
      if (node < firstLeaf) {
        stack[++top] = 2 * node + 1;
        stack[++top] = 2 * node + 2;
        continue;
      }
      for (let p = start[node]; p < end[node]; p++) {
        const distance = Math.sqrt(squaredDistance(data, p * d, centre, d));
        if (distance <= radius) visit(c, rows[p], distance);
      }
    }
  }
}

/** The same sum, in the same order, as the tiles: ties are decided alike. */
function squaredDistance(data: Float64Array, at: number, query: Float64Array, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) {
    const gap = query[j] - data[at + j];
    sum += gap * gap;
  }
  return sum;
}

/** Squared distance from a point to the box of a node; Infinity for an empty one. */
function boxGap({ boxes, columns: d }: KdTree, node: number, query: Float64Array): number {
  const box = node * 2 * d;
  let sum = 0;
  for (let j = 0; j < d; j++) {
    const x = query[j];
    const gap = x < boxes[box + j] ? boxes[box + j] - x : x > boxes[box + d + j] ? x - boxes[box + d + j] : 0;
    sum += gap * gap;
  }
  return sum;
}
