import type { GaussianStatistics } from "credence/fidelity";
import { finiteColumnMeans, type Matrix } from "credence/numeric";
import { giveBack } from "../giveBack.js";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import type { KernelSettings } from "./kernelSettings.js";
import { mirror } from "./mirror.js";
import { float64Tensor } from "./parts.js";

/** Entries of the rows whose products are summed at a time. */
const CHUNK_ENTRIES = 2 ** 20;
/** Rows of the result made at a time, of which only what is on and below the diagonal is needed. */
const BAND = 256;

const variable = "scatter columns";

/** As `gaussianStatistics` of credence/fidelity: Σ (x − mean)(x − mean)ᵀ by matrix products in float64. */
export async function gaussianStatisticsOn(
  runtime: Runtime,
  matrix: Matrix,
  { threads, signal }: KernelSettings,
): Promise<GaussianStatistics> {
  const mean = finiteColumnMeans("gaussianStatistics", "matrix", matrix);
  const { data, rows: n, columns: d } = matrix;
  const session = await runtime.cached(`scatter ${threads}`, () => runtime.open(model, { threads }));
  const tops = Array.from({ length: Math.ceil(d / BAND) }, (_, band) => band * BAND);
  const bands = tops.map((top) => {
    const bottom = Math.min(top + BAND, d);
    return float64Tensor(new Float64Array((bottom - top) * bottom), bottom - top, bottom);
  });
  const chunk = Math.max(BAND, Math.floor(CHUNK_ENTRIES / d));
  for (let first = 0; first < n; first += chunk) {
    const count = Math.min(chunk, n - first);
    const turned = new Float64Array(d * count);
    // Eight rows at a time, which fill a line of the cache.
    for (let top = 0; top < count; top += 8)
      for (let j = 0; j < d; j++)
        for (let i = top; i < Math.min(top + 8, count); i++)
          turned[j * count + i] = data[(first + i) * d + j] - mean[j];
    await runtime.drop([variable]);
    await runtime.set({ [variable]: float64Tensor(turned, d, count) }, { transfer: true });
    for (const [band, top] of tops.entries()) {
      const to = Math.min(top + BAND, d);
      const rows = { left: { variable, from: top, to }, right: { variable, from: 0, to } };
      bands[band] = (await session.run({ sum: bands[band] }, { rows, transfer: true, signal })).next;
    }
  }
  await runtime.drop([variable]);
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

const model = encodeModel({
  nodes: [{ op: "Gemm", inputs: ["left", "right", "sum"], outputs: ["next"], attributes: { transB: 1 } }],
  inputs: [
    { name: "left", type: "float64", shape: ["band", "count"] },
    { name: "right", type: "float64", shape: ["width", "count"] },
    { name: "sum", type: "float64", shape: ["band", "width"] },
  ],
  outputs: [{ name: "next", type: "float64", shape: ["band", "width"] }],
  initializers: {},
});
