import type { GaussianStatistics } from "credence/fidelity";
import { bandEigenvalues, CredenceError } from "credence/numeric";
import { giveBack } from "../giveBack.js";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { BAND_WIDTH, bandOn } from "./band.js";
import { setUpperFactor } from "./factor.js";
import type { KernelSettings } from "./kernelSettings.js";
import { mirror } from "./mirror.js";
import { corners, float64Tensor, part } from "./parts.js";

/** Rows of a triangle multiplied at a time, so that its zeros cost nothing. */
const BAND = 256;

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
  await setUpperFactor(runtime, "upper", first.scatter, d, settings);
  for (const other of others) {
    checkStatistics("others", other, d, found.length);
    const product = await congruent(runtime, other.scatter, d, settings);
    const values = bandEigenvalues(await bandOn(runtime, product, d, settings), d, BAND_WIDTH);
    // So far of the scatters: the covariances are smaller by their degrees of freedom.
    found.push(values.map((value) => value / (first.n - 1) / (other.n - 1)));
  }
  return found;
}

/** U S Uᵀ for the variable `upper`. */
async function congruent(
  runtime: Runtime,
  scatter: Float64Array,
  d: number,
  { threads, signal }: KernelSettings,
): Promise<Float64Array<ArrayBuffer>> {
  const session = await runtime.cached(`congruent ${threads}`, () =>
    runtime.open(model, { threads, arena: false }),
  );
  await runtime.set({ middle: float64Tensor(Float64Array.from(scatter), d, d) }, { transfer: true });
  const product = new Float64Array(d * d);
  for (let top = 0; top < d; top += BAND) {
    const bottom = Math.min(top + BAND, d);
    const whole = { from: top, to: d };
    const rows = {
      band: { variable: "upper", from: top, to: bottom },
      middle: { variable: "middle", ...whole },
      upper: { variable: "upper", ...whole },
    };
    const feeds = {
      ...corners("band part", [0, top], [bottom - top, d]),
      ...corners("middle part", [0, top], [d - top, d]),
      ...corners("upper part", [0, top], [d - top, d]),
    };
    const made = (await session.run(feeds, { rows, signal })).product;
    const values = made.data as Float64Array;
    const width = d - top;
    for (let i = top, at = 0; i < bottom; i++, at += width)
      product.set(values.subarray(at, at + width), i * d + top);
    giveBack([made]);
  }
  await runtime.drop(["middle"]);
  mirror(product, d, "above the diagonal");
  return product;
}

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

const [band, middle, upper] = ["band", "middle", "upper"].map((name) => part(name, `${name} part`));
const model = encodeModel({
  nodes: [
    band.node,
    middle.node,
    upper.node,
    { op: "Gemm", inputs: [band.name, middle.name], outputs: ["half"], attributes: { transB: 1 } },
    { op: "Gemm", inputs: ["half", upper.name], outputs: ["product"], attributes: { transB: 1 } },
  ],
  inputs: [
    ...["band", "middle", "upper"].map((name) => ({
      name,
      type: "float64" as const,
      shape: [`rows of ${name}`, "d"],
    })),
    ...band.inputs,
    ...middle.inputs,
    ...upper.inputs,
  ],
  outputs: [{ name: "product", type: "float64", shape: ["height", "width"] }],
  initializers: {},
});
