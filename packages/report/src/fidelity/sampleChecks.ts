import type { Matrix } from "credence/numeric";

/** Columns that hold one value throughout. */
export function constantColumns({ data, rows, columns }: Matrix): number[] {
  return Array.from({ length: columns }, (_, j) => j).filter((j) => {
    for (let i = 1; i < rows; i++) if (data[i * columns + j] !== data[j]) return false;
    return true;
  });
}

/** Standard deviations of the columns. */
export function deviations({ data, rows, columns }: Matrix): Float64Array {
  return Float64Array.from({ length: columns }, (_, j) => {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * columns + j] / rows;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += (data[i * columns + j] - mean) ** 2;
    return Math.sqrt(sum / Math.max(1, rows - 1));
  });
}

/** Divides columns by their standard deviation in the reference; constant ones stay as they are. */
export function standardised(reference: Matrix): (matrix: Matrix) => Matrix {
  const scales = deviations(reference).map((sd) => (sd > 0 ? 1 / sd : 1));
  return ({ data, rows, columns }) => {
    const scaled = new Float64Array(rows * columns);
    for (let i = 0; i < scaled.length; i++) scaled[i] = data[i] * scales[i % columns];
    return { data: scaled, rows, columns };
  };
}

/** How many rows of one matrix equal some row of another, number for number. */
export function copiesOf(real: Matrix, generated: Matrix): number {
  const { columns } = real;
  const known = new Map<number, number[]>();
  for (let i = 0; i < real.rows; i++) {
    const hash = rowHash(real, i);
    const rows = known.get(hash);
    if (rows) rows.push(i);
    else known.set(hash, [i]);
  }
  const equal = (i: number, row: number) => {
    for (let j = 0; j < columns; j++)
      if (generated.data[i * columns + j] !== real.data[row * columns + j]) return false;
    return true;
  };
  let copies = 0;
  for (let i = 0; i < generated.rows; i++)
    if (known.get(rowHash(generated, i))?.some((row) => equal(i, row))) copies++;
  return copies;
}

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);

function rowHash({ data, columns }: Matrix, row: number): number {
  let hash = 17;
  for (let j = row * columns; j < (row + 1) * columns; j++) {
    number[0] = data[j] + 0; // −0 + 0 is 0
    hash = Math.imul(hash ^ words[0], 0x85ebca6b) ^ Math.imul(words[1], 0xc2b2ae35);
  }
  return hash;
}
