import { gaussianStatistics } from "credence/fidelity";
import { type Matrix, symmetricEigen } from "credence/numeric";

/** The directions in which pictures vary most: small models learn in them what they do not learn of every pixel. */
export interface PrincipalComponents {
  /** Share of the variance that they hold. */
  readonly explained: number;
  /** Pictures as their coordinates. */
  encode(pictures: Matrix): Matrix;
  /** Coordinates as pictures. */
  decode(coordinates: Matrix): Matrix;
}

export function principalComponents(pictures: Matrix, count: number): PrincipalComponents {
  const { columns } = pictures;
  const { mean, scatter } = gaussianStatistics(pictures);
  const { values, vectors } = symmetricEigen(scatter, columns) as {
    values: Float64Array;
    vectors: Float64Array;
  };
  const kept = vectors.subarray((columns - count) * columns); // Ascending: the last are the largest.
  const total = (of: Float64Array) => of.reduce((a, b) => a + b, 0);
  return {
    explained: total(values.subarray(columns - count)) / total(values),
    encode({ data, rows }) {
      const coordinates = new Float64Array(rows * count);
      for (let i = 0; i < rows; i++)
        for (let c = 0; c < count; c++) {
          let sum = 0;
          for (let j = 0; j < columns; j++) sum += kept[c * columns + j] * (data[i * columns + j] - mean[j]);
          coordinates[i * count + c] = sum;
        }
      return { data: coordinates, rows, columns: count };
    },
    decode({ data, rows }) {
      const decoded = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++) {
        const picture = decoded.subarray(i * columns, (i + 1) * columns);
        picture.set(mean);
        for (let c = 0; c < count; c++)
          for (let j = 0; j < columns; j++) picture[j] += data[i * count + c] * kept[c * columns + j];
      }
      return { data: decoded, rows, columns };
    },
  };
}
