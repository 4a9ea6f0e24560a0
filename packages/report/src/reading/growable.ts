/** A numeric column that grows as rows arrive. */
export interface Growable<T extends Float64Array | Int32Array | Uint8Array> {
  push(value: number): void;
  /** The values so far, without spare room. */
  take(): T;
}

/** An empty column; `expected` rows fit in without copying. */
export function growable<T extends Float64Array | Int32Array | Uint8Array>(
  create: (length: number) => T,
  expected = 1024,
): Growable<T> {
  let values = create(Math.max(expected, 16));
  let length = 0;
  return {
    push(value) {
      if (length === values.length) {
        const larger = create(Math.ceil(values.length * 1.6));
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    take: () => (length === values.length ? values : (values.slice(0, length) as T)),
  };
}
