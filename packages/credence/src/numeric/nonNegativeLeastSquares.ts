import { cholesky, choleskySolve } from "./linear.js";

/**
 * min ‖A x − b‖ over x ≥ 0, by the active-set method of Lawson & Hanson (1974).
 * @param matrix Row-major, rows × columns.
 */
export function nonNegativeLeastSquares(
  matrix: ArrayLike<number>,
  rows: number,
  columns: number,
  b: ArrayLike<number>,
): {
  readonly x: Float64Array;
  /** ‖A x − b‖. */
  readonly residual: number;
  /** False where columns that are not 0 depend on each other, so that other x may do as well. */
  readonly unique: boolean;
} {
  const gram = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      right[j] += matrix[i * columns + j] * b[i];
      for (let k = 0; k < columns; k++)
        gram[j * columns + k] += matrix[i * columns + j] * matrix[i * columns + k];
    }
  let scale = 0;
  for (let j = 0; j < columns; j++) scale = Math.max(scale, gram[j * columns + j]);
  const x = new Float64Array(columns);
  const free = new Array<boolean>(columns).fill(false);
  const blocked = new Array<boolean>(columns).fill(false); // linearly dependent on the free columns
  for (let round = 0; round < 10 * columns; round++) {
    const descent = right.map((r, j) => {
      let sum = r;
      for (let k = 0; k < columns; k++) sum -= gram[j * columns + k] * x[k];
      return sum;
    });
    let enter = -1;
    for (let j = 0; j < columns; j++)
      if (!free[j] && !blocked[j] && descent[j] > 1e-12 * scale && (enter < 0 || descent[j] > descent[enter]))
        enter = j;
    if (enter < 0) break;
    free[enter] = true;
    for (;;) {
      const active = [...free.keys()].filter((j) => free[j]);
      const solved = solve(gram, columns, right, active);
      if (!solved) {
        free[enter] = false;
        blocked[enter] = true;
        break;
      }
      let step = 1;
      active.forEach((j, a) => {
        if (solved[a] <= 0) step = Math.min(step, x[j] / (x[j] - solved[a]));
      });
      active.forEach((j, a) => {
        x[j] += step * (solved[a] - x[j]);
        if (step < 1 && x[j] <= 1e-14) {
          x[j] = 0;
          free[j] = false;
        }
      });
      if (step === 1) break;
    }
  }
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    let sum = -b[i];
    for (let j = 0; j < columns; j++) sum += matrix[i * columns + j] * x[j];
    squares += sum * sum;
  }
  return { x, residual: Math.sqrt(squares), unique: independent(gram, columns) };
}

function independent(gram: Float64Array, columns: number): boolean {
  const active = Array.from({ length: columns }, (_, j) => j).filter((j) => gram[j * columns + j] > 0);
  return solve(gram, columns, new Float64Array(columns), active) !== null;
}

function solve(
  gram: Float64Array,
  columns: number,
  right: Float64Array,
  active: readonly number[],
): Float64Array | null {
  const size = active.length;
  const part = new Float64Array(size * size);
  active.forEach((j, a) => {
    active.forEach((k, c) => {
      part[a * size + c] = gram[j * columns + k];
    });
  });
  const lower = cholesky(part, size);
  // A pivot that is rounding noise means a dependent column.
  if (!lower || active.some((_, a) => lower[a * size + a] ** 2 < 1e-13 * part[a * size + a])) return null;
  return choleskySolve(
    lower,
    size,
    active.map((j) => right[j]),
  );
}
