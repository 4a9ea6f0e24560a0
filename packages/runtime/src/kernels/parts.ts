import type { OnnxNode, OnnxValue } from "../onnx/model.js";
import type { Tensors } from "../runtime.js";
import { type TensorData, tensorData } from "../tensor.js";

export const float64Tensor = (
  data: Float64Array<ArrayBuffer>,
  rows: number,
  columns: number,
): TensorData => ({ type: "float64", shape: [rows, columns], data });

type Corner = readonly [row: number, column: number];

/** An operator that takes a rectangle out of a matrix, and the inputs that say which; {@link corners} feeds them. */
export const part = (
  of: string,
  name: string,
): { readonly name: string; readonly node: OnnxNode; readonly inputs: readonly OnnxValue[] } => ({
  name,
  node: { op: "Slice", inputs: [of, `${name} start`, `${name} end`], outputs: [name] },
  inputs: [`${name} start`, `${name} end`].map((input) => ({ name: input, type: "int64", shape: [2] })),
});

/** The rectangle of a {@link part}, from a corner up to another. */
export const corners = (name: string, start: Corner, end: Corner): Tensors => ({
  [`${name} start`]: tensorData("int64", [2], start),
  [`${name} end`]: tensorData("int64", [2], end),
});
