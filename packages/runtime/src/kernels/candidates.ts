import type { Matrix, Neighbours } from "credence/numeric";
import type { TensorData } from "../tensor.js";

/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

/** Products smaller than this may be lost in float32. */
const UNDERFLOW = 1e-35;

export interface Candidates {
  /** Offers to each row from `row` on the smallest values ‖x‖² − 2 q·x of a block of points, which starts at `point`. */
  offer(row: number, point: number, values: TensorData, indices: TensorData): void;
  /**
   * Offers a block of the products of the points among themselves to the points of both its sides.
   * @param near ‖x‖² − 2 q·x for the points q from `row` on (rows) and x from `point` on (columns).
   */
  offerSquare(row: number, point: number, near: TensorData): void;
  /** Computes the distances of the candidates of rows to whom every point has been offered. */
  settle(from: number, to: number): void;
  result(): Neighbours;
  /** The rows among whose other points a nearer one may hide. */
  uncertain(): number[];
}

/**
 * The `taken` most promising points of each query by approximate squared distances, of which the k nearest are found by
 * exact ones.
 * @param norms ‖q‖² of each query, centred as for the product. @param reach The largest ‖x‖ of the points.
 */
export function createCandidates(
  points: Matrix,
  queries: Matrix | null,
  k: number,
  taken: number,
  norms: ArrayLike<number>,
  reach: number,
): Candidates {
  const asked = queries ?? points;
  const { columns } = points;
  const near = new Float64Array(asked.rows * taken).fill(Infinity);
  const who = new Int32Array(asked.rows * taken).fill(-1);
  const indices = new Int32Array(asked.rows * k);
  const distances = new Float64Array(asked.rows * k);
  const doubtful: number[] = [];
  // Of a float32 dot product, whose rounding errors grow like the root of the terms (Higham & Mary 2019), with a margin.
  const relative = (8 + 4 * Math.sqrt(columns)) * UNIT;

  function settleRow(row: number): void {
    const error = relative * (2 * Math.sqrt(norms[row]) * reach + reach * reach + norms[row]) + UNDERFLOW;
    const best = new Float64Array(k).fill(Infinity);
    const owners = new Int32Array(k).fill(-1);
    let certain = points.rows <= taken;
    for (let c = row * taken; c < (row + 1) * taken; c++) {
      if (near[c] + norms[row] - error > best[k - 1]) {
        certain = true;
        break;
      }
      const point = who[c];
      if (point < 0 || (!queries && point === row)) continue;
      insert(best, owners, squaredDistance(asked, row, points, point), point);
    }
    const last = near[(row + 1) * taken - 1];
    if (!certain && !(last + norms[row] - error > best[k - 1])) doubtful.push(row);
    distances.set(best.map(Math.sqrt), row * k);
    indices.set(owners, row * k);
  }

  return {
    offer(row, point, values, found) {
      const [rows, width] = values.shape;
      for (let i = 0; i < rows; i++) {
        const own = (row + i) * taken;
        const [mine, owners] = [near.subarray(own, own + taken), who.subarray(own, own + taken)];
        for (let j = i * width; j < (i + 1) * width; j++) {
          const value = Number(values.data[j]);
          if (value >= mine[taken - 1]) break; // They come in ascending order.
          insert(mine, owners, value, point + Number(found.data[j]));
        }
      }
    },
    offerSquare(row, point, { shape: [rows, width], data }) {
      const values = data as Float32Array;
      const both = row !== point; // Else every point is on both sides.
      // The largest value that still helps each point; of the columns' points as it stands for the rows'.
      const most = (at: number) => near[at * taken + taken - 1];
      const columnMost = Float64Array.from({ length: width }, (_, j) => most(point + j) + norms[point + j]);
      const offerTo = (to: number, value: number, from: number) => {
        const own = to * taken;
        insert(near.subarray(own, own + taken), who.subarray(own, own + taken), value, from);
      };
      for (let i = 0, at = 0; i < rows; i++) {
        const norm = norms[row + i];
        let rowMost = most(row + i);
        for (let j = 0; j < width; j++, at++) {
          const value = values[at];
          if (value <= rowMost) {
            offerTo(row + i, value, point + j);
            rowMost = most(row + i);
          }
          if (both && value + norm <= columnMost[j]) {
            offerTo(point + j, value + norm - norms[point + j], row + i);
            columnMost[j] = most(point + j) + norms[point + j];
          }
        }
      }
    },
    settle(from, to) {
      for (let row = from; row < to; row++) settleRow(row);
    },
    result: () => ({ rows: asked.rows, k, indices, distances }),
    uncertain: () => doubtful,
  };
}

/** Puts a value in its place in an ascending list, whose last drops out; at equal values the lower owner comes first. */
function insert(values: Float64Array, owners: Int32Array, value: number, owner: number): void {
  let at = values.length - 1;
  const before = (i: number) =>
    value < values[i] || (value === values[i] && (owners[i] < 0 || owner < owners[i]));
  if (!before(at)) return;
  for (; at > 0 && before(at - 1); at--) {
    values[at] = values[at - 1];
    owners[at] = owners[at - 1];
  }
  values[at] = value;
  owners[at] = owner;
}

function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  let sum = 0;
  for (let c = 0; c < a.columns; c++) {
    const difference = a.data[i * a.columns + c] - b.data[j * b.columns + c];
    sum += difference * difference;
  }
  return sum;
}
