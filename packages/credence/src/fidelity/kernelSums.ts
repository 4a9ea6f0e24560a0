import { checkFields, checkList, checkSameLength } from "../numeric/check.js";
import type { Gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkMatrix } from "../numeric/matrix.js";
import { forEachTile, type Tile, type TileKernel } from "../numeric/tiles.js";

/** A kernel as a function of what the tiles hold: the inner product or the squared distance of two rows. */
export interface Kernel {
  readonly of: TileKernel;
  readonly value: (x: number) => number;
}

/** Sums of a kernel over the pairs of two samples: everything an MMD and its jackknife need. */
export interface KernelSums {
  /** For each real row the sum over real rows of other units. */
  readonly real: Float64Array;
  /** For each generated row the sum over generated rows of other units. */
  readonly generated: Float64Array;
  /** For each real row the sum over all generated rows, and the reverse. */
  readonly realToGenerated: Float64Array;
  readonly generatedToReal: Float64Array;
  /** Sums over all pairs within each sample, a row with itself and with its own unit included. */
  readonly allReal: number;
  readonly allGenerated: number;
  /** Sums over random subsets, of as many rows each, where there are such. */
  readonly subsets?: SubsetSums;
}

/** For each pair of subsets the sums over its pairs of two different rows, within each sample and across. */
export interface SubsetSums {
  readonly size: number;
  readonly real: Float64Array;
  readonly generated: Float64Array;
  readonly cross: Float64Array;
}

/** The pairs of two samples, by tiles: from rows, or from Gram matrices made elsewhere. */
export interface PairTiles {
  readonly realRows: number;
  readonly generatedRows: number;
  /** Tiles on and above the diagonal. */
  real(visit: (tile: Tile) => void): void;
  generated(visit: (tile: Tile) => void): void;
  cross(visit: (tile: Tile) => void): void;
}

export function tilesOfRows(real: Matrix, generated: Matrix, kernel: TileKernel): PairTiles {
  return {
    realRows: real.rows,
    generatedRows: generated.rows,
    real: (visit) => forEachTile(real, null, kernel, visit),
    generated: (visit) => forEachTile(generated, null, kernel, visit),
    cross: (visit) => forEachTile(real, generated, kernel, visit),
  };
}

/** Gram matrices of two samples: real with real, generated with generated, real with generated. */
export interface Grams {
  readonly real: Gram;
  readonly generated: Gram;
  readonly cross: Gram;
}

export function tilesOfGrams({ real, generated, cross }: Grams): PairTiles {
  const single = ({ data, rows, columns }: Gram, visit: (tile: Tile) => void) =>
    visit({ first: 0, rows, second: 0, columns, values: data, stride: columns });
  return {
    realRows: real.rows,
    generatedRows: generated.rows,
    real: (visit) => single(real, visit),
    generated: (visit) => single(generated, visit),
    cross: (visit) => single(cross, visit),
  };
}

/** Refuses what does not hold the three matrices of inner products. */
export function checkGrams(fn: string, grams: Grams): void {
  checkFields(fn, "grams", grams);
  for (const name of ["real", "generated", "cross"] as const) checkMatrix(fn, `grams.${name}`, grams[name]);
}

/** Squared distances ‖x‖² + ‖y‖² − 2 xᵀy from inner products, row by row. */
export function squaresOfGrams(grams: Grams): PairTiles {
  const [ofReal, ofGenerated] = [grams.real, grams.generated].map(({ data, rows }) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * rows + i]),
  );
  const rowByRow = (
    { data, rows, columns }: Gram,
    [left, right]: readonly [Float64Array, Float64Array],
    within: boolean,
    visit: (tile: Tile) => void,
  ) => {
    const values = new Float64Array(columns);
    for (let i = 0; i < rows; i++) {
      // Among themselves, a row needs those from the diagonal on.
      const second = within ? i : 0;
      for (let j = second; j < columns; j++)
        values[j - second] = Math.max(0, left[i] + right[j] - 2 * data[i * columns + j]);
      if (within) values[0] = 0;
      visit({ first: i, rows: 1, second, columns: columns - second, values, stride: columns });
    }
  };
  return {
    realRows: grams.real.rows,
    generatedRows: grams.generated.rows,
    real: (visit) => rowByRow(grams.real, [ofReal, ofReal], true, visit),
    generated: (visit) => rowByRow(grams.generated, [ofGenerated, ofGenerated], true, visit),
    cross: (visit) => rowByRow(grams.cross, [ofReal, ofGenerated], false, visit),
  };
}

/** Refuses what does not hold the sums of a kernel. */
export function checkSums(fn: string, sums: KernelSums): void {
  checkFields(fn, "sums", sums);
  for (const name of ["real", "generated", "realToGenerated", "generatedToReal"] as const)
    checkList(fn, `sums.${name}`, sums[name]);
  checkSameLength(fn, "sums.realToGenerated", sums.realToGenerated, "sums.real", sums.real);
  checkSameLength(fn, "sums.generatedToReal", sums.generatedToReal, "sums.generated", sums.generated);
}

/** @param realUnits The independent unit of each row; null where each row is its own. */
export function kernelSums(
  pairs: PairTiles,
  kernel: (x: number) => number,
  realUnits: Int32Array | null,
  generatedUnits: Int32Array | null,
): KernelSums {
  const real = new Float64Array(pairs.realRows);
  const generated = new Float64Array(pairs.generatedRows);
  const realToGenerated = new Float64Array(pairs.realRows);
  const generatedToReal = new Float64Array(pairs.generatedRows);
  const allReal = { sum: 0 };
  const allGenerated = { sum: 0 };
  pairs.real((tile) => addWithin(tile, kernel, realUnits, real, allReal));
  pairs.generated((tile) => addWithin(tile, kernel, generatedUnits, generated, allGenerated));
  pairs.cross(({ first, rows, second, columns, values, stride }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const k = kernel(values[i * stride + j]);
        realToGenerated[first + i] += k;
        generatedToReal[second + j] += k;
      }
  });
  return {
    real,
    generated,
    realToGenerated,
    generatedToReal,
    allReal: allReal.sum,
    allGenerated: allGenerated.sum,
  };
}

function addWithin(
  { first, rows, second, columns, values, stride }: Tile,
  kernel: (x: number) => number,
  units: Int32Array | null,
  sums: Float64Array,
  all: { sum: number },
): void {
  for (let i = 0; i < rows; i++) {
    const row = first + i;
    if (first === second) all.sum += kernel(values[i * stride + i]);
    for (let j = first === second ? i + 1 : 0; j < columns; j++) {
      const k = kernel(values[i * stride + j]);
      const column = second + j;
      all.sum += 2 * k;
      if (units && units[row] === units[column]) continue;
      sums[row] += k;
      sums[column] += k;
    }
  }
}
