import { checkSameColumns, type Gram, type Matrix } from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { forEachBlock } from "./blocks.js";
import type { KernelSettings } from "./kernelSettings.js";
import { mirror } from "./mirror.js";

/** A Bᵀ in float32, block by block; of A Aᵀ (`b` null) only the blocks on and above the diagonal are computed. */
export async function gramOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix | null,
  { threads, signal, center }: KernelSettings & { center?: ArrayLike<number> },
): Promise<Gram> {
  const fn = "gram";
  const other = b ?? a;
  checkSameColumns(fn, ["a", b ? "b" : "a"], a, other);
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
  if (!b) mirror(data, a.rows, "above the diagonal");
  return { data, rows: a.rows, columns: other.rows };
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
