import { sampleNormal } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Random } from "../numeric/random.js";

/** Independent normals with one standard deviation and a shift of the first column. */
export function normals(random: Random, rows: number, columns: number, shift = 0, sd = 1): Matrix {
  const data = Float64Array.from(
    { length: rows * columns },
    (_, i) => sd * sampleNormal(random) + (i % columns ? 0 : shift),
  );
  return { data, rows, columns };
}

/** Rows around the given centres on a line (second column: noise too), each drawn with the given weight. */
export function modes(
  random: Random,
  rows: number,
  centres: readonly number[],
  weights: readonly number[],
): Matrix {
  const data = new Float64Array(rows * 2);
  for (let i = 0; i < rows; i++) {
    let u = random.uniform();
    let c = 0;
    while (u >= weights[c] && c < weights.length - 1) u -= weights[c++];
    data[2 * i] = centres[c] + 0.3 * sampleNormal(random);
    data[2 * i + 1] = 0.3 * sampleNormal(random);
  }
  return { data, rows, columns: 2 };
}

export function row({ data, columns }: Matrix, i: number): number[] {
  return Array.from({ length: columns }, (_, j) => data[i * columns + j]);
}

export function euclid(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, x, j) => sum + (x - b[j]) ** 2, 0));
}

/** The whole matrix of distances, as nobody should compute it. */
export function allDistances(a: Matrix, b: Matrix): number[][] {
  return Array.from({ length: a.rows }, (_, i) =>
    Array.from({ length: b.rows }, (_, j) => euclid(row(a, i), row(b, j))),
  );
}

/** Deterministic numbers that other tools can be asked about too. */
export function waves(rows: number, columns: number, phase: number, scale = 1): Matrix {
  const data = Float64Array.from(
    { length: rows * columns },
    (_, i) => scale * (Math.sin(i * i * 0.37 + phase) + Math.cos(i * 0.11 * phase)),
  );
  return { data, rows, columns };
}
