/**
 * For each of many rows the k smallest of the values offered so far, as max-heaps in flat arrays. Equal values: the lower
 * index is the smaller, so the result does not depend on the order of offers.
 */
export interface NearestHeaps {
  readonly k: number;
  /** rows × k; Infinity where fewer than k were offered. */
  readonly values: Float64Array;
  readonly indices: Int32Array;
}

/** An index that loses every tie. */
const NOBODY = 0x7fffffff;

export function createNearestHeaps(rows: number, k: number): NearestHeaps {
  return {
    k,
    values: new Float64Array(rows * k).fill(Infinity),
    indices: new Int32Array(rows * k).fill(NOBODY),
  };
}

/** Offers one value to a row; kept where it is among the k smallest. */
export function offer({ k, values, indices }: NearestHeaps, row: number, value: number, index: number): void {
  const root = row * k;
  if (!(value < values[root] || (value === values[root] && index < indices[root]))) return;
  sink(values, indices, root, k, value, index);
}

/** Puts a value at the root of a heap of the given size and lets it sink to its place. */
function sink(
  values: Float64Array,
  indices: Int32Array,
  root: number,
  size: number,
  value: number,
  index: number,
): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    const left = root + child;
    if (
      child + 1 < size &&
      (values[left + 1] > values[left] ||
        (values[left + 1] === values[left] && indices[left + 1] > indices[left]))
    )
      child++;
    const down = root + child;
    if (!(values[down] > value || (values[down] === value && indices[down] > index))) break;
    values[root + at] = values[down];
    indices[root + at] = indices[down];
    at = child;
  }
  values[root + at] = value;
  indices[root + at] = index;
}

/** Turns every heap into an ascending list, in place; nothing may be offered afterwards. */
export function sortHeaps({ k, values, indices }: NearestHeaps): void {
  for (let root = 0; root < values.length; root += k)
    for (let last = k - 1; last > 0; last--) {
      const value = values[root + last];
      const index = indices[root + last];
      values[root + last] = values[root];
      indices[root + last] = indices[root];
      sink(values, indices, root, last, value, index);
    }
}
