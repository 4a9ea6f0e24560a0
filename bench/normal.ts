import { createRandom, type Matrix, sampleNormal } from "credence/numeric";

/** Rows of independent normals in float32. */
export function normal(
  rows: number,
  columns: number,
  seed: number,
  shift = 0,
): Matrix & { data: Float32Array } {
  const random = createRandom(seed);
  const data = new Float32Array(rows * columns);
  for (let at = 0; at < data.length; at++) data[at] = shift + sampleNormal(random);
  return { data, rows, columns };
}
