import type { OnnxNode } from "../onnx/model.js";
import type { Runtime } from "../runtime.js";
import type { KernelSettings } from "./kernelSettings.js";
import { float64Tensor, type Step, workOff } from "./trailing.js";

/** Width of the band: products like it wide, what follows narrow. */
export const BAND_WIDTH = 32;

/**
 * A band matrix with the eigenvalues of a symmetric one (n × n, handed over), in the layout of `bandEigenvalues` of credence: the
 * first of two steps to tridiagonal form, that of matrix products. Panel by panel, the columns below the diagonal block
 * are made triangular by an orthogonal Q = 1 − V T Vᵀ, which is applied to the rest from both sides as one product of
 * rank 2 × width (Bischof, Lang & Sun 2000).
 */
export async function bandOn(
  runtime: Runtime,
  matrix: Float64Array<ArrayBuffer>,
  n: number,
  settings: KernelSettings,
): Promise<Float64Array> {
  const band = new Float64Array(n * (BAND_WIDTH + 1));
  await workOff(
    runtime,
    matrix,
    n,
    BAND_WIDTH,
    step,
    (panel, top, count) => {
      const below = Float64Array.from(panel.subarray(count * count));
      const { v, t } = triangularise(below, count);
      // The diagonal block, and the triangle under it.
      for (let i = 0; i < Math.min(2 * count, n - top); i++)
        for (let j = Math.max(0, i - count); j < Math.min(count, i + 1); j++)
          band[(top + i) * (BAND_WIDTH + 1) + BAND_WIDTH - i + j] =
            i < count ? panel[i * count + j] : below[(i - count) * count + j];
      return { v: float64Tensor(v, n - top, count), t: float64Tensor(t, count, count) };
    },
    settings,
  );
  return band;
}

/**
 * Householder's QR of rows of `count`, in place: R on and above the diagonal. Q = 1 − V T Vᵀ.
 * @returns v: V, under `count` rows of zeros. t: T.
 */
function triangularise(
  a: Float64Array,
  count: number,
): { v: Float64Array<ArrayBuffer>; t: Float64Array<ArrayBuffer> } {
  const rows = a.length / count;
  const v = new Float64Array((rows + count) * count);
  const t = new Float64Array(count * count);
  const own = v.subarray(count * count);
  const dots = new Float64Array(count);
  for (let j = 0; j < Math.min(count, rows - 1); j++) {
    const scale = reflector(a, own, rows, count, j);
    if (scale === 0) continue;
    // Left of column j: with the earlier reflectors, for T. Right of it: with what is still to be made triangular.
    dots.fill(0);
    for (let i = j; i < rows; i++) {
      const row = i * count;
      const x = own[row + j];
      for (let k = 0; k < j; k++) dots[k] += x * own[row + k];
      for (let k = j + 1; k < count; k++) dots[k] += x * a[row + k];
    }
    for (let i = j; i < rows; i++) {
      const row = i * count;
      const x = scale * own[row + j];
      for (let k = j + 1; k < count; k++) a[row + k] -= x * dots[k];
    }
    t[j * count + j] = scale;
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += t[i * count + k] * dots[k];
      t[i * count + j] = -scale * sum;
    }
  }
  return { v, t };
}

/** Puts the vector that clears column j under the diagonal into column j of v, and returns its scale. */
function reflector(a: Float64Array, v: Float64Array, rows: number, count: number, j: number): number {
  let sigma = 0;
  for (let i = j + 1; i < rows; i++) sigma += a[i * count + j] ** 2;
  if (sigma === 0) return 0;
  const head = a[j * count + j];
  const norm = Math.sqrt(head * head + sigma);
  const sign = head < 0 ? -1 : 1;
  for (let i = j + 1; i < rows; i++) {
    v[i * count + j] = a[i * count + j];
    a[i * count + j] = 0;
  }
  v[j * count + j] = head + sign * norm;
  a[j * count + j] = -sign * norm;
  return 1 / (norm * (norm + Math.abs(head)));
}

const product = (
  a: string,
  b: string,
  output: string,
  attributes: OnnxNode["attributes"] = {},
): OnnxNode => ({
  op: "Gemm",
  inputs: [a, b],
  outputs: [output],
  attributes,
});

/** Qᵀ A Q = A − V Wᵀ − W Vᵀ for W = X − ½ V Tᵀ Vᵀ X, X = A V T. */
const step: Step = {
  name: "band",
  nodes: [
    product("rest", "v", "av"),
    product("av", "t", "x"),
    product("v", "x", "vx", { transA: 1 }),
    product("t", "vx", "tvx", { transA: 1 }),
    {
      op: "Gemm",
      inputs: ["v", "tvx", "x"],
      outputs: ["w"],
      attributes: { alpha: { float: -0.5 } },
    },
    { op: "Concat", inputs: ["v", "w"], outputs: ["left"], attributes: { axis: 1 } },
    { op: "Concat", inputs: ["w", "v"], outputs: ["right"], attributes: { axis: 1 } },
  ],
  inputs: [
    { name: "v", type: "float64", shape: ["rows", "width"] },
    { name: "t", type: "float64", shape: ["width", "width"] },
  ],
};
