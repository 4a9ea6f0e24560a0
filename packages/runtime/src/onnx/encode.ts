import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { TensorData } from "../tensor.js";
import {
  type Attribute,
  attributeKinds,
  fields,
  IR_VERSION,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  OPSET,
  typeCodes,
} from "./model.js";

/**
 * The bytes of an ONNX file: protocol buffers, message by message as in onnx.proto.
 * @example
 * ```ts
 * import { encodeModel } from "@credence/runtime";
 * const value = { type: "float32", shape: ["rows", 2] } as const;
 * const bytes = encodeModel({
 *   nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }],
 *   inputs: [{ name: "x", ...value }],
 *   outputs: [{ name: "y", ...value }],
 *   initializers: {},
 * });
 * bytes[0]; // → 8
 * ```
 */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  integer(writer, fields.model.irVersion, IR_VERSION);
  text(writer, fields.model.producer, "credence");
  message(writer, fields.model.graph, (graph) => writeGraph(graph, model));
  for (const [domain, version] of [
    ["", OPSET],
    ["com.microsoft", 1],
  ] as const)
    message(writer, fields.model.opset, (w) => {
      text(w, fields.opset.domain, domain);
      integer(w, fields.opset.version, version);
    });
  for (const [key, value] of Object.entries(model.metadata ?? {}))
    message(writer, fields.model.metadata, (w) => {
      text(w, fields.entry.key, key);
      text(w, fields.entry.value, value);
    });
  return writer.finish();
}

/** Writes a message of its own into a field. */
export function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

/** Writes a text. */
export function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function writeGraph(writer: BinaryWriter, { nodes, inputs, outputs, initializers }: OnnxGraph): void {
  for (const node of nodes) message(writer, fields.graph.node, (w) => writeNode(w, node));
  text(writer, fields.graph.name, "credence");
  for (const [name, tensor] of Object.entries(initializers))
    message(writer, fields.graph.initializer, (w) => writeTensor(w, name, tensor));
  for (const value of inputs) message(writer, fields.graph.input, (w) => writeValue(w, value));
  for (const value of outputs) message(writer, fields.graph.output, (w) => writeValue(w, value));
}

/** Writes a node's fields. */
export function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) text(writer, fields.node.input, name);
  for (const name of node.outputs) text(writer, fields.node.output, name);
  text(writer, fields.node.name, node.outputs[0]);
  text(writer, fields.node.op, node.op);
  if (node.domain) text(writer, fields.node.domain, node.domain);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    message(writer, fields.node.attribute, (w) => writeAttribute(w, name, value));
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, fields.attribute.name, name);
  if (typeof value === "number") {
    integer(writer, fields.attribute.int, value);
    integer(writer, fields.attribute.type, attributeKinds.int);
  } else if (typeof value === "string") {
    text(writer, fields.attribute.string, value);
    integer(writer, fields.attribute.type, attributeKinds.string);
  } else if ("float" in value) {
    writer.tag(fields.attribute.float, WireType.Bit32).float(value.float);
    integer(writer, fields.attribute.type, attributeKinds.float);
  } else if ("graph" in value) {
    message(writer, fields.attribute.graph, (w) => writeGraph(w, value.graph));
    integer(writer, fields.attribute.type, attributeKinds.graph);
  } else {
    for (const i of value) integer(writer, fields.attribute.ints, i);
    integer(writer, fields.attribute.type, attributeKinds.ints);
  }
}

function writeTensor(writer: BinaryWriter, name: string, { type, shape, data }: TensorData): void {
  for (const n of shape) integer(writer, fields.tensor.dims, n);
  integer(writer, fields.tensor.type, typeCodes[type]);
  text(writer, fields.tensor.name, name);
  // Little-endian, as every machine that ONNX Runtime supports.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writer.tag(fields.tensor.raw, WireType.LengthDelimited).bytes(bytes);
}

/** Writes the name, element type and shape of an input or output. */
export function writeValue(writer: BinaryWriter, { name, type, shape }: OnnxValue): void {
  text(writer, fields.value.name, name);
  message(writer, fields.value.type, (w) =>
    message(w, fields.type.tensor, (tensor) => {
      integer(tensor, fields.tensorType.element, typeCodes[type]);
      message(tensor, fields.tensorType.shape, (dimensions) => {
        for (const n of shape)
          message(dimensions, fields.shape.dimension, (d) =>
            typeof n === "string" ? text(d, fields.dimension.name, n) : integer(d, fields.dimension.value, n),
          );
      });
    }),
  );
}
