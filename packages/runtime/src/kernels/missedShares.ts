import { CredenceError, checkMatrix, type Matrix } from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { distanceOf, errorOfSquares } from "./distance.js";
import { matrixTensor, meanOf, squaredNorms, toFloat32 } from "./float32.js";

/** Entries of one block of products: a few megabytes, which a cache holds. */
const BLOCK_ENTRIES = 1e6;
/** Entries of the rows of `b` that lie in the worker at a time. */
const HELD_ENTRIES = 16e6;
/** Squared distances less than this many times their possible error are computed again in float64. */
const DOUBTFUL = 1e4;

const fn = "missedShares";

/** For each row of `b` the product of min(1, d / radiusOfA) over the rows of `a`, and the reverse: as in credence. */
export async function missedSharesOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix,
  radiusOfA: number,
  radiusOfB: number,
  { threads, signal }: { threads: number; signal?: AbortSignal },
): Promise<readonly [Float64Array, Float64Array]> {
  checkMatrix(fn, "a", a);
  checkMatrix(fn, "b", b);
  if (a.columns !== b.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "b", value: b.columns },
      `has ${b.columns} columns but a has ${a.columns}; both must hold the same features.`,
    );
  const { columns } = a;
  const center = meanOf(a);
  const session = await runtime.cached(`missed ${threads}`, () =>
    runtime.open(model, { threads }, { reads: { b: "missed b", norms: "missed norms" } }),
  );
  // Squares of the products, whose roots are taken at the end.
  const ofA = new Float64Array(a.rows).fill(1);
  const ofB = new Float64Array(b.rows).fill(1);
  const [squareOfA, squareOfB] = [radiusOfA ** 2, radiusOfB ** 2];
  const widest = Math.max(squareOfA, squareOfB);
  const share = (square: number, most: number) => (most > 0 ? square / most : 0);
  const held = Math.min(b.rows, Math.max(1, Math.floor(HELD_ENTRIES / columns)));
  const rows = Math.max(1, Math.floor(BLOCK_ENTRIES / held));
  for (let j = 0; j < b.rows; j += held) {
    const right = toFloat32(fn, "b", b, center, j, Math.min(j + held, b.rows));
    const norms = squaredNorms(right, columns);
    const reach = Math.sqrt(norms.reduce((x, y) => Math.max(x, y)));
    await runtime.set(
      {
        "missed b": matrixTensor(right, norms.length, columns),
        "missed norms": matrixTensor(Float32Array.from(norms), 1, norms.length),
      },
      { transfer: true },
    );
    for (let i = 0; i < a.rows; i += rows) {
      const left = toFloat32(fn, "a", a, center, i, Math.min(i + rows, a.rows));
      const leftNorms = squaredNorms(left, columns);
      const { near } = await session.run(
        { a: matrixTensor(left, leftNorms.length, columns) },
        { signal, transfer: true },
      );
      const values = near.data as Float32Array;
      for (let p = 0, at = 0; p < leftNorms.length; p++) {
        const norm = leftNorms[p];
        const error = errorOfSquares(columns, norm, reach);
        const limit = widest - norm + error;
        const doubtful = DOUBTFUL * error;
        let missed = ofA[i + p];
        for (let q = 0; q < norms.length; q++, at++) {
          if (values[at] > limit) continue;
          let square = values[at] + norm;
          if (square < doubtful) square = distanceOf(a, i + p, b, j + q) ** 2;
          if (square <= squareOfA) ofB[j + q] *= share(square, squareOfA);
          if (square <= squareOfB) missed *= share(square, squareOfB);
        }
        ofA[i + p] = missed;
      }
    }
  }
  return [ofB.map(Math.sqrt), ofA.map(Math.sqrt)];
}

/** ‖b‖² − 2 a bᵀ. */
const model = encodeModel({
  nodes: [
    {
      op: "Gemm",
      inputs: ["a", "b", "norms"],
      outputs: ["near"],
      attributes: { transB: 1, alpha: { float: -2 } },
    },
  ],
  inputs: [
    { name: "a", type: "float32", shape: ["rows", "columns"] },
    { name: "b", type: "float32", shape: ["count", "columns"] },
    { name: "norms", type: "float32", shape: [1, "count"] },
  ],
  outputs: [{ name: "near", type: "float32", shape: ["rows", "count"] }],
  initializers: {},
});
