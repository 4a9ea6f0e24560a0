import type { Matrix, Neighbours } from "credence/numeric";
import type { TensorData } from "../tensor.js";
import type { Block } from "./blocks.js";
import { errorOfSquares, fourSquares } from "./distance.js";

export interface Candidates {
  /** Offers the smallest values ‖x‖² − 2 q·x of each row of a block, for queries q and points x, ascending. */
  offer(block: Block, values: TensorData, columns: TensorData): void;
  /** Offers all values of a square block of the points among themselves, to the points of both its sides. */
  offerSquare(block: Block, near: TensorData): void;
  /** The nearest among the candidates, once all are offered, and the rows among whose other points a nearer may hide. */
  settle(): { found: Neighbours; uncertain: number[] };
}

/** For each row the smallest values so far, ascending, and whose they are. */
interface Lists {
  readonly length: number;
  readonly values: Float64Array;
  readonly owners: Int32Array;
}

/**
 * The `taken` most promising points of each query by approximate squared distances, of which the k nearest are found by
 * exact ones.
 * @param queries null for the points among themselves.
 */
export function createCandidates(
  points: Matrix,
  queries: Matrix | null,
  k: number,
  taken: number,
): Candidates {
  const asked = queries ?? points;
  const lists = createLists(asked.rows, taken);
  const norms = new Float64Array(asked.rows);
  const squares = new Float64Array(4);
  let reach = 0;

  function meet({ left, right }: Block): void {
    norms.set(left.norms, left.first);
    reach = Math.max(reach, right.reach);
  }

  /** Fills `best`; tells whether no other point can be among them. */
  function settleRow(row: number, best: Lists): boolean {
    const error = errorOfSquares(points.columns, norms[row], reach);
    best.values.fill(Infinity);
    best.owners.fill(-1);
    const first = row * lists.length;
    for (let c = first; c < first + lists.length; c++) {
      if (lists.values[c] - error > best.values[k - 1]) return true;
      const four = (c - first) % 4;
      if (four === 0) fourSquares(asked, row, points, lists.owners, c, squares);
      const point = lists.owners[c];
      if (point < 0 || (!queries && point === row)) continue;
      insert(best, 0, squares[four], point);
    }
    const last = lists.values[first + lists.length - 1];
    return points.rows <= lists.length || last - error > best.values[k - 1];
  }

  return {
    offer(block, values, columns) {
      meet(block);
      offerRows(lists, block, values, columns);
    },
    offerSquare(block, near) {
      meet(block);
      offerSquare(lists, block, near.data as Float32Array);
    },
    settle() {
      const indices = new Int32Array(asked.rows * k);
      const distances = new Float64Array(asked.rows * k);
      const uncertain: number[] = [];
      const best = createLists(1, k);
      for (let row = 0; row < asked.rows; row++) {
        if (!settleRow(row, best)) uncertain.push(row);
        indices.set(best.owners, row * k);
        for (let j = 0; j < k; j++) distances[row * k + j] = Math.sqrt(best.values[j]);
      }
      return { found: { rows: asked.rows, k, indices, distances }, uncertain };
    },
  };
}

const createLists = (rows: number, length: number): Lists => ({
  length,
  values: new Float64Array(rows * length).fill(Infinity),
  owners: new Int32Array(rows * length).fill(-1),
});

function offerRows(lists: Lists, { left, second }: Block, values: TensorData, columns: TensorData): void {
  const { length } = lists;
  const width = values.shape[1];
  for (let i = 0, at = 0; i < left.norms.length; i++)
    for (let j = 0; j < width; j++, at++) {
      const square = Number(values.data[at]) + left.norms[i];
      insert(lists, (left.first + i) * length, square, second + Number(columns.data[at]));
    }
}

function offerSquare(lists: Lists, { left, second, secondEnd }: Block, near: Float32Array): void {
  const { length, values } = lists;
  const { first, norms } = left;
  const width = secondEnd - second;
  // The largest value that still helps each column's point; none on the diagonal, where every point is on both sides.
  const most = new Float64Array(width).fill(-Infinity);
  if (first !== second) for (let j = 0; j < width; j++) most[j] = values[(second + j + 1) * length - 1];
  const mostOfAll = most.reduce((x, y) => Math.max(x, y));
  for (let i = 0, at = 0; i < norms.length; i++) {
    const norm = norms[i];
    const own = (first + i) * length;
    const last = own + length - 1;
    let limit = Math.max(values[last], mostOfAll);
    for (let j = 0; j < width; j++, at++) {
      const square = near[at] + norm;
      if (square > limit) continue;
      if (square <= values[last]) {
        insert(lists, own, square, second + j);
        limit = Math.max(values[last], mostOfAll);
      }
      if (square <= most[j]) {
        const theirs = (second + j) * length;
        insert(lists, theirs, square, first + i);
        most[j] = values[theirs + length - 1];
      }
    }
  }
}

/** Puts a value in its place in the list from `start` on, whose last drops out; at equal values the lower owner comes first. */
function insert({ length, values, owners }: Lists, start: number, value: number, owner: number): void {
  let at = start + length - 1;
  if (value > values[at] || (value === values[at] && owners[at] >= 0 && owner > owners[at])) return;
  for (; at > start; at--) {
    const before = values[at - 1];
    if (before < value || (before === value && owners[at - 1] >= 0 && owners[at - 1] < owner)) break;
    values[at] = before;
    owners[at] = owners[at - 1];
  }
  values[at] = value;
  owners[at] = owner;
}
