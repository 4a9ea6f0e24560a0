import {
  CredenceError,
  checkCount,
  checkMatrix,
  type Matrix,
  type Neighbours,
  nearestNeighbours,
} from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode, OnnxValue } from "../onnx/model.js";
import type { Runtime } from "../runtime.js";
import { tensorData } from "../tensor.js";
import { createCandidates } from "./candidates.js";
import { matrixTensor, toFloat32 } from "./float32.js";

/** Rows of a block of products with all points. */
const BLOCK = 250;
/** Rows of a square block, whose product serves the rows of both sides. */
const SQUARE = 1250;
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
    [`${name} norms`]: tensorData("float32", [1, norms.length], norms),
  });
  const sides = { ...side("points", right, pointNorms), ...(queries && side("queries", left, queryNorms)) };
  await runtime.set(sides, { transfer: true });
  const leftName = queries ? "queries" : "points";
  const reads = {
    left: leftName,
    right: "points",
    "left norms": `${leftName} norms`,
    "right norms": "points norms",
  };
  const symmetric = !queries && columns >= MANY_COLUMNS;
  const size = symmetric ? SQUARE : BLOCK;
  for (let i = 0; i < asked.rows; i += size) {
    const iEnd = Math.min(i + size, asked.rows);
    for (let j = symmetric ? i : 0; j < points.rows; j += symmetric ? size : points.rows) {
      const jEnd = symmetric ? Math.min(j + size, points.rows) : points.rows;
      const both = symmetric && i !== j;
      const session = await runtime.cached(`neighbours ${both} ${leftName} ${threads}`, () =>
        runtime.open(both ? bothSides : leftSide, { threads }, { reads }),
      );
      const feeds = { i, "i end": iEnd, j, "j end": jEnd, k: Math.min(taken, jEnd - j) };
      const all = both ? { ...feeds, "k of right": Math.min(taken, iEnd - i) } : feeds;
      const found = await session.run(
        Object.fromEntries(Object.entries(all).map(([name, n]) => [name, tensorData("int64", [1], [n])])),
        { signal },
      );
      candidates.offer(i, j, found.values, found.indices);
      if (both) candidates.offer(j, i, found["values of right"], found["indices of right"]);
    }
    candidates.settle(i, iEnd);
  }
  return searchAgain(points, queries, candidates.result(), candidates.uncertain());
}

/** The smallest entries of ‖x‖² − 2 q·x of a block; for both sides, also those of ‖q‖² − 2 q·x for each x. */
function blockModel(both: boolean): Uint8Array {
  const slice = (name: string, from: string, axis: string): OnnxNode => ({
    op: "Slice",
    inputs: [name, from, `${from} end`, axis],
    outputs: [`${name} block`],
  });
  const smallest = (values: string, k: string, suffix: string): OnnxNode => ({
    op: "TopK",
    inputs: [values, k],
    outputs: [`values${suffix}`, `indices${suffix}`],
    attributes: { axis: 1, largest: 0, sorted: 1 },
  });
  const product = (norms: string[]): OnnxNode => ({
    op: "Gemm",
    inputs: ["left block", "right block", ...norms],
    outputs: ["product"],
    attributes: { transB: 1, alpha: { float: -2 } },
  });
  const matrix = (name: string): OnnxValue => ({
    name,
    type: "float32",
    shape: [`rows of ${name}`, "columns"],
  });
  const norms = (name: string): OnnxValue => ({ name, type: "float32", shape: [1, `count of ${name}`] });
  const one = (name: string): OnnxValue => ({ name, type: "int64", shape: [1] });
  const results = (suffix: string): OnnxValue[] => [
    { name: `values${suffix}`, type: "float32", shape: [`rows${suffix}`, `kept${suffix}`] },
    { name: `indices${suffix}`, type: "int64", shape: [`rows${suffix}`, `kept${suffix}`] },
  ];
  return encodeModel({
    nodes: [
      slice("left", "i", "axis 0"),
      slice("right", "j", "axis 0"),
      slice("right norms", "j", "axis 1"),
      ...(both
        ? [
            product([]),
            { op: "Add", inputs: ["product", "right norms block"], outputs: ["near"] },
            smallest("near", "k", ""),
            slice("left norms", "i", "axis 1"),
            { op: "Transpose", inputs: ["product"], outputs: ["transposed"], attributes: { perm: [1, 0] } },
            { op: "Add", inputs: ["transposed", "left norms block"], outputs: ["near of right"] },
            smallest("near of right", "k of right", " of right"),
          ]
        : [product(["right norms block"]), smallest("product", "k", "")]),
    ],
    inputs: [
      ...["left", "right"].map(matrix),
      ...["left norms", "right norms"].map(norms),
      ...["i", "i end", "j", "j end", "k"].map(one),
      ...(both ? [one("k of right")] : []),
    ],
    outputs: [...results(""), ...(both ? results(" of right") : [])],
    initializers: { "axis 0": tensorData("int64", [1], [0]), "axis 1": tensorData("int64", [1], [1]) },
  });
}

const leftSide = blockModel(false);
const bothSides = blockModel(true);

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

function meanOf({ data, rows, columns }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j] += data[i * columns + j];
  return mean.map((sum) => sum / rows);
}

function squaredNorms(data: Float32Array, columns: number): Float64Array {
  return Float64Array.from({ length: data.length / columns }, (_, i) => {
    let sum = 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) sum += data[j] * data[j];
    return sum;
  });
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
