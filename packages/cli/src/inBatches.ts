import type { TextReader } from "@credence/report";

type Rows = Awaited<ReturnType<TextReader>>;

/**
 * Makes features of texts or images in batches, and puts the rows together.
 * @param featuresOf As many rows as items, always of the same number of columns.
 */
export async function inBatches(
  items: readonly string[],
  size: number,
  featuresOf: (batch: readonly string[], from: number) => Promise<Rows>,
  onProgress?: (done: number, total: number) => void,
): Promise<Rows> {
  let data = new Float32Array();
  let columns = 0;
  for (let from = 0; from < items.length; from += size) {
    const rows = await featuresOf(items.slice(from, from + size), from);
    if (from === 0) {
      columns = rows.columns;
      data = new Float32Array(items.length * columns);
    }
    data.set(rows.data as ArrayLike<number>, from * columns);
    onProgress?.(Math.min(from + size, items.length), items.length);
  }
  return { data, rows: items.length, columns };
}
