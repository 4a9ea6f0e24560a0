/**
 * The q-quantile of ascending values, linear between order statistics (type 7 of Hyndman & Fan 1996, the
 * default of NumPy and R). Infinite order statistics are returned as they are, never interpolated into NaN.
 */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const share = position - below;
  if (share === 0 || sorted[below] === sorted[below + 1]) return sorted[below];
  // From −∞ upwards the line never leaves it.
  if (sorted[below] === -Infinity) return -Infinity;
  return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

/** Mean of the values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample variance (divisor n − 1), by the two-pass formula. */
export function variance(values: ArrayLike<number>): number {
  const m = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - m) ** 2;
  return sum / (values.length - 1);
}
