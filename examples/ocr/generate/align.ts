import type { Box, PlacedWord } from "./page.ts";
import { plain } from "./text.ts";

/** A word as it was read, with its place. */
export interface ReadWord extends PlacedWord {
  /** The reader's confidence in the word, in [0, 1]. */
  readonly confidence: number;
  /** The least confidence among its characters, in [0, 1]. */
  readonly minSym: number;
}

/** One thing read, or one word of the page that nothing read. */
export interface Match {
  /** Null where the page's word was missed. */
  readonly read: ReadWord | null;
  /** What the page says there; null where the page says nothing. */
  readonly truth: string | null;
  readonly correct: boolean;
  /** The read word stands for several words of the page: a space was lost. */
  readonly merged: boolean;
  /** The word of the page was read in several pieces, this being one. */
  readonly split: boolean;
}

/** How many read words may stand for how many words of the page. */
const shapes = [
  [1, 1],
  [1, 2],
  [1, 3],
  [1, 4],
  [2, 1],
  [3, 1],
] as const;

/** Of two explanations with equally many wrong characters, the one without merging or splitting. */
const unusual = 0.01;

/**
 * Matches read words with the words of the page, both in reading order, by the cheapest way to turn
 * one into the other (Needleman and Wunsch 1970, with groups). Words may stand for each other one to
 * one, one to several (merged) or several to one (split), at the price of the Levenshtein distance of
 * their spellings without spaces. A read word that stands for nothing (made up) and a page word that
 * nothing stands for (missed) cost their length.
 *
 * Where the page was set is known to the pixel and no degradation moves it, so place limits what may
 * stand for what: boxes must share the height of a line; and they must either share some width or
 * agree in at least half of their characters. Width alone will not do: in noise Tesseract often reads
 * a word rightly and gives it a box a few pixels wide beside the word. A merged word must agree in at
 * least a quarter of its characters, else a wide box around a speck would swallow its neighbours.
 *
 * A read word is correct if it stands for one page word and has the same spelling, punctuation and
 * case included, after straightening quotation marks and dashes, which fonts draw alike.
 */
export function align(page: readonly PlacedWord[], read: readonly ReadWord[]): Match[] {
  const truths = page.map((word) => plain(word.text));
  const texts = read.map((word) => plain(word.text));

  const groupCost = (r: number, a: number, p: number, b: number): number => {
    let aside = false;
    for (let i = r; i < r + a; i++) {
      for (let j = p; j < p + b; j++) {
        const one = (read[i] as ReadWord).box;
        const other = (page[j] as PlacedWord).box;
        if (!sameLine(one, other)) return Number.POSITIVE_INFINITY;
        if (one.x1 <= other.x0 || other.x1 <= one.x0) aside = true;
      }
    }
    const had = texts.slice(r, r + a).join("");
    const should = truths.slice(p, p + b).join("");
    const distance = levenshtein(had, should);
    const wrong = distance / Math.max(had.length, should.length);
    if (aside && wrong > 0.5) return Number.POSITIVE_INFINITY;
    if (b > 1 && wrong > 0.75) return Number.POSITIVE_INFINITY;
    return distance + (a + b > 2 ? unusual : 0);
  };

  // best[r][p]: the price of explaining the first r read words by the first p words of the page.
  const best: number[][] = [];
  const step: (readonly [number, number])[][] = [];
  for (let r = 0; r <= read.length; r++) {
    const prices: number[] = [];
    const steps: (readonly [number, number])[] = [];
    best.push(prices);
    step.push(steps);
    for (let p = 0; p <= page.length; p++) {
      let price = r === 0 && p === 0 ? 0 : Number.POSITIVE_INFINITY;
      let how: readonly [number, number] = [0, 0];
      const offer = (candidate: number, shape: readonly [number, number]): void => {
        if (candidate < price) {
          price = candidate;
          how = shape;
        }
      };
      for (const [a, b] of shapes) {
        if (a <= r && b <= p)
          offer((best[r - a] as number[])[p - b]! + groupCost(r - a, a, p - b, b), [a, b]);
      }
      if (r > 0) offer((best[r - 1] as number[])[p]! + texts[r - 1]!.length, [1, 0]);
      if (p > 0) offer(prices[p - 1]! + truths[p - 1]!.length, [0, 1]);
      prices.push(price);
      steps.push(how);
    }
  }

  const matches: Match[] = [];
  for (let r = read.length, p = page.length; r > 0 || p > 0; ) {
    const [a, b] = (step[r] as (readonly [number, number])[])[p] as readonly [number, number];
    const truth =
      b === 0
        ? null
        : page
            .slice(p - b, p)
            .map((word) => word.text)
            .join(" ");
    if (a === 0) matches.push({ read: null, truth, correct: false, merged: false, split: false });
    for (let i = r - 1; i >= r - a; i--) {
      const correct = a === 1 && b === 1 && texts[i] === truths[p - 1];
      matches.push({ read: read[i] as ReadWord, truth, correct, merged: b > 1, split: a > 1 });
    }
    r -= a;
    p -= b;
  }
  return matches.reverse();
}

/** Whether two boxes share at least half of the lower one's height. */
function sameLine(a: Box, b: Box): boolean {
  const shared = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return shared >= 0.5 * Math.min(a.y1 - a.y0, b.y1 - b.y0);
}

/** Fewest characters to insert, delete or replace (Levenshtein 1966). */
export function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
