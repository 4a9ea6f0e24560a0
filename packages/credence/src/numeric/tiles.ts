import type { Matrix } from "./matrix.js";

/** A rectangle of a function of two rows: entry (i, j) belongs to rows `first + i` and `second + j`. */
export interface Tile {
  readonly first: number;
  readonly rows: number;
  readonly second: number;
  readonly columns: number;
  /** Row-major with `stride` values a row; overwritten by the next tile. */
  readonly values: Float64Array | Float32Array;
  readonly stride: number;
}

/** What {@link forEachTile} computes of every two rows. */
export type TileKernel = (
  a: Float64Array,
  rows: number,
  b: Float64Array,
  columns: number,
  d: number,
  out: Float64Array,
  stride: number,
) => void;

/** Tiles of this many values fit into the second-level cache together. */
const TILE_VALUES = 32_768;

/**
 * Squared distances or inner products of the rows of two matrices, tile by tile, in memory that does not grow with the
 * number of rows.
 * @param b null for the rows of `a` among themselves: only tiles on and above the diagonal are visited.
 */
export function forEachTile(
  a: Matrix,
  b: Matrix | null,
  kernel: TileKernel,
  visit: (tile: Tile) => void,
): void {
  const d = a.columns;
  const other = b ?? a;
  // A multiple of 4, so that kernels need no remainder loops: they compute a few values too many instead.
  const longest = (Math.max(a.rows, other.rows) + 3) & ~3;
  const side = Math.min(longest, Math.max(16, Math.min(256, Math.floor(TILE_VALUES / d) & ~3)));
  const left = new Float64Array(side * d);
  const right = new Float64Array(side * d);
  const values = new Float64Array(side * side);
  for (let first = 0; first < a.rows; first += side) {
    const rows = Math.min(side, a.rows - first);
    copyRows(a, first, rows, left);
    for (let second = b ? 0 : first; second < other.rows; second += side) {
      const columns = Math.min(side, other.rows - second);
      copyRows(other, second, columns, right);
      kernel(left, rows, right, columns, d, values, side);
      visit({ first, rows, second, columns, values, stride: side });
    }
  }
}

/** Rows as float64, so that the kernel sees one array type only. */
function copyRows({ data, columns }: Matrix, first: number, rows: number, to: Float64Array): void {
  const from = first * columns;
  const length = rows * columns;
  if (data instanceof Float64Array || data instanceof Float32Array)
    to.set(data.subarray(from, from + length));
  else for (let i = 0; i < length; i++) to[i] = data[from + i];
}

/**
 * Sums of squared differences: equal rows are at distance exactly 0, and nothing is lost to cancellation, however far
 * the data lies from the origin. Two rows against four at a time, so that the sums stay in registers.
 */
export const squaredDistances: TileKernel = (a, rows, b, columns, d, out, stride) => {
  for (let i = 0; i < rows; i += 2) {
    const a0 = i * d;
    const a1 = a0 + d;
    for (let j = 0; j < columns; j += 4) {
      const b0 = j * d;
      const b1 = b0 + d;
      const b2 = b1 + d;
      const b3 = b2 + d;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let t = 0; t < d; t++) {
        const x = a[a0 + t];
        const y = a[a1 + t];
        const u = b[b0 + t];
        const v = b[b1 + t];
        const w = b[b2 + t];
        const z = b[b3 + t];
        s00 += (x - u) * (x - u);
        s01 += (x - v) * (x - v);
        s02 += (x - w) * (x - w);
        s03 += (x - z) * (x - z);
        s10 += (y - u) * (y - u);
        s11 += (y - v) * (y - v);
        s12 += (y - w) * (y - w);
        s13 += (y - z) * (y - z);
      }
      const o = i * stride + j;
      out[o] = s00;
      out[o + 1] = s01;
      out[o + 2] = s02;
      out[o + 3] = s03;
      out[o + stride] = s10;
      out[o + stride + 1] = s11;
      out[o + stride + 2] = s12;
      out[o + stride + 3] = s13;
    }
  }
};

/** Inner products, in the same arrangement. */
export const dotProducts: TileKernel = (a, rows, b, columns, d, out, stride) => {
  for (let i = 0; i < rows; i += 2) {
    const a0 = i * d;
    const a1 = a0 + d;
    for (let j = 0; j < columns; j += 4) {
      const b0 = j * d;
      const b1 = b0 + d;
      const b2 = b1 + d;
      const b3 = b2 + d;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let t = 0; t < d; t++) {
        const x = a[a0 + t];
        const y = a[a1 + t];
        const u = b[b0 + t];
        const v = b[b1 + t];
        const w = b[b2 + t];
        const z = b[b3 + t];
        s00 += x * u;
        s01 += x * v;
        s02 += x * w;
        s03 += x * z;
        s10 += y * u;
        s11 += y * v;
        s12 += y * w;
        s13 += y * z;
      }
      const o = i * stride + j;
      out[o] = s00;
      out[o + 1] = s01;
      out[o + 2] = s02;
      out[o + 3] = s03;
      out[o + stride] = s10;
      out[o + stride + 1] = s11;
      out[o + stride + 2] = s12;
      out[o + stride + 3] = s13;
    }
  }
};
