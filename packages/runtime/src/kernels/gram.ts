import { CredenceError, checkMatrix, type Gram, type Matrix } from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { forEachBlock } from "./blocks.js";
import type { KernelSettings } from "./kernelSettings.js";

/** A Bᵀ in float32, block by block; of A Aᵀ (`b` null) only the blocks on and above the diagonal are computed. */
export async function gramOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix | null,
  { threads, signal, center }: KernelSettings & { center?: ArrayLike<number> },
): Promise<Gram> {
  const fn = "gram";
  checkMatrix(fn, "a", a);
  if (b) checkMatrix(fn, "b", b);
  const other = b ?? a;
  if (a.columns !== other.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "b", value: other.columns },
      `has ${other.columns} columns but a has ${a.columns}.`,
    );
  const session = await runtime.cached(`gram ${threads}`, () => runtime.open(model, { threads }));
  const data = new Float32Array(a.rows * other.rows);
  await forEachBlock(runtime, session, a, b, {
    fn,
    names: ["a", "b"],
    center,
    visit({ left, second, secondEnd }, { product }) {
      const values = product.data as Float32Array;
      const width = secondEnd - second;
      for (let row = left.first, at = 0; row < left.end; row++, at += width)
        data.set(values.subarray(at, at + width), row * other.rows + second);
    },
    signal,
  });
  if (!b) mirror(data, a.rows);
  return { data, rows: a.rows, columns: other.rows };
}

/** Copies what is above the diagonal below it, by squares that a cache holds. */
function mirror(data: Float32Array, n: number): void {
  const side = 64;
  for (let top = 0; top < n; top += side)
    for (let left = 0; left <= top; left += side)
      for (let i = top; i < Math.min(top + side, n); i++)
        for (let j = left; j < Math.min(left + side, i); j++) data[i * n + j] = data[j * n + i];
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
