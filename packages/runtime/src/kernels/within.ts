import {
  CredenceError,
  checkMatrix,
  checkSameLength,
  createPairList,
  type Matrix,
  type Within,
} from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { matrixTensor, meanOf, squaredNorms, toFloat32 } from "./float32.js";

/** Entries of one block of products: a few megabytes, which a cache holds. */
const BLOCK_ENTRIES = 2e6;
/** Entries of the rows of `b` that lie in the worker at a time. */
const HELD_ENTRIES = 16e6;
/** Unit roundoff of float32, and what it may lose entirely. */
const UNIT = 2 ** -24;
const UNDERFLOW = 1e-35;

const fn = "mutuallyWithin";

/**
 * The pairs of rows of two matrices within each other's radii, exactly, in memory that does not grow with the rows:
 * ‖a‖² + ‖b‖² − 2 aᵀb in float32 by matrix products, block by block, proposes pairs, with room for its rounding errors;
 * their distances are then computed in float64.
 */
export async function mutuallyWithinOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix,
  radiiOfA: ArrayLike<number>,
  radiiOfB: ArrayLike<number>,
  { threads, signal }: { threads: number; signal?: AbortSignal },
): Promise<readonly [Within, Within]> {
  check(a, b, radiiOfA, radiiOfB);
  const { columns } = a;
  const center = meanOf(a);
  const session = await runtime.cached(`within ${threads}`, () =>
    runtime.open(model, { threads }, { reads: { b: "within b", norms: "within norms" } }),
  );
  const around = createPairList(fn);
  const back = createPairList(fn);
  const relative = (8 + 4 * Math.sqrt(columns)) * UNIT;
  const held = Math.min(b.rows, Math.max(1, Math.floor(HELD_ENTRIES / columns)));
  const rows = Math.max(1, Math.floor(BLOCK_ENTRIES / held));
  for (let j = 0; j < b.rows; j += held) {
    const right = toFloat32(fn, "b", b, center, j, Math.min(j + held, b.rows));
    const norms = squaredNorms(right, columns);
    const reach = Math.sqrt(norms.reduce((x, y) => Math.max(x, y)));
    const limits = Float64Array.from(norms, (_, q) => radiiOfB[j + q] ** 2);
    await runtime.set(
      {
        "within b": matrixTensor(right, norms.length, columns),
        "within norms": matrixTensor(Float32Array.from(norms), 1, norms.length),
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
        const error = relative * (2 * Math.sqrt(norm) * reach + reach * reach + norm) + UNDERFLOW;
        const row = i + p;
        const limit = radiiOfA[row] ** 2 + error - norm;
        const shift = norm - error;
        for (let q = 0; q < limits.length; q++, at++) {
          const value = values[at];
          if (value > limit && value + shift > limits[q]) continue;
          const distance = distanceOf(a, row, b, j + q);
          if (distance <= radiiOfA[row]) around.push(row, j + q, distance);
          if (distance <= radiiOfB[j + q]) back.push(j + q, row, distance);
        }
      }
    }
  }
  return [around.within(a.rows), back.within(b.rows)];
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
    { name: "b", type: "float32", shape: ["others", "columns"] },
    { name: "norms", type: "float32", shape: [1, "others"] },
  ],
  outputs: [{ name: "near", type: "float32", shape: ["rows", "others"] }],
  initializers: {},
});

function distanceOf(a: Matrix, i: number, b: Matrix, j: number): number {
  const { columns, data } = a;
  const other = b.data;
  let sum = 0;
  for (let c = 0, p = i * columns, q = j * columns; c < columns; c++, p++, q++) {
    const difference = data[p] - other[q];
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

function check(a: Matrix, b: Matrix, radiiOfA: ArrayLike<number>, radiiOfB: ArrayLike<number>): void {
  checkMatrix(fn, "a", a);
  checkMatrix(fn, "b", b);
  if (a.columns !== b.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "b", value: b.columns },
      `has ${b.columns} columns but a has ${a.columns}; both must hold the same features.`,
    );
  checkSameLength(fn, "radiiOfA", radiiOfA, "the rows of a", { length: a.rows });
  checkSameLength(fn, "radiiOfB", radiiOfB, "the rows of b", { length: b.rows });
}
