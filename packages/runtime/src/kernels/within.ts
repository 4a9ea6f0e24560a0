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
import { distanceOf, errorOfSquares, UNIT } from "./distance.js";
import { matrixTensor, meanOf, squaredNorms, toFloat32 } from "./float32.js";

/** Entries of one block of products: a few megabytes, which a cache holds. */
const BLOCK_ENTRIES = 2e6;
/** Entries of the rows of `b` that lie in the worker at a time. */
const HELD_ENTRIES = 16e6;
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
    runtime.open(
      model,
      { threads },
      { reads: { b: "within b", norms: "within norms", limits: "within limits" } },
    ),
  );
  const around = createPairList(fn);
  const back = createPairList(fn);
  const held = Math.min(b.rows, Math.max(1, Math.floor(HELD_ENTRIES / columns)));
  const rows = Math.max(1, Math.floor(BLOCK_ENTRIES / held));
  for (let j = 0; j < b.rows; j += held) {
    const right = toFloat32(fn, "b", b, center, j, Math.min(j + held, b.rows));
    const norms = squaredNorms(right, columns);
    const reach = Math.sqrt(norms.reduce((x, y) => Math.max(x, y)));
    const limits = Float32Array.from(norms, (_, q) => squared(radiiOfB[j + q]));
    await runtime.set(
      {
        "within b": matrixTensor(right, norms.length, columns),
        "within norms": matrixTensor(Float32Array.from(norms), 1, norms.length),
        "within limits": matrixTensor(limits, 1, norms.length),
      },
      { transfer: true },
    );
    for (let i = 0; i < a.rows; i += rows) {
      const left = toFloat32(fn, "a", a, center, i, Math.min(i + rows, a.rows));
      const leftNorms = squaredNorms(left, columns);
      const count = leftNorms.length;
      const spare = leftNorms.map((norm) => errorOfSquares(columns, norm, reach));
      const own = Float32Array.from(spare, (error, p) => squared(radiiOfA[i + p]) + error - leftNorms[p]);
      const shift = Float32Array.from(spare, (error, p) => error - leftNorms[p]);
      const { close } = await session.run(
        {
          a: matrixTensor(left, count, columns),
          own: matrixTensor(own, count, 1),
          shift: matrixTensor(shift, count, 1),
        },
        { signal, transfer: true },
      );
      forEachSet(close.data as Uint8Array<ArrayBuffer>, (at) => {
        const row = i + Math.floor(at / norms.length);
        const column = j + (at % norms.length);
        const distance = distanceOf(a, row, b, column);
        if (distance <= radiiOfA[row]) around.push(row, column, distance);
        if (distance <= radiiOfB[column]) back.push(column, row, distance);
      });
    }
  }
  return [around.within(a.rows), back.within(b.rows)];
}

/** With room for rounding; below every distance where the radius is negative, so that such a ball holds nothing. */
const squared = (radius: number): number => (radius < 0 ? -Infinity : radius * radius * (1 + 4 * UNIT));

/** Visits the places of what is not 0, eight bytes at a time: nearly all are 0. */
function forEachSet(bytes: Uint8Array<ArrayBuffer>, visit: (at: number) => void): void {
  const whole = bytes.length >> 3;
  const words = new Float64Array(bytes.buffer, bytes.byteOffset, whole); // eight zero bytes are the number 0
  for (let w = 0; w < whole; w++) {
    if (words[w] === 0) continue;
    for (let at = w << 3; at < (w + 1) << 3; at++) if (bytes[at]) visit(at);
  }
  for (let at = whole << 3; at < bytes.length; at++) if (bytes[at]) visit(at);
}

/** Whether ‖b‖² − 2 a bᵀ is at most the larger of `own` (radius of a) and `limits` + `shift` (radius of b). */
const model = encodeModel({
  nodes: [
    {
      op: "Gemm",
      inputs: ["a", "b", "norms"],
      outputs: ["near"],
      attributes: { transB: 1, alpha: { float: -2 } },
    },
    { op: "Add", inputs: ["limits", "shift"], outputs: ["others"] },
    { op: "Max", inputs: ["own", "others"], outputs: ["reach"] },
    { op: "LessOrEqual", inputs: ["near", "reach"], outputs: ["close"] },
  ],
  inputs: [
    { name: "a", type: "float32", shape: ["rows", "columns"] },
    { name: "b", type: "float32", shape: ["count", "columns"] },
    { name: "norms", type: "float32", shape: [1, "count"] },
    { name: "limits", type: "float32", shape: [1, "count"] },
    { name: "own", type: "float32", shape: ["rows", 1] },
    { name: "shift", type: "float32", shape: ["rows", 1] },
  ],
  outputs: [{ name: "close", type: "bool", shape: ["rows", "count"] }],
  initializers: {},
});

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
