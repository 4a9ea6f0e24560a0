import type { GaussianStatistics } from "credence/fidelity";
import { CredenceError, checkMatrix, type Matrix } from "credence/numeric";
import { giveBack } from "../giveBack.js";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { meanOf } from "./float32.js";
import type { KernelSettings } from "./kernelSettings.js";
import { mirror } from "./mirror.js";
import { corners, float64Tensor, part } from "./parts.js";

/** Entries of the rows whose products are summed at a time. */
const CHUNK_ENTRIES = 2 ** 20;
/** Rows of the result made at a time, of which only what is on and below the diagonal is needed. */
const BAND = 256;

/** As `gaussianStatistics` of credence/fidelity: Σ (x − mean)(x − mean)ᵀ by matrix products in float64. */
export async function gaussianStatisticsOn(
  runtime: Runtime,
  matrix: Matrix,
  { threads, signal }: KernelSettings,
): Promise<GaussianStatistics> {
  const fn = "gaussianStatistics";
  checkMatrix(fn, "matrix", matrix);
  const { data, rows: n, columns: d } = matrix;
  const mean = meanOf(matrix);
  for (let j = 0; j < d; j++)
    if (!Number.isFinite(mean[j]))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: "matrix", value: mean[j] },
        `column ${j} holds NaN or infinities; drop or repair those rows.`,
      );
  const session = await runtime.cached(`scatter ${threads}`, () =>
    runtime.open(model, { threads }, { reads: { rows: "scatter rows" } }),
  );
  const tops = Array.from({ length: Math.ceil(d / BAND) }, (_, band) => band * BAND);
  const bands = tops.map((top) => {
    const bottom = Math.min(top + BAND, d);
    return float64Tensor(new Float64Array((bottom - top) * bottom), bottom - top, bottom);
  });
  const chunk = Math.max(BAND, Math.floor(CHUNK_ENTRIES / d));
  for (let first = 0; first < n; first += chunk) {
    const count = Math.min(chunk, n - first);
    const centred = new Float64Array(count * d);
    for (let i = 0, from = first * d, to = 0; i < count; i++)
      for (let j = 0; j < d; j++) centred[to++] = data[from++] - mean[j];
    await runtime.drop(["scatter rows"]);
    await runtime.set({ "scatter rows": float64Tensor(centred, count, d) }, { transfer: true });
    for (const [band, top] of tops.entries()) {
      const bottom = Math.min(top + BAND, d);
      const feeds = {
        sum: bands[band],
        ...corners("left", [0, top], [count, bottom]),
        ...corners("right", [0, 0], [count, bottom]),
      };
      bands[band] = (await session.run(feeds, { transfer: true, signal })).next;
    }
  }
  await runtime.drop(["scatter rows"]);
  const scatter = new Float64Array(d * d);
  for (const [band, top] of tops.entries()) {
    const values = bands[band].data as Float64Array;
    const [rows, width] = bands[band].shape;
    for (let i = 0; i < rows; i++) scatter.set(values.subarray(i * width, (i + 1) * width), (top + i) * d);
    giveBack([bands[band]]);
  }
  mirror(scatter, d, "below the diagonal");
  return { n, mean, scatter };
}

const left = part("rows", "left");
const right = part("rows", "right");
const model = encodeModel({
  nodes: [
    left.node,
    right.node,
    { op: "Gemm", inputs: [left.name, right.name, "sum"], outputs: ["next"], attributes: { transA: 1 } },
  ],
  inputs: [
    { name: "rows", type: "float64", shape: ["rows", "columns"] },
    ...left.inputs,
    ...right.inputs,
    { name: "sum", type: "float64", shape: ["band", "width"] },
  ],
  outputs: [{ name: "next", type: "float64", shape: ["band", "width"] }],
  initializers: {},
});
