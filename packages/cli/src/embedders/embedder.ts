import type { TextReader } from "@credence/report";

/** Makes features of texts. */
export interface Embedder {
  /** As the report names it. */
  readonly name: string;
  readonly read: TextReader;
  close(): Promise<void>;
}

type Rows = Awaited<ReturnType<TextReader>>;

/**
 * Embeds texts in batches, and puts the rows together.
 * @param embed As many rows as texts, always of the same number of columns.
 */
export async function inBatches(
  texts: readonly string[],
  size: number,
  embed: (batch: readonly string[], from: number) => Promise<Rows>,
  onProgress?: (done: number, total: number) => void,
): Promise<Rows> {
  let data = new Float32Array();
  let columns = 0;
  for (let from = 0; from < texts.length; from += size) {
    const rows = await embed(texts.slice(from, from + size), from);
    if (from === 0) {
      columns = rows.columns;
      data = new Float32Array(texts.length * columns);
    }
    data.set(rows.data as ArrayLike<number>, from * columns);
    onProgress?.(Math.min(from + size, texts.length), texts.length);
  }
  return { data, rows: texts.length, columns };
}
