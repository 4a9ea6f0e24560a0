import { checkCount, checkSameLength } from "./check.js";
import { CredenceError } from "./error.js";
import { createKdTree, MAX_TREE_COLUMNS, nearestInTree, withinInTree } from "./kdTree.js";
import { checkMatrix, checkSameColumns, type Matrix } from "./matrix.js";
import { createNearestHeaps, type NearestHeaps, offer, sortHeaps } from "./nearestHeap.js";
import { createPairList, type Within } from "./pairList.js";
import { forEachTile, squaredDistances } from "./tiles.js";

/**
 * The k nearest neighbours of each query row, nearest first. Plain data: made here, or elsewhere by a faster kernel
 * that keeps the same rule (Euclidean distance in float64; at equal distance the lower index comes first).
 */
export interface Neighbours {
  /** Number of queries. */
  readonly rows: number;
  readonly k: number;
  /** rows × k indices of points. */
  readonly indices: Int32Array;
  /** rows × k Euclidean distances, ascending within a row. */
  readonly distances: Float64Array;
}

/** From this many points a tree beats the tiles. */
const TREE_POINTS = 256;

/**
 * The k nearest points of each query, exactly, in memory O(queries × k): a k-d tree in few dimensions, tiles of
 * distances in many.
 * @param points One point a row.
 * @param queries One query a row. Default: the points themselves, each without itself (a coinciding other point counts).
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "out-of-range"; "too-few" where there are
 *   fewer than k points to choose from.
 * @example
 * ```ts
 * import { nearestNeighbours } from "credence/numeric";
 * const line = { data: [0, 1, 3], rows: 3, columns: 1 };
 * nearestNeighbours(line, 1).distances; // → [1, 1, 2]
 * ```
 */
export function nearestNeighbours(points: Matrix, k: number, queries?: Matrix): Neighbours {
  const fn = "nearestNeighbours";
  checkMatrix(fn, "points", points);
  checkCount(fn, "k", k);
  if (queries) checkSameColumns(fn, ["points", "queries"], points, queries);
  const candidates = queries ? points.rows : points.rows - 1;
  if (candidates < k)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "points", value: points.rows },
      `${k} neighbours are asked for, but there are only ${candidates} points to choose from.`,
    );
  const rows = (queries ?? points).rows;
  const heaps = createNearestHeaps(rows, k);
  if (useTree(points)) nearestInTree(createKdTree(points), queries ?? null, heaps);
  else nearestInTiles(points, queries ?? null, heaps);
  sortHeaps(heaps);
  return { rows, k, indices: heaps.indices, distances: heaps.values.map(Math.sqrt) };
}

/**
 * All points no farther than `radii[i]` from centre i (the boundary belongs to the ball), in memory O(pairs found).
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch"; "too-large" beyond 30 million pairs.
 * @example
 * ```ts
 * import { pointsWithin } from "credence/numeric";
 * const line = { data: [0, 1, 3], rows: 3, columns: 1 };
 * pointsWithin(line, { data: [0], rows: 1, columns: 1 }, [1]).indices; // → [0, 1]
 * ```
 */
export function pointsWithin(points: Matrix, centres: Matrix, radii: ArrayLike<number>): Within {
  const fn = "pointsWithin";
  checkMatrix(fn, "points", points);
  checkSameColumns(fn, ["points", "centres"], points, centres);
  checkSameLength(fn, "radii", radii, "the rows of centres", { length: centres.rows });
  const found = createPairList(fn);
  forEachPairWithin(points, centres, radii, (centre, point, distance) => found.push(centre, point, distance));
  return found.within(centres.rows);
}

/**
 * {@link pointsWithin} both ways, from one pass over the distances: the rows of `b` in the balls around the rows of `a`,
 * and the rows of `a` in the balls around those of `b`.
 * @throws CredenceError as {@link pointsWithin}.
 * @example
 * ```ts
 * import { mutuallyWithin } from "credence/numeric";
 * const [a, b] = [{ data: [0, 10], rows: 2, columns: 1 }, { data: [3], rows: 1, columns: 1 }];
 * const [around, back] = mutuallyWithin(a, b, [1, 8], [5]);
 * [around.indices.length, back.indices.length]; // → [1, 1]
 * ```
 */
