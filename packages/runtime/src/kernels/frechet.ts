import type { GaussianStatistics } from "credence/fidelity";
import { bandEigenvalues, CredenceError, checkMatrix, type Matrix } from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode, OnnxValue } from "../onnx/model.js";
import type { Runtime } from "../runtime.js";
import { tensorData } from "../tensor.js";
import { BAND_WIDTH, bandOn } from "./band.js";
import { upperFactorOn } from "./factor.js";
import { meanOf } from "./float32.js";
import type { KernelSettings } from "./kernelSettings.js";
import { mirror } from "./mirror.js";
import { float64Tensor } from "./trailing.js";

/** Rows whose products are summed at a time. */
const CHUNK = 2048;
/** Width of a band of the result: what lies below the diagonal of a symmetric one is left out by bands. */
const BAND = 256;

/** As `gaussianStatistics` of credence/fidelity: Σ (x − mean)(x − mean)ᵀ by matrix products in float64. */
export async function gaussianStatisticsOn(
  runtime: Runtime,
  matrix: Matrix,
  settings: KernelSettings,
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
  const scatter = new Float64Array(d * d);
  for (let first = 0; first < n; first += CHUNK) {
    const count = Math.min(CHUNK, n - first);
    const turned = new Float64Array(d * count);
    // Eight rows at a time, which fill a line of the cache.
    for (let top = 0; top < count; top += 8)
      for (let j = 0; j < d; j++)
        for (let i = top; i < Math.min(top + 8, count); i++)
          turned[j * count + i] = data[(first + i) * d + j] - mean[j];
    const part = await bandedProducts(
      runtime,
      { left: turned, right: null, d, columns: count, skip: false, lower: true },
      settings,
    );
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) scatter[i * d + j] += part[i * d + j];
  }
  mirror(scatter, d, "below the diagonal");
  return { n, mean, scatter };
}

/**
 * Eigenvalues, ascending, of the products S₁S₂ of the covariances of a sample and of each of some others: for S₁ = UᵀU
 * those of U S₂ Uᵀ, which is symmetric.
 */
export async function productEigenvaluesOn(
  runtime: Runtime,
  first: GaussianStatistics,
  others: Iterable<GaussianStatistics>,
  settings: KernelSettings,
): Promise<Float64Array[]> {
  const found: Float64Array[] = [];
  const d = first.mean.length;
  checkStatistics("first", first, d);
  const upper = await upperFactorOn(runtime, covariance(first), d, settings);
  const shape = { d, columns: d, skip: true };
  for (const other of others) {
    checkStatistics("others", other, d, found.length);
    const half = await bandedProducts(
      runtime,
      { left: upper, right: covariance(other), lower: false, ...shape },
      settings,
    );
    const product = await bandedProducts(
      runtime,
      { left: upper, right: half, lower: true, ...shape },
      settings,
    );
    mirror(product, d, "below the diagonal");
    found.push(bandEigenvalues(await bandOn(runtime, product, d, settings), d, BAND_WIDTH));
  }
  return found;
}

const covariance = ({ scatter, n }: GaussianStatistics) => Float64Array.from(scatter, (x) => x / (n - 1));

function checkStatistics(
  argument: string,
  { n, mean, scatter }: GaussianStatistics,
  d: number,
  index?: number,
): void {
  const place = { function: "productEigenvalues", argument, index };
  if (d === 0 || mean.length !== d || scatter.length !== d * d)
    throw new CredenceError(
      "shape-mismatch",
      place,
      "all must be the statistics of the same columns, of which there is at least one.",
    );
  if (!(n >= 2)) throw new CredenceError("too-few", place, `a covariance needs at least two rows, not ${n}.`);
}

interface Product {
  /** d rows of `columns`; with `skip` upper triangular. */
  readonly left: Float64Array<ArrayBuffer>;
  /** d rows of `columns`, which are handed over to the worker; null for those of `left`, which are then. */
  readonly right: Float64Array<ArrayBuffer> | null;
  readonly d: number;
  readonly columns: number;
  readonly skip: boolean;
  /** Whether only what is on and below the diagonal is wanted; some of the rest may then be 0. */
  readonly lower: boolean;
}

/** left rightᵀ (d × d), band by band. */
async function bandedProducts(
  runtime: Runtime,
  { left, right, d, columns, skip, lower }: Product,
  { threads, signal }: KernelSettings,
): Promise<Float64Array<ArrayBuffer>> {
  const session = await runtime.cached(`bands ${threads}`, () =>
    runtime.open(model, { threads }, { reads: { left: "bands left", right: "bands right" } }),
  );
  if (right) await runtime.set({ "bands left": float64Tensor(left, d, columns) });
  const last = float64Tensor(right ?? left, d, columns);
  await runtime.set({ ...(!right && { "bands left": last }), "bands right": last }, { transfer: true });
  const result = new Float64Array(d * d);
  for (let top = 0; top < d; top += BAND) {
    const bottom = Math.min(top + BAND, d);
    const feeds = {
      "left start": [top, skip ? top : 0],
      "left end": [bottom, columns],
      "right start": [0, skip ? top : 0],
      "right end": [lower ? bottom : d, columns],
    };
    const { product } = await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, values]) => [name, tensorData("int64", [2], values)]),
      ),
      { signal },
    );
    const values = product.data as Float64Array;
    const [rows, width] = product.shape;
    for (let i = 0; i < rows; i++) result.set(values.subarray(i * width, (i + 1) * width), (top + i) * d);
  }
  return result;
}

const slice = (name: string): OnnxNode => ({
  op: "Slice",
  inputs: [name, `${name} start`, `${name} end`],
  outputs: [`${name} part`],
});
const corner = (name: string): OnnxValue => ({ name, type: "int64", shape: [2] });

const model = encodeModel({
  nodes: [
    slice("left"),
    slice("right"),
    {
      op: "Gemm",
      inputs: ["left part", "right part"],
      outputs: ["product"],
      attributes: { transB: 1 },
    },
  ],
  inputs: [
    { name: "left", type: "float64", shape: ["rows", "columns"] },
    { name: "right", type: "float64", shape: ["rows", "columns"] },
    ...["left start", "left end", "right start", "right end"].map(corner),
  ],
  outputs: [{ name: "product", type: "float64", shape: ["band", "width"] }],
  initializers: {},
});
