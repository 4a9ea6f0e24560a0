import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import type { KernelSettings } from "./kernelSettings.js";
import { corners, float64Tensor, part } from "./parts.js";

/** Rows that are factored at a time. */
const WIDTH = 32;

/**
 * Sets the variable `name` of the worker to the upper triangular U with A = Uᵀ U for a positive semidefinite A (n × n), as
 * `semidefiniteFactor` of credence makes it: a pivot of rounding size makes a zero row. Some rows at a time, from which
 * those found so far are subtracted as one product.
 */
export async function setUpperFactor(
  runtime: Runtime,
  name: string,
  matrix: Float64Array,
  n: number,
  { threads, signal }: KernelSettings,
): Promise<void> {
  const session = await runtime.cached(`factor ${threads}`, () =>
    runtime.open(model, { threads, arena: false }),
  );
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, matrix[i * n + i]);
  const tiny = largest * n * Number.EPSILON;
  await runtime.set({ [name]: float64Tensor(new Float64Array(n * n), n, n) }, { transfer: true });
  for (let top = 0; top < n; top += WIDTH) {
    const count = Math.min(WIDTH, n - top);
    const columns = n - top;
    let panel: Float64Array = new Float64Array(count * columns);
    for (let i = 0; i < count; i++)
      panel.set(matrix.subarray((top + i) * n + top, (top + i + 1) * n), i * columns);
    if (top > 0) {
      const feeds = {
        sum: float64Tensor(panel as Float64Array<ArrayBuffer>, count, columns),
        ...corners("right", [0, top], [top, n]),
        ...corners("left", [0, 0], [top, count]),
      };
      const rows = { upper: { variable: name, from: 0, to: top } };
      panel = (await session.run(feeds, { rows, transfer: true, signal })).rest.data as Float64Array;
    }
    factorPanel(panel, count, columns, tiny);
    const found = new Float64Array(count * n);
    for (let i = 0; i < count; i++)
      found.set(panel.subarray(i * columns + i, (i + 1) * columns), i * n + top + i);
    await runtime.write(name, top, float64Tensor(found, count, n));
  }
}

/** The first rows of the factor, in place; what is below the diagonal is left. */
function factorPanel(panel: Float64Array, count: number, columns: number, tiny: number): void {
  for (let j = 0; j < count; j++) {
    const own = j * columns;
    const pivot = panel[own + j] > tiny ? Math.sqrt(panel[own + j]) : 0;
    panel[own + j] = pivot;
    for (let c = j + 1; c < columns; c++) panel[own + c] = pivot > 0 ? panel[own + c] / pivot : 0;
    for (let i = j + 1; i < count; i++) {
      const row = i * columns;
      const x = panel[own + i];
      for (let c = i; c < columns; c++) panel[row + c] -= x * panel[own + c];
    }
  }
}

const right = part("upper", "right");
const left = part("right", "left");
const model = encodeModel({
  nodes: [
    right.node,
    left.node,
    {
      op: "Gemm",
      inputs: [left.name, right.name, "sum"],
      outputs: ["rest"],
      attributes: { transA: 1, alpha: { float: -1 } },
    },
  ],
  inputs: [
    { name: "upper", type: "float64", shape: ["found", "n"] },
    ...right.inputs,
    ...left.inputs,
    { name: "sum", type: "float64", shape: ["width", "columns"] },
  ],
  outputs: [{ name: "rest", type: "float64", shape: ["width", "columns"] }],
  initializers: {},
});
