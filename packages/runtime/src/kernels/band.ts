import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode } from "../onnx/model.js";
import type { Runtime } from "../runtime.js";
import type { KernelSettings } from "./kernelSettings.js";
import { corners, float64Tensor, part } from "./parts.js";
import { triangularise } from "./triangularise.js";

/** Width of the band: products like it wide, what follows narrow. */
export const BAND_WIDTH = 16;
/** Panels whose products are subtracted from the rest at once: few products of a high rank are faster than many of a low one. */
const PANELS = 8;

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
  { threads, signal }: KernelSettings,
): Promise<Float64Array> {
  const reads = Object.fromEntries(variables.map((name) => [name, `band ${name}`]));
  const step = await runtime.cached(`band step ${threads}`, () =>
    runtime.open(
      stepModel,
      { threads },
      { reads, writes: { "new left": reads.left, "new right": reads.right } },
    ),
  );
  const update = await runtime.cached(`band update ${threads}`, () =>
    runtime.open(updateModel, { threads, arena: false }, { reads, writes: { next: reads.rest } }),
  );
  const band = new Float64Array(n * (BAND_WIDTH + 1));
  const width = Math.min(BAND_WIDTH, n);
  let panel: Float64Array = new Float64Array(n * width);
  for (let i = 0; i < n; i++) panel.set(matrix.subarray(i * n, i * n + width), i * width);
  await runtime.set({ [reads.rest]: float64Tensor(matrix, n, n) }, { transfer: true });
  // The rest in the worker begins at row and column `first`.
  for (let top = 0, first = 0; ; top += BAND_WIDTH) {
    const count = Math.min(BAND_WIDTH, n - top);
    const below = panel.subarray(count * count);
    const { v, t } = triangularise(below, count, top - first + count);
    // The diagonal block, and the triangle under it.
    for (let i = 0; i < Math.min(2 * count, n - top); i++)
      for (let j = Math.max(0, i - count); j < Math.min(count, i + 1); j++)
        band[(top + i) * (BAND_WIDTH + 1) + BAND_WIDTH - i + j] =
          i < count ? panel[i * count + j] : below[(i - count) * count + j];
    if (top + count === n) break;
    const size = n - first;
    if (top === first) {
      const empty = float64Tensor(new Float64Array(0), size, 0);
      await runtime.set({ [reads.left]: empty, [reads.right]: empty });
    }
    const next = top + count - first;
    const end = Math.min(next + BAND_WIDTH, size);
    const rank = 2 * next;
    const feeds = {
      v: float64Tensor(v, size, count),
      t: float64Tensor(t, count, count),
      ...corners("rest part", [next, next], [size, end]),
      ...corners("left part", [next, 0], [size, rank]),
      ...corners("right part", [next, 0], [end, rank]),
    };
    panel = (await step.run(feeds, { transfer: true, signal })).panel.data as Float64Array;
    if (next < PANELS * BAND_WIDTH) continue;
    await update.run(
      {
        ...corners("rest part", [next, next], [size, size]),
        ...corners("left part", [next, 0], [size, rank]),
        ...corners("right part", [next, 0], [size, rank]),
      },
      { signal },
    );
    first += next;
  }
  await runtime.drop(Object.values(reads));
  return band;
}

const product = (
  a: string,
  b: string,
  output: string,
  attributes: OnnxNode["attributes"] = {},
  sum: readonly string[] = [],
): OnnxNode => ({
  op: "Gemm",
  inputs: [a, b, ...sum],
  outputs: [output],
  attributes,
});
const minus = { alpha: { float: -1 } };

/** The matrix is rest − left rightᵀ. */
const variables = ["rest", "left", "right"];
const inputs = variables.map((name) => ({
  name,
  type: "float64" as const,
  shape: ["rows", `columns of ${name}`],
}));

/** Parts of the three, and the part of the matrix they make. */
function partOfMatrix(left: string, right: string, output: string) {
  const parts = [part("rest", "rest part"), part(left, "left part"), part(right, "right part")];
  const node = product("left part", "right part", output, { transB: 1, ...minus }, ["rest part"]);
  return { nodes: [...parts.map((p) => p.node), node], inputs: parts.flatMap((p) => p.inputs) };
}

/** Qᵀ A Q = A − V Wᵀ − W Vᵀ for W = X − ½ V Tᵀ Vᵀ X, X = A V T; then the next panel of it. */
const panelOfNext = partOfMatrix("new left", "new right", "panel");
const stepModel = encodeModel({
  nodes: [
    product("rest", "v", "rest v"),
    product("right", "v", "right v", { transA: 1 }),
    product("left", "right v", "av", minus, ["rest v"]),
    product("av", "t", "x"),
    product("v", "x", "vx", { transA: 1 }),
    product("t", "vx", "tvx", { transA: 1 }),
    product("v", "tvx", "w", { alpha: { float: -0.5 } }, ["x"]),
    { op: "Concat", inputs: ["left", "v", "w"], outputs: ["new left"], attributes: { axis: 1 } },
    { op: "Concat", inputs: ["right", "w", "v"], outputs: ["new right"], attributes: { axis: 1 } },
    ...panelOfNext.nodes,
  ],
  inputs: [
    ...inputs,
    { name: "v", type: "float64", shape: ["rows", "width"] },
    { name: "t", type: "float64", shape: ["width", "width"] },
    ...panelOfNext.inputs,
  ],
  outputs: ["new left", "new right", "panel"].map((name) => ({
    name,
    type: "float64" as const,
    shape: [`rows of ${name}`, `columns of ${name}`],
  })),
  initializers: {},
});

const restOfNext = partOfMatrix("left", "right", "next");
const updateModel = encodeModel({
  nodes: restOfNext.nodes,
  inputs: [...inputs, ...restOfNext.inputs],
  outputs: [{ name: "next", type: "float64", shape: ["fewer", "fewer"] }],
  initializers: {},
});
