/** The chosen rows of a column, as the column's own kind of array. */
export function takeRows<T extends Float64Array | Int32Array | Uint8Array>(
  column: T,
  rows: ArrayLike<number>,
): T {
  const taken = new (column.constructor as new (length: number) => T)(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]];
  return taken;
}
