import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Images of 28 × 28 pixels, one a row, with ink from 0 to 1, and what they show. Sorted by label. */
export interface Images {
  data: Float32Array;
  rows: number;
  columns: number;
  labels: Int32Array;
}

/** 10 000 handwritten digits. */
export const readDigits = (): Images => readImages("digits", 10_000);

/** 1 000 items of clothing, which no digit classifier knows. */
export const readFashion = (): Images => readImages("fashion", 1000);

const PIXELS = 28 * 28;

function readImages(name: string, count: number): Images {
  // One byte per label; one bit per pixel, set where there is ink; one byte per inked pixel, its grey level.
  const bytes = gunzipSync(readFileSync(new URL(`data/${name}.bin.gz`, import.meta.url)));
  const inked = bytes.subarray(count);
  const data = new Float32Array(count * PIXELS);
  let level = count + data.length / 8;
  for (let i = 0; i < data.length; i++) if (inked[i >> 3] & (128 >> (i & 7))) data[i] = bytes[level++] / 255;
  return { data, rows: count, columns: PIXELS, labels: Int32Array.from(bytes.subarray(0, count)) };
}

/** Some of the images. */
export function takeImages({ data, columns, labels }: Images, indices: ArrayLike<number>): Images {
  const taken = new Float32Array(indices.length * columns);
  for (let i = 0; i < indices.length; i++)
    taken.set(data.subarray(indices[i] * columns, (indices[i] + 1) * columns), i * columns);
  return {
    data: taken,
    rows: indices.length,
    columns,
    labels: Int32Array.from(indices, (row) => labels[row]),
  };
}
