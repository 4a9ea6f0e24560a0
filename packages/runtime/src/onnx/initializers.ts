import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { bytesOf, type DataType, sizeOf, type TensorData, zeros } from "../tensor.js";
import { contents, openGraph, reading } from "./edit.js";
import { fields, typeCodes } from "./model.js";

/**
 * The constants of an ONNX model, by name, as {@link encodeModel} writes them: raw bytes of the types known here; others
 * are left out.
 * @throws CredenceError "not-a-model" for what is not an ONNX file.
 */
export const initializersOf = (model: Uint8Array): { [name: string]: TensorData } =>
  reading(() => {
    const tensors = contents(openGraph(model).graph, fields.graph.initializer).map(readTensor);
    return Object.fromEntries(tensors.filter((found) => found !== null));
  });

function readTensor(bytes: Uint8Array): [string, TensorData] | null {
  const reader = new BinaryReader(bytes);
  const shape: number[] = [];
  let name = "";
  let code = 0;
  let raw: Uint8Array | null = null;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === fields.tensor.dims && wire === WireType.LengthDelimited) {
      // Some writers pack the list into one field.
      for (const end = reader.uint32() + reader.pos; reader.pos < end; ) shape.push(Number(reader.int64()));
    } else if (field === fields.tensor.dims) shape.push(Number(reader.int64()));
    else if (field === fields.tensor.type) code = reader.int32();
    else if (field === fields.tensor.name) name = reader.string();
    else if (field === fields.tensor.raw) raw = reader.bytes();
    else reader.skip(wire, field);
  }
  const type = (Object.keys(typeCodes) as DataType[]).find((known) => typeCodes[known] === code);
  if (!type || !raw) return null;
  if (raw.length !== sizeOf(shape) * bytesOf(type))
    throw new RangeError(`the constant "${name}" has ${raw.length} bytes, which its shape does not`);
  const tensor = zeros(type, shape);
  new Uint8Array(tensor.data.buffer).set(raw);
  return [name, tensor];
}
