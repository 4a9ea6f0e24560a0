import { type FileHandle, open } from "node:fs/promises";
import type { Matrix } from "credence/numeric";
import { InputError } from "../reading/inputError.js";

/** What the header of an .npy file says. */
export interface NpyHeader {
  /** Kind and bytes of a number: "f4", "u1". */
  readonly type: keyof typeof ARRAYS;
  readonly rows: number;
  readonly columns: number;
  /** Where the numbers begin. */
  readonly offset: number;
}

const ARRAYS = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
} as const;

/** Bytes of a longest header that is read; NumPy itself refuses longer ones. */
const LONGEST_HEADER = 10_000;
/** Bytes read at a time. */
const PIECE = 1 << 26;

/**
 * Reads a matrix from NumPy's .npy format, versions 1 to 3: floats and integers, little-endian, C order, two axes.
 * @throws InputError "broken-file", "unknown-format", "not-a-number", naming what to change in NumPy.
 * @see NumPy enhancement proposal 1.
 */
export async function readNpy(file: string): Promise<Matrix> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const start = await readBytes(handle, 0, Math.min(size, 12 + LONGEST_HEADER));
    const { type, rows, columns, offset } = parseNpyHeader(start, file);
    const numbers = rows * columns;
    const Values = ARRAYS[type];
    const wanted = offset + numbers * Values.BYTES_PER_ELEMENT;
    if (size !== wanted)
      throw new InputError(
        "broken-file",
        `has ${size} bytes, but ${rows} × ${columns} numbers need ${wanted}; it was not written to its end, or something follows.`,
        { file },
      );
    const values = new Values(numbers);
    const bytes = new Uint8Array(values.buffer);
    for (let at = 0; at < bytes.length; at += PIECE)
      bytes.set(await readBytes(handle, offset + at, Math.min(PIECE, bytes.length - at)), at);
    return {
      data:
        values instanceof BigInt64Array || values instanceof BigUint64Array ? exact(values, file) : values,
      rows,
      columns,
    };
  } finally {
    await handle.close();
  }
}

/** Reads the header at the beginning of the bytes. */
export function parseNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const broken = (explanation: string) => new InputError("broken-file", explanation, { file });
  const unfit = (explanation: string) => new InputError("unknown-format", explanation, { file });
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte))
    throw broken("is no .npy file; write it with numpy.save (archives, .npz, are not read).");
  const version = bytes[6];
  if (version < 1 || version > 3) throw unfit(`is of .npy version ${version}; 1 to 3 are read.`);
  const wide = version > 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (wide && bytes.length < 12) throw broken("ends within its header.");
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const offset = (wide ? 12 : 10) + length;
  if (length > LONGEST_HEADER) throw broken(`has a header of ${length} bytes, which no plain array has.`);
  if (offset > bytes.length) throw broken("ends within its header.");
  const text = new TextDecoder("latin1").decode(bytes.subarray(offset - length, offset));
  const found =
    /^\{\s*'descr'\s*:\s*'([^']*)'\s*,\s*'fortran_order'\s*:\s*(True|False)\s*,\s*'shape'\s*:\s*\(([^()]*)\)\s*,?\s*\}\s*$/.exec(
      text,
    );
  if (!found) {
    if (/'descr'\s*:\s*\[/.test(text))
      throw unfit("holds records with named fields; save one plain array of numbers.");
    throw broken("has a header that is not NumPy's.");
  }
  const [, descr, fortran, shape] = found;
  const kind = /^([<>=|])([a-zA-Z])(\d+)$/.exec(descr);
  const type = kind && `${kind[2]}${kind[3]}`;
  if (!kind || !type || !Object.hasOwn(ARRAYS, type))
    throw unfit(`holds ${descr}, no numbers that can be read; save x.astype(numpy.float32).`);
  if (kind[1] === ">" && kind[3] !== "1")
    throw unfit("holds big-endian numbers; save x.astype(numpy.float32).");
  if (fortran === "True") throw unfit("is stored column by column; save numpy.ascontiguousarray(x).");
  const sizes = shape
    .split(",")
    .map((part) => part.trim())
    .filter((part, i, all) => part !== "" || i < all.length - 1);
  if (sizes.some((part) => !/^\d{1,15}$/.test(part))) throw broken("has a shape that is not NumPy's.");
  if (sizes.length !== 2)
    throw unfit(
      `has ${sizes.length === 1 ? "one axis" : `${sizes.length} axes`}, not two (rows and features); save x.reshape(${sizes.length === 1 ? "-1, 1" : "len(x), -1"}).`,
    );
  const [rows, columns] = sizes.map(Number);
  if (rows === 0 || columns === 0)
    throw new InputError("no-rows", `is ${rows} × ${columns}: empty.`, { file });
  return { type: type as keyof typeof ARRAYS, rows, columns, offset };
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

/** 64-bit integers as numbers, refused where they cannot be told apart. */
function exact(values: BigInt64Array | BigUint64Array, file: string): Float64Array {
  return Float64Array.from(values as ArrayLike<bigint>, (value) => {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new InputError("not-a-number", `holds ${value}, beyond 2^53; save x.astype(numpy.float64).`, {
      file,
    });
  });
}
