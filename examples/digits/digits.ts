import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const COUNT = 10_000;
const PIXELS = 28 * 28;

/** The 10 000 digits: images of 28 × 28 pixels with ink from 0 to 1, and what they show. Sorted by digit. */
export function readDigits(): { data: Float32Array; rows: number; columns: number; labels: Int32Array } {
  // One byte per label; one bit per pixel, set where there is ink; one byte per inked pixel, its grey level.
  const bytes = gunzipSync(readFileSync(new URL("data/digits.bin.gz", import.meta.url)));
  const inked = bytes.subarray(COUNT);
  const data = new Float32Array(COUNT * PIXELS);
  let level = COUNT + data.length / 8;
  for (let i = 0; i < data.length; i++) if (inked[i >> 3] & (128 >> (i & 7))) data[i] = bytes[level++] / 255;
  return { data, rows: COUNT, columns: PIXELS, labels: Int32Array.from(bytes.subarray(0, COUNT)) };
}
