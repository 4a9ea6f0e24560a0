import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode, OnnxValue } from "../onnx/model.js";
import type { Runtime, Session, Tensors } from "../runtime.js";
import { tensorData } from "../tensor.js";
import type { Rows } from "./float32.js";

/** `near`: ‖b‖² − 2 a bᵀ, the squared distances less ‖a‖². */
export const nearNode: OnnxNode = {
  op: "Gemm",
  inputs: ["a", "b", "norms"],
  outputs: ["near"],
  attributes: { transB: 1, alpha: { float: -2 } },
};

export const nearInputs: readonly OnnxValue[] = [
  { name: "a", type: "float32", shape: ["rows", "columns"] },
  { name: "b", type: "float32", shape: ["others", "columns"] },
  { name: "norms", type: "float32", shape: ["others"] },
];

/** A session that gives `near` for the rows of a block. */
export const openNear = (runtime: Runtime, threads: number): Promise<Session> =>
  runtime.cached(`near ${threads}`, () => runtime.open(model, { threads }));

export const normsOfRight = ({ norms }: Rows): Tensors => ({
  norms: tensorData("float32", [norms.length], norms),
});

const model = encodeModel({
  nodes: [nearNode],
  inputs: nearInputs,
  outputs: [{ name: "near", type: "float32", shape: ["rows", "others"] }],
  initializers: {},
});

/** The `taken` smallest entries of each row of `near`, ascending, and their columns; fewer where there are fewer. */
export function nearestModel(taken: number): Uint8Array {
  return encodeModel({
    nodes: [
      nearNode,
      { op: "Shape", inputs: ["norms"], outputs: ["count"] },
      { op: "Min", inputs: ["taken", "count"], outputs: ["k"] },
      {
        op: "TopK",
        inputs: ["near", "k"],
        outputs: ["values", "columns"],
        attributes: { axis: 1, largest: 0, sorted: 1 },
      },
    ],
    inputs: nearInputs,
    outputs: [
      { name: "values", type: "float32", shape: ["rows", "kept"] },
      { name: "columns", type: "int64", shape: ["rows", "kept"] },
    ],
    initializers: { taken: tensorData("int64", [1], [taken]) },
  });
}
