import { bytesOf, type DataType, sizeOf, type TensorData, type Tensors, zeros } from "@credence/runtime";
import { CredenceError } from "credence/numeric";

/*
 * The file format "safetensors": eight bytes with the length of a JSON header, the header, which gives the type, shape
 * and place of each tensor, and the tensors' bytes.
 */

const codes: { readonly [T in DataType]: string } = {
  float32: "F32",
  float64: "F64",
  float16: "F16",
  int32: "I32",
  int64: "I64",
  uint8: "U8",
  bool: "BOOL",
};

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of a file with these tensors and texts. */
export function encodeTensors(tensors: Tensors, metadata: { readonly [key: string]: string }): Uint8Array {
  const header: { [name: string]: unknown } = { __metadata__: metadata };
  let at = 0;
  for (const [name, { type, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: codes[type], shape, data_offsets: [at, at + data.byteLength] } satisfies Entry;
    at += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces fill the header up, so that every tensor starts at a multiple of its element size.
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + at).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let offset = 8 + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors and texts of such a file.
 * @throws CredenceError "not-a-model" where it is not one, or not whole.
 */
export function decodeTensors(
  bytes: Uint8Array,
  path: string,
): { tensors: { [name: string]: TensorData }; metadata: { [key: string]: string } } {
  const refuse = (what: string): CredenceError =>
    new CredenceError(
      "not-a-model",
      { function: "decodeTensors", argument: "path", value: path },
      `the file ${what}; it is damaged, or was not written by Credence.`,
    );
  if (bytes.length < 8) throw refuse("is too short");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > bytes.length - 8) throw refuse("ends within its header");
  let header: { [name: string]: Entry } & { __metadata__?: { [key: string]: string } };
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw refuse("has a header that is not JSON");
  }
  if (typeof header !== "object" || header === null) throw refuse("has a header that is no object");
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors: { [name: string]: TensorData } = {};
  for (const [name, entry] of Object.entries(entries)) {
    const type = (Object.keys(codes) as DataType[]).find((t) => codes[t] === entry?.dtype);
    const shape = entry?.shape;
    const [from, to] = entry?.data_offsets ?? [];
    const whole = (v: unknown): v is number => Number.isInteger(v) && (v as number) >= 0;
    if (!type || !Array.isArray(shape) || !shape.every(whole) || !whole(from) || !whole(to))
      throw refuse(`describes "${name}" in a way that cannot be read`);
    if (to - from !== sizeOf(shape) * bytesOf(type))
      throw refuse(`gives "${name}" a length that is not its shape's`);
    if (8 + length + to > bytes.length) throw refuse(`ends within "${name}"`);
    const tensor = zeros(type, shape);
    const { buffer } = tensor.data;
    new Uint8Array(buffer).set(bytes.subarray(8 + length + from, 8 + length + to));
    tensors[name] = tensor;
  }
  return { tensors, metadata };
}
