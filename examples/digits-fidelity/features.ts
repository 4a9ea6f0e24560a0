import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Matrix } from "credence/numeric";
import { folder } from "./members.js";

/** Features of samples: one byte each, after the largest as a float32 and the number of columns as another. */
export function writeFeatures(name: string, { data, columns }: Matrix): void {
  const values = Array.from(data, Number);
  const largest = values.reduce((most, v) => Math.max(most, v), 0);
  const head = Buffer.from(Float32Array.of(largest, columns).buffer);
  const bytes = Uint8Array.from(values, (v) => Math.round((255 * v) / largest));
  writeFileSync(join(folder, `${name}.bin.gz`), gzipSync(Buffer.concat([head, bytes]), { level: 9 }));
}

/** The features back, each within half a 255th of the largest. */
export function readFeatures(name: string): Matrix {
  const file = gunzipSync(readFileSync(join(folder, `${name}.bin.gz`)));
  const [largest, columns] = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + 8));
  const data = Float64Array.from(file.subarray(8), (byte) => (byte * largest) / 255);
  return { data, rows: data.length / columns, columns };
}
