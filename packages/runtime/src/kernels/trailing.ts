import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode, OnnxValue } from "../onnx/model.js";
import type { Runtime, Tensors } from "../runtime.js";
import { type TensorData, tensorData } from "../tensor.js";
import type { KernelSettings } from "./kernelSettings.js";

export const float64Tensor = (
  data: Float64Array<ArrayBuffer>,
  rows: number,
  columns: number,
): TensorData => ({ type: "float64", shape: [rows, columns], data });

/** How a panel changes what is right of it and below. */
export interface Step {
  /** Names the session. */
  readonly name: string;
  /** Operators that make `left` and `right` of `inputs` and `rest`; rest − left rightᵀ is the rest of the next step. */
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
}

/**
 * Works off a symmetric n × n matrix panel by panel, as blocked factorisations do: `take` gets the first columns of what
 * is left (m rows of `count`) and says what the step's inputs are; their product is subtracted from the rest in the
 * worker, in float64. The matrix is handed over to it.
 */
export async function workOff(
  runtime: Runtime,
  matrix: Float64Array<ArrayBuffer>,
  n: number,
  width: number,
  step: Step,
  take: (panel: Float64Array, top: number, count: number) => Tensors,
  { threads, signal }: KernelSettings,
): Promise<void> {
  const session = await runtime.cached(`${step.name} ${threads}`, () =>
    runtime.open(modelOf(step), { threads }, { reads: { rest: "rest" }, writes: { next: "rest" } }),
  );
  let count = Math.min(width, n);
  let panel: Float64Array = new Float64Array(n * count);
  for (let i = 0; i < n; i++) panel.set(matrix.subarray(i * n, i * n + count), i * count);
  await runtime.set({ rest: float64Tensor(matrix, n, n) }, { transfer: true });
  for (let top = 0; ; top += width) {
    const feeds = take(panel, top, count);
    if (top + count === n) return;
    count = Math.min(width, n - top - width);
    const results = await session.run(
      {
        ...feeds,
        start: tensorData("int64", [2], [width, width]),
        far: tensorData("int64", [2], [n, n]),
        origin: tensorData("int64", [2], [0, 0]),
        "panel end": tensorData("int64", [2], [n, count]),
      },
      { signal },
    );
    panel = results.panel.data as Float64Array;
  }
}

const corners = ["start", "far", "origin", "panel end"];

const modelOf = ({ nodes, inputs }: Step): Uint8Array =>
  encodeModel({
    nodes: [
      ...nodes,
      {
        op: "Gemm",
        inputs: ["left", "right", "rest"],
        outputs: ["changed"],
        attributes: { transB: 1, alpha: { float: -1 } },
      },
      { op: "Slice", inputs: ["changed", "start", "far"], outputs: ["next"] },
      { op: "Slice", inputs: ["next", "origin", "panel end"], outputs: ["panel"] },
    ],
    inputs: [
      { name: "rest", type: "float64", shape: ["rows", "rows"] },
      ...inputs,
      ...corners.map((name): OnnxValue => ({ name, type: "int64", shape: [2] })),
    ],
    outputs: [
      { name: "next", type: "float64", shape: ["fewer", "fewer"] },
      { name: "panel", type: "float64", shape: ["fewer", "width"] },
    ],
    initializers: {},
  });
