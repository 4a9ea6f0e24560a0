import { CredenceError, checkMatrix, type Gram, type Matrix } from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { matrixTensor, toFloat32 } from "./float32.js";

/** Rows of one block of the result: a few megabytes, so that nothing is copied twice at once. */
const BLOCK_ENTRIES = 4e6;

/** A Bᵀ in float32, block by block. */
export async function gramOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix,
  { threads, signal }: { threads: number; signal?: AbortSignal },
): Promise<Gram> {
  const fn = "gram";
  checkMatrix(fn, "a", a);
  checkMatrix(fn, "b", b);
  if (a.columns !== b.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "b", value: b.columns },
      `has ${b.columns} columns but a has ${a.columns}.`,
    );
  const session = await runtime.cached(`gram ${threads}`, () =>
    runtime.open(model, { threads }, { reads: { b: "gram b" } }),
  );
  const right = matrixTensor(toFloat32(fn, "b", b), b.rows, b.columns);
  const left = toFloat32(fn, "a", a);
  await runtime.set({ "gram b": right }, { transfer: true });
  const data = new Float32Array(a.rows * b.rows);
  const rows = Math.max(1, Math.floor(BLOCK_ENTRIES / b.rows));
  for (let from = 0; from < a.rows; from += rows) {
    const count = Math.min(rows, a.rows - from);
    const block = left.slice(from * a.columns, (from + count) * a.columns);
    const { product } = await session.run(
      { a: matrixTensor(block, count, a.columns) },
      { signal, transfer: true },
    );
    data.set(product.data as Float32Array, from * b.rows);
  }
  return { data, rows: a.rows, columns: b.rows };
}

const model = encodeModel({
  nodes: [{ op: "Gemm", inputs: ["a", "b"], outputs: ["product"], attributes: { transB: 1 } }],
  inputs: [
    { name: "a", type: "float32", shape: ["rows", "columns"] },
    { name: "b", type: "float32", shape: ["others", "columns"] },
  ],
  outputs: [{ name: "product", type: "float32", shape: ["rows", "others"] }],
  initializers: {},
});