export function mutuallyWithin(
  a: Matrix,
  b: Matrix,
  radiiOfA: ArrayLike<number>,
  radiiOfB: ArrayLike<number>,
): readonly [Within, Within] {
  const fn = "mutuallyWithin";
  checkMatrix(fn, "a", a);
  checkSameColumns(fn, ["a", "b"], a, b);
  checkSameLength(fn, "radiiOfA", radiiOfA, "the rows of a", { length: a.rows });
  checkSameLength(fn, "radiiOfB", radiiOfB, "the rows of b", { length: b.rows });
  if (useTree(a) && useTree(b)) return [pointsWithin(b, a, radiiOfA), pointsWithin(a, b, radiiOfB)];
  const around = createPairList(fn);
  const back = createPairList(fn);
  const [reachOfA, reachOfB] = [squaredReach(radiiOfA), squaredReach(radiiOfB)];
  forEachTile(a, b, squaredDistances, ({ first, rows, second, columns, values: squares, stride }) => {
    for (let i = 0; i < rows; i++) {
      const row = first + i;
      for (let j = 0; j < columns; j++) {
        const square = squares[i * stride + j];
        const column = second + j;
        if (square > reachOfA[row] && square > reachOfB[column]) continue;
        const distance = Math.sqrt(square);
        if (distance <= radiiOfA[row]) around.push(row, column, distance);
        if (distance <= radiiOfB[column]) back.push(column, row, distance);
      }
    }
  });
  return [around.within(a.rows), back.within(b.rows)];
}

/** How many points lie in each ball: the sizes of the lists of {@link pointsWithin}, without keeping them. */
export function countWithin(points: Matrix, centres: Matrix, radii: ArrayLike<number>): Int32Array {
  const counts = new Int32Array(centres.rows);
  forEachPairWithin(points, centres, radii, (centre) => counts[centre]++);
  return counts;
}

/** Visits each pair of a centre and a point in its ball, in no particular order. */
export function forEachPairWithin(
  points: Matrix,
  centres: Matrix,
  radii: ArrayLike<number>,
  visit: (centre: number, point: number, distance: number) => void,
): void {
  // Distances, not their squares, are compared: a radius that is itself a neighbour's distance must include it.
  if (useTree(points)) {
    withinInTree(createKdTree(points), centres, radii, visit);
    return;
  }
  const reach = squaredReach(radii);
  forEachTile(
    centres,
    points,
    squaredDistances,
    ({ first, rows, second, columns, values: squares, stride }) => {
      for (let i = 0; i < rows; i++) {
        const limit = reach[first + i];
        for (let j = 0; j < columns; j++) {
          const square = squares[i * stride + j];
          if (square <= limit && Math.sqrt(square) <= radii[first + i])
            visit(first + i, second + j, Math.sqrt(square));
        }
      }
    },
  );
}

/** Squares of radii, with room for rounding. */
function squaredReach(radii: ArrayLike<number>): Float64Array {
  return Float64Array.from(radii as ArrayLike<number>, (r) => r * r * (1 + 1e-12));
}

function useTree(points: Matrix): boolean {
  return points.columns <= MAX_TREE_COLUMNS && points.rows >= TREE_POINTS;
}

function nearestInTiles(points: Matrix, queries: Matrix | null, heaps: NearestHeaps): void {
  const { k, values } = heaps;
  if (queries) {
    forEachTile(
      queries,
      points,
      squaredDistances,
      ({ first, rows, second, columns, values: squares, stride }) => {
        for (let i = 0; i < rows; i++) {
          const root = (first + i) * k;
          for (let j = 0; j < columns; j++) {
            const square = squares[i * stride + j];
            if (square <= values[root]) offer(heaps, first + i, square, second + j);
          }
        }
      },
    );
    return;
  }
  forEachTile(points, null, squaredDistances, ({ first, rows, second, columns, values: squares, stride }) => {
    for (let i = 0; i < rows; i++) {
      const row = first + i;
      // On the diagonal every pair is met twice; each is offered once from its upper side.
      for (let j = first === second ? i + 1 : 0; j < columns; j++) {
        const square = squares[i * stride + j];
        const column = second + j;
        if (square <= values[row * k]) offer(heaps, row, square, column);
        if (square <= values[column * k]) offer(heaps, column, square, row);
      }
    }
  });
}
