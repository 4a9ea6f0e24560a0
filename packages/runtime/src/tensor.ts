/** The element types that tensors carry across the border to ONNX Runtime; float16 is carried as its bits. */
export type DataType = "float32" | "float64" | "float16" | "int32" | "int64" | "uint8" | "bool";

/** A typed array over memory that may be transferred between threads. */
export type TensorArray =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** A dense tensor, row-major. */
export interface TensorData {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly data: TensorArray;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Entries of a tensor of this shape; 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/** Bytes of one entry. */
export const bytesOf = (type: DataType): number => arrays[type].BYTES_PER_ELEMENT;

/** A tensor from numbers, converted to the type; numbers that are already of that type are not copied. */
export function tensorData(
  type: DataType,
  shape: readonly number[],
  values: ArrayLike<number | bigint | boolean> | TensorArray,
): TensorData {
  if (values instanceof arrays[type] && values.buffer instanceof ArrayBuffer)
    return { type, shape, data: values as TensorArray };
  if (type === "int64") return { type, shape, data: BigInt64Array.from(Array.from(values, BigInt)) };
  const data = new arrays[type](values.length);
  for (let i = 0; i < data.length; i++) data[i] = Number(values[i]);
  return { type, shape, data };
}

/** A tensor of zeros. */
export const zeros = (type: DataType, shape: readonly number[]): TensorData => ({
  type,
  shape,
  data: new arrays[type](sizeOf(shape)),
});
