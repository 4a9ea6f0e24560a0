/**
 * At most about `2 · buckets` of the points, sorted by x: in each bucket of x the lowest and the highest, and always
 * the ends. What is drawn cannot be told from the whole; the file stays small with ten million rows.
 */
export function thinPoints<T>(
  points: readonly T[],
  x: (point: T) => number,
  y: (point: T) => number,
  buckets = 300,
): readonly T[] {
  if (points.length <= 2 * buckets) return points;
  const first = x(points[0]);
  const range = x(points[points.length - 1]) - first || 1;
  const kept = new Set([0, points.length - 1]);
  let bucket = 0;
  let low = 0;
  let high = 0;
  for (let i = 1; i <= points.length; i++) {
    const at = i < points.length ? Math.floor(((x(points[i]) - first) / range) * buckets) : -1;
    if (at !== bucket) {
      kept.add(low).add(high);
      bucket = at;
      low = high = i;
    } else if (y(points[i]) < y(points[low])) low = i;
    else if (y(points[i]) > y(points[high])) high = i;
  }
  kept.delete(points.length);
  return [...kept].sort((a, b) => a - b).map((i) => points[i]);
}
