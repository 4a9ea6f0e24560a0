import {
  CredenceError,
  checkCount,
  checkMatrix,
  type Matrix,
  type Neighbours,
  nearestNeighbours,
} from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode } from "../onnx/model.js";
import type { Runtime } from "../runtime.js";
import { tensorData } from "../tensor.js";
import { createCandidates } from "./candidates.js";
import { matrixTensor, meanOf, squaredNorms, toFloat32 } from "./float32.js";

/** Rows of a block of products with all points. */
const BLOCK = 250;
/** Rows of a square block, whose product serves the rows of both sides. */
const SQUARE = 400;
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
  { threads, signal }: { threads: number; signal?: AbortSignal },
): Promise<Neighbours> {
  check(points, k, queries);
  const { columns } = points;
  const asked = queries ?? points;
  const taken = Math.min(points.rows, k + (queries ? 0 : 1) + SPARE);
  const center = meanOf(points);
  const right = toFloat32(fn, "points", points, center);
  const left = queries ? toFloat32(fn, "queries", queries, center) : right;
  const pointNorms = squaredNorms(right, columns);
  const reach = Math.sqrt(pointNorms.reduce((a, b) => Math.max(a, b)));
  const queryNorms = queries ? squaredNorms(left, columns) : pointNorms;
  const candidates = createCandidates(points, queries, k, taken, queryNorms, reach);

  const side = (name: string, data: Float32Array<ArrayBuffer>, norms: Float64Array) => ({
    [name]: matrixTensor(data, norms.length, columns),
    [`norms of ${name}`]: tensorData("float32", [norms.length], norms),
  });
  await runtime.set(
    { ...side("points", right, pointNorms), ...(queries && side("queries", left, queryNorms)) },
    { transfer: true },
  );
  const symmetric = !queries && columns >= MANY_COLUMNS;
  const size = symmetric ? SQUARE : BLOCK;
  const session = await runtime.cached(`neighbours ${symmetric} ${threads}`, () =>
    runtime.open(symmetric ? allModel : smallestModel, { threads }),
  );
  for (let i = 0; i < asked.rows; i += size) {
    const iEnd = Math.min(i + size, asked.rows);
    for (let j = symmetric ? i : 0; j < points.rows; j += symmetric ? size : points.rows) {
      const others = { from: j, to: symmetric ? Math.min(j + size, points.rows) : points.rows };
      const found = await session.run(symmetric ? {} : { k: tensorData("int64", [1], [taken]) }, {
        signal,
        rows: {
          left: { variable: queries ? "queries" : "points", from: i, to: iEnd },
          right: { variable: "points", ...others },
          norms: { variable: "norms of points", ...others },
        },
      });
      if (symmetric) candidates.offerSquare(i, j, found.near);
      else candidates.offer(i, j, found.values, found.indices);
    }
    candidates.settle(i, iEnd);
  }
  return searchAgain(points, queries, candidates.result(), candidates.uncertain());
}

/** ‖x‖² − 2 q·x for queries q (rows) and points x (columns), or the smallest entries of each row. */
function blockModel(result: "all" | "smallest"): Uint8Array {
  const all = result === "all";
  const product: OnnxNode = {
    op: "Gemm",
    inputs: ["left", "right", "norms"],
    outputs: ["near"],
    attributes: { transB: 1, alpha: { float: -2 } },
  };
  const search: OnnxNode = {
    op: "TopK",
    inputs: ["near", "k"],
    outputs: ["values", "indices"],
    attributes: { axis: 1, largest: 0, sorted: 1 },
  };
  return encodeModel({
    nodes: all ? [product] : [product, search],
    inputs: [
      { name: "left", type: "float32", shape: ["queries", "columns"] },
      { name: "right", type: "float32", shape: ["points", "columns"] },
      { name: "norms", type: "float32", shape: ["points"] },
      ...(all ? [] : [{ name: "k", type: "int64", shape: [1] } as const]),
    ],
    outputs: all
      ? [{ name: "near", type: "float32", shape: ["queries", "points"] }]
      : [
          { name: "values", type: "float32", shape: ["queries", "kept"] },
          { name: "indices", type: "int64", shape: ["queries", "kept"] },
        ],
    initializers: {},
  });
}

const allModel = blockModel("all");
const smallestModel = blockModel("smallest");

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
  if (queries) {
    checkMatrix(fn, "queries", queries);
    if (queries.columns !== points.columns)
      throw new CredenceError(
        "shape-mismatch",
        { function: fn, argument: "queries", value: queries.columns },
        `has ${queries.columns} columns but points has ${points.columns}; both must hold the same features.`,
      );
  }
  const choice = queries ? points.rows : points.rows - 1;
  if (choice < k)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "points", value: points.rows },
      `${k} neighbours are asked for, but there are only ${choice} points to choose from.`,
    );
}
