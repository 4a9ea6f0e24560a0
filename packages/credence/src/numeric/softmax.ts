/**
 * Turns each row of logits into probabilities, in place.
 * @param data Row-major, with `columns` entries a row.
 * @example
 * ```ts
 * import { softmaxRows } from "credence/numeric";
 * const data = Float64Array.of(0, 0, 1000, 0);
 * softmaxRows(data, 2);
 * Array.from(data); // → [0.5, 0.5, 1, 0]
 * ```
 */
export function softmaxRows(data: Float64Array, columns: number): void {
  for (let start = 0; start < data.length; start += columns) {
    let max = -Infinity;
    for (let j = start; j < start + columns; j++) if (data[j] > max) max = data[j];
    let sum = 0;
    for (let j = start; j < start + columns; j++) {
      data[j] = Math.exp(data[j] - max);
      sum += data[j];
    }
    for (let j = start; j < start + columns; j++) data[j] /= sum;
  }
}
