import type { DataType, TensorData } from "../tensor.js";

/** An attribute of an operator: a whole number, a list of them, a text, a float, which is marked as such, or a graph. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly graph: OnnxGraph };

/** One operator of an ONNX graph. */
export interface OnnxNode {
  readonly op: string;
  /** Names of the values read; "" for an optional one left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: { readonly [name: string]: Attribute };
  /** "" (the default) for ONNX's own operators, "com.microsoft" for ONNX Runtime's. */
  readonly domain?: string;
}

/** An input or output of the graph; a text in the shape names a dimension that may vary. */
export interface OnnxValue {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly (number | string)[];
}

/** A graph: that of a model, or the body of a loop. */
export interface OnnxGraph {
  /** In an order in which every value is made before it is read. */
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: { readonly [name: string]: TensorData };
}

/** An ONNX model, as far as we write one. */
export interface OnnxModel extends OnnxGraph {
  /** Free texts that travel in the file. */
  readonly metadata?: { readonly [key: string]: string };
}

/** The version of ONNX's operators that we write. */
export const OPSET = 20;
/** The version of the file format that goes with it. */
export const IR_VERSION = 9;

/** Numbers of the element types in the file format. */
export const typeCodes: { readonly [T in DataType]: number } = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** Numbers of the fields in onnx.proto, of those messages and fields that we write or read. */
export const fields = {
  model: { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14 },
  opset: { domain: 1, version: 2 },
  entry: { key: 1, value: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, float: 2, int: 3, string: 4, tensor: 5, graph: 6, ints: 8, type: 20 },
  tensor: { dims: 1, type: 2, floats: 4, name: 8, raw: 9, doubles: 10 },
  value: { name: 1, type: 2 },
  type: { tensor: 1 },
  tensorType: { element: 1, shape: 2 },
  shape: { dimension: 1 },
  dimension: { value: 1, name: 2 },
} as const;

/** Numbers of the kinds of attribute. */
export const attributeKinds = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;
