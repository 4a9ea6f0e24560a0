import {
  CredenceError,
  checkCount,
  checkMatrix,
  checkSameColumns,
  columnMeans,
  type Matrix,
  type Neighbours,
  nearestNeighbours,
} from "credence/numeric";
import type { Runtime } from "../runtime.js";
import { forEachBlock } from "./blocks.js";
import { createCandidates } from "./candidates.js";
import type { KernelSettings } from "./kernelSettings.js";
import { nearestModel, normsOfRight, openNear } from "./near.js";

/** From this many columns on the products cost more than searching them twice. */
const MANY_COLUMNS = 256;
/** Candidates beyond those needed, whose distance shows that no other point is nearer. */
const SPARE = 4;

const fn = "nearestNeighbours";

/**
 * The k nearest points of each query, exactly. ‖q − x‖² = ‖q‖² − 2 q·x + ‖x‖² turns the search into a matrix product in
 * float32, block by block, of which the smallest entries of each row are candidates. Their distances are then computed in
 * float64; where the rounding errors of the product could hide a nearer point, as among many at the same distance, the
 * row is searched again in float64.
 */
export async function neighboursOn(
  runtime: Runtime,
  points: Matrix,
  k: number,
  queries: Matrix | null,
  { threads, signal }: KernelSettings,
): Promise<Neighbours> {
  check(points, k, queries);
  const taken = Math.min(points.rows, k + (queries ? 0 : 1) + SPARE);
  const candidates = createCandidates(points, queries, k, taken);
  const names = [queries ? "queries" : "points", "points"] as const;
  const common = { fn, names, center: columnMeans(points), ofRight: normsOfRight, signal };
  if (!queries && points.columns >= MANY_COLUMNS)
    await forEachBlock(runtime, await openNear(runtime, threads), points, null, {
      ...common,
      visit: (block, { near }) => candidates.offerSquare(block, near),
    });
  else {
    const session = await runtime.cached(`nearest ${taken} ${threads}`, () =>
      runtime.open(nearestModel(taken), { threads }),
    );
    await forEachBlock(runtime, session, queries ?? points, points, {
      ...common,
      wide: true,
      visit: (block, { values, columns }) => candidates.offer(block, values, columns),
    });
  }
  const { found, uncertain } = candidates.settle();
  return searchAgain(points, queries, found, uncertain);
}

/** The rows in doubt, by the exact search of credence. */
function searchAgain(
  points: Matrix,
  queries: Matrix | null,
  found: Neighbours,
  rows: readonly number[],
): Neighbours {
  if (rows.length === 0) return found;
  const { columns } = points;
  const { data } = queries ?? points;
  const asked = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    for (let j = 0; j < columns; j++) asked[i * columns + j] = data[row * columns + j];
  });
  // Without queries each point is its own nearest: ask for one more, and leave it out.
  const wanted = found.k + (queries ? 0 : 1);
  const exact = nearestNeighbours(points, wanted, { data: asked, rows: rows.length, columns });
  rows.forEach((row, i) => {
    let to = row * found.k;
    for (let from = i * wanted; to < (row + 1) * found.k; from++) {
      if (!queries && exact.indices[from] === row) continue;
      found.indices[to] = exact.indices[from];
      found.distances[to++] = exact.distances[from];
    }
  });
  return found;
}

function check(points: Matrix, k: number, queries: Matrix | null): void {
  checkMatrix(fn, "points", points);
  checkCount(fn, "k", k);
  if (queries) checkSameColumns(fn, ["points", "queries"], points, queries);
  const choice = queries ? points.rows : points.rows - 1;
  if (choice < k)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "points", value: points.rows },
      `${k} neighbours are asked for, but there are only ${choice} points to choose from.`,
    );
}
