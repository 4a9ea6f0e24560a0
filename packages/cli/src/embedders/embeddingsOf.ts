/** Rows of numbers. */
interface Rows {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The vectors in a server's answer, in the order of the texts; where it is not one finite vector a text, why, as text.
 * @param columns Length of the vectors before; null for the first ones.
 */
export function embeddingsOf(body: string, count: number, columns: number | null): Rows | string {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return "the answer is no JSON; is this the address of an OpenAI-compatible server?";
  }
  const items = (answer as { data?: unknown } | null)?.data;
  if (!Array.isArray(items)) return 'the answer has no list "data"; is this an OpenAI-compatible server?';
  if (items.length !== count) return `the answer has ${items.length} vectors for ${count} texts`;
  let data: Float32Array | null = null;
  let width = columns;
  const seen = new Set<number>();
  for (const item of items) {
    const { index, embedding } = (item ?? {}) as { index?: unknown; embedding?: unknown };
    if (!(Number.isInteger(index) && (index as number) >= 0 && (index as number) < count))
      return `a vector has the index ${JSON.stringify(index)}, not one of 0 to ${count - 1}`;
    if (seen.has(index as number)) return `two vectors have the index ${index}`;
    seen.add(index as number);
    if (!Array.isArray(embedding) || embedding.length === 0) return `vector ${index} is no list of numbers`;
    width ??= embedding.length;
    if (embedding.length !== width)
      return `vector ${index} has ${embedding.length} numbers, others have ${width}`;
    // Float32 turns what is too large into infinity.
    const bad = embedding.findIndex((x) => typeof x !== "number" || !Number.isFinite(Math.fround(x)));
    if (bad >= 0)
      return `number ${bad} of vector ${index} is ${JSON.stringify(embedding[bad])}, not a finite number`;
    data ??= new Float32Array(count * width);
    data.set(embedding, (index as number) * width);
  }
  return { data: data ?? new Float32Array(), rows: count, columns: width ?? 0 };
}
