import { checkFields, checkList, checkSameLength } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkMatrix } from "../numeric/matrix.js";
import { mutuallyWithin, type Neighbours, nearestNeighbours } from "../numeric/neighbours.js";
import type { Within } from "../numeric/pairList.js";

/**
 * A sample seen as a union of balls, one around each row out to its K-th neighbour in the same sample, and the rows of
 * the other sample inside them: all that precision, recall, density and coverage need to know. Plain data, made here or
 * by a faster kernel.
 */
export interface Balls {
  /** The K nearest neighbours of each row in its own sample. */
  readonly own: Neighbours;
  /** The rows of the other sample no farther than the K-th of them; for probabilistic precision, than its radius. */
  readonly inside: Within;
  /** Number of rows of the other sample. */
  readonly points: number;
}

/**
 * The balls of two samples around the rows of each other, out to the given numbers of neighbours; a faster kernel makes
 * the same.
 */
export function createBalls(
  real: Matrix,
  generated: Matrix,
  kept: readonly [number, number],
): readonly [Balls, Balls] {
  checkMatrix("createBalls", "real", real);
  checkMatrix("createBalls", "generated", generated);
  checkSameLength("createBalls", "kept", kept, "the two samples", { length: 2 });
  const own = [nearestNeighbours(real, kept[0]), nearestNeighbours(generated, kept[1])] as const;
  return ballsOf(own, mutuallyWithin(real, generated, outerRadii(own[0]), outerRadii(own[1])));
}

/** Balls put together from the neighbours within two samples and the pairs between them. */
export function ballsOf(
  own: readonly [Neighbours, Neighbours],
  inside: readonly [Within, Within],
): readonly [Balls, Balls] {
  for (const [argument, pair] of Object.entries({ own, inside }))
    checkSameLength("ballsOf", argument, pair, "the two samples", { length: 2 });
  checkBalls("ballsOf", {
    real: { own: own[0], inside: inside[0], points: 0 },
    generated: { own: own[1], inside: inside[1], points: 0 },
  });
  return [
    { own: own[0], inside: inside[0], points: own[1].rows },
    { own: own[1], inside: inside[1], points: own[0].rows },
  ];
}

/** Refuses what are no balls: each needs its own neighbours and the pairs inside. */
export function checkBalls(fn: string, balls: Readonly<Record<string, Balls>>): void {
  for (const [argument, value] of Object.entries(balls)) {
    checkFields(fn, argument, value);
    checkNeighbours(fn, `${argument}.own`, value.own);
    checkFields(fn, `${argument}.inside`, value.inside);
  }
}

/** Refuses what is no list of neighbours. */
export function checkNeighbours(fn: string, argument: string, neighbours: Neighbours): void {
  checkFields(fn, argument, neighbours);
  checkList(fn, `${argument}.distances`, neighbours.distances);
}

/** Distance of each row to the last of its neighbours. */
export function outerRadii(neighbours: Neighbours): Float64Array {
  checkNeighbours("outerRadii", "neighbours", neighbours);
  const { rows, k, distances } = neighbours;
  return Float64Array.from({ length: rows }, (_, i) => distances[(i + 1) * k - 1]);
}

/**
 * Neighbours to keep so that half of the rows still hold the k nearest: fewer remain with probability below 1e-5 a row,
 * and the farthest kept stands in.
 */
export function neighboursForHalves(k: number, rows: number): number {
  return Math.min(2 * k + Math.ceil(6 * Math.sqrt(k)) + 10, rows - 1);
}

/** What balls say of the points. */
export interface BallCounts {
  /** Share of points inside at least one ball. */
  readonly hit: number;
  /** Balls a point lies in, on average, divided by k. */
  readonly density: number;
  /** Share of balls with at least one point in them. */
  readonly covered: number;
}

/**
 * Counts points in k-th-neighbour balls, among the chosen rows only (ascending; their radii are measured among them).
 * @param closed Whether the boundary belongs to a ball. An open ball of radius 0 (k rows coincide) still holds what
 *   coincides with its centre: else a sample of repeated rows would be at odds with itself.
 */
export function countBalls(
  balls: Balls,
  k: number,
  closed: boolean,
  centres?: Int32Array,
  points?: Int32Array,
): BallCounts {
  const { own, inside } = balls;
  const centreCount = centres ? centres.length : own.rows;
  const pointCount = points ? points.length : balls.points;
  const chosenCentre = centres && membership(centres, own.rows);
  const chosenPoint = points && membership(points, balls.points);
  const hits = new Uint8Array(balls.points);
  let hit = 0;
  let pairs = 0;
  let covered = 0;
  for (let c = 0; c < centreCount; c++) {
    const centre = centres ? centres[c] : c;
    const radius = radiusOf(own, centre, k, chosenCentre);
    const before = pairs;
    for (let p = inside.offsets[centre]; p < inside.offsets[centre + 1]; p++) {
      const distance = inside.distances[p];
      if (distance > radius || (distance === radius && !closed && radius > 0)) break;
      const point = inside.indices[p];
      if (chosenPoint && !chosenPoint[point]) continue;
      pairs++;
      hit += 1 - hits[point];
      hits[point] = 1;
    }
    if (pairs > before) covered++;
  }
  return { hit: hit / pointCount, density: pairs / (k * pointCount), covered: covered / centreCount };
}

/** Distance to the k-th neighbour among the chosen rows. */
export function radiusOf(own: Neighbours, row: number, k: number, chosen?: Uint8Array): number {
  const first = row * own.k;
  if (!chosen) return own.distances[first + k - 1];
  let seen = 0;
  for (let j = first; j < first + own.k; j++)
    if (chosen[own.indices[j]] && ++seen === k) return own.distances[j];
  return own.distances[first + own.k - 1];
}

export function membership(rows: Int32Array, n: number): Uint8Array {
  const chosen = new Uint8Array(n);
  for (const row of rows) chosen[row] = 1;
  return chosen;
}
