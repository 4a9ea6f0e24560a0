import {
  encodeModel,
  fromHalf,
  initializersOf,
  type TensorData,
  type Tensors,
  toHalf,
} from "@credence/runtime";
import { emit } from "../../graph/index.js";
import { rowsGraph, weightNames } from "./network.js";
import type { Dimensions } from "./transformerNet.js";

/** How weights are stored. */
export type Precision = "float32" | "float16";

/** What a weight stored in half precision is called; the graph turns it into the weight. */
const halfOf = (name: string): string => `${name} (float16)`;

/**
 * The network over packed rows of the whole context as an ONNX file with its weights. In half precision the file holds
 * each weight rounded, and an operation that makes it a float32 again.
 */
export function encodeNetwork(
  weights: Tensors,
  dimensions: Dimensions,
  precision: Precision = "float32",
): Uint8Array {
  const { model } = emit(
    { logits: rowsGraph(dimensions, dimensions.context) },
    { batch: "rows", values: weights },
  );
  if (precision === "float32") return encodeModel(model);
  const stored = Object.entries(model.initializers).map(([name, tensor]): [string, TensorData] =>
    name in weights
      ? [halfOf(name), { ...tensor, type: "float16", data: toHalf(tensor.data as Float32Array) }]
      : [name, tensor],
  );
  const widen = Object.keys(weights).map((name) => ({
    op: "Cast",
    inputs: [halfOf(name)],
    outputs: [name],
    attributes: { to: 1 },
  }));
  return encodeModel({
    ...model,
    nodes: [...widen, ...model.nodes],
    initializers: Object.fromEntries(stored),
  });
}

/** The weights in such a file, as float32. */
export function weightsIn(onnx: Uint8Array, dimensions: Dimensions): Tensors {
  const constants = initializersOf(onnx);
  return Object.fromEntries(
    weightNames(dimensions).map((name) => {
      const half = constants[halfOf(name)];
      const data = half && fromHalf(half.data as Uint16Array);
      return [name, half ? { type: "float32", shape: half.shape, data } : constants[name]];
    }),
  );
}
