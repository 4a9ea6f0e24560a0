/** The function of every value: `Float64Array.from(values, f)`, but several times as fast. */
export function mapNumbers(values: ArrayLike<number>, f: (value: number) => number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = f(values[i]);
  return result;
}

/** The values at the given indices. */
export function takeNumbers(values: ArrayLike<number>, indices: ArrayLike<number>): Float64Array {
  const result = new Float64Array(indices.length);
  for (let i = 0; i < result.length; i++) result[i] = values[indices[i]];
  return result;
}

/** 0, 1, …, n − 1. */
export function rowNumbers(n: number): Int32Array {
  const result = new Int32Array(n);
  for (let i = 0; i < n; i++) result[i] = i;
  return result;
}
