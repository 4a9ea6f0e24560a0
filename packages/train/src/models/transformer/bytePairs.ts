/** The merge of two neighbouring tokens, by their numbers. */
export type Merge = readonly [number, number];

/**
 * Byte-pair encoding over the code points of texts: the commonest pair of neighbours becomes a token, again and again.
 * Nothing is merged across the start of a word, which a space opens. Of equally common pairs the one with the smaller
 * numbers is taken, so that the same texts in any order give the same merges; a pair that occurs once is not merged.
 * @param singles The characters, numbered from 1; a text is cut at any other.
 * @param room How many tokens there may be besides.
 * @returns The tokens, `singles` first, and the merges in their order. Two merges may spell the same token.
 */
export function learnBytePairs(
  texts: readonly string[],
  singles: readonly string[],
  room: number,
): { symbols: string[]; merges: Merge[] } {
  const symbols = [...singles];
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i + 1]));
  const merges: Merge[] = [];
  const counts = new Map<number, number>();
  const homes = new Map<number, Set<Word>>();
  const words = wordsOf(texts, numbers);

  function count(word: Word, sign: 1 | -1): void {
    const { tokens, times } = word;
    for (let i = 1; i < tokens.length; i++) {
      const key = keyOf(tokens[i - 1], tokens[i]);
      const now = (counts.get(key) ?? 0) + sign * times;
      if (now > 0) counts.set(key, now);
      else counts.delete(key);
      const at = homes.get(key) ?? new Set();
      homes.set(key, at.add(word));
    }
  }
  for (const word of words) count(word, 1);
  while (symbols.length < singles.length + room) {
    const best = commonest(counts);
    if (best === null) break;
    const [a, b] = pairOf(best);
    const text = symbols[a - 1] + symbols[b - 1];
    if (!numbers.has(text)) numbers.set(text, symbols.push(text));
    merges.push([a, b]);
    const touched = [...(homes.get(best) ?? [])];
    homes.delete(best);
    for (const word of touched) {
      count(word, -1);
      word.tokens = mergeAll(word.tokens, a, b, numbers.get(text) as number);
      count(word, 1);
    }
  }
  return { symbols, merges };
}

/** Applies merges to the tokens of a word: of those possible, always the one learnt first. */
export function createMerger(symbols: readonly string[], merges: readonly Merge[]) {
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i + 1]));
  const ranks = new Map(merges.map(([a, b], rank) => [keyOf(a, b), rank]));
  return (word: readonly number[]): readonly number[] => {
    let tokens = word;
    for (;;) {
      let first = Number.POSITIVE_INFINITY;
      for (let i = 1; i < tokens.length; i++)
        first = Math.min(first, ranks.get(keyOf(tokens[i - 1], tokens[i])) ?? first);
      if (first === Number.POSITIVE_INFINITY) return tokens;
      const [a, b] = merges[first];
      tokens = mergeAll(tokens, a, b, numbers.get(symbols[a - 1] + symbols[b - 1]) as number);
    }
  };
}

/** A text in words: each space opens one. */
export const cutAtSpaces = (text: string): string[] => text.split(/(?= )/u);

/** A word with how often it occurs. */
interface Word {
  tokens: readonly number[];
  readonly times: number;
}

function wordsOf(texts: readonly string[], numbers: ReadonlyMap<string, number>): Word[] {
  const times = new Map<string, number>();
  for (const text of texts) for (const word of cutAtSpaces(text)) times.set(word, (times.get(word) ?? 0) + 1);
  return [...times].flatMap(([text, n]) => {
    const parts: number[][] = [[]];
    for (const symbol of text) {
      const number = numbers.get(symbol);
      if (number === undefined) parts.push([]);
      else parts.at(-1)?.push(number);
    }
    return parts.map((tokens) => ({ tokens, times: n }));
  });
}

/** The pair that occurs most, at least twice. */
function commonest(counts: ReadonlyMap<number, number>): number | null {
  let best: number | null = null;
  let most = 1;
  for (const [key, n] of counts)
    if (n > most || (best !== null && n === most && key < best)) {
      best = key;
      most = n;
    }
  return best;
}

/** Each pair a, b from the left replaced by one token. */
function mergeAll(tokens: readonly number[], a: number, b: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const hit = tokens[i] === a && tokens[i + 1] === b;
    result.push(hit ? merged : tokens[i]);
    if (hit) i++;
  }
  return result;
}

/** Two tokens as one number. */
const LIMIT = 2 ** 24;
const keyOf = (a: number, b: number): number => a * LIMIT + b;
const pairOf = (key: number): Merge => [Math.floor(key / LIMIT), key % LIMIT];
