import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { splitRows } from "credence/estimate";

/** A word with its pronunciations, each a list of phonemes in ARPAbet without the marks of stress. */
export interface Word {
  readonly word: string;
  readonly pronunciations: readonly (readonly string[])[];
  /** Words of one stem belong together, see {@link stemOf}. */
  readonly stem: string;
}

/** The dictionary. */
export function readWords(): Word[] {
  const text = gunzipSync(readFileSync(new URL("data/pronunciations.txt.gz", import.meta.url))).toString();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [word, ...pronunciations] = line.split("\t");
      const plain = new Set(pronunciations.map((phonemes) => phonemes.replace(/\d/g, "")));
      return { word, stem: stemOf(word), pronunciations: [...plain].map((p) => p.split(" ")) };
    });
}

/** Longer endings first. */
const ENDINGS = ["nesses", "ments", "ings", "ness", "ment", "less", "able", "ers", "est", "ing", "ful"];
const SHORT_ENDINGS = ["ed", "er", "es", "ly", "s"];

/**
 * What a word and its inflections have in common: apostrophes and a possessive s go, then endings (plural, past,
 * participle, comparison, person, adverb …) one after another as long as three letters are left; then a final e, a final
 * y or i, and one of two equal final letters.
 */
export function stemOf(word: string): string {
  let stem = word.replace(/'s?$/, "").replaceAll("'", "");
  for (;;) {
    const ending = [...ENDINGS, ...SHORT_ENDINGS].find(
      (e) => stem.endsWith(e) && stem.length - e.length >= 3,
    );
    if (!ending) break;
    stem = stem.slice(0, -ending.length);
  }
  if (stem.length > 3) stem = stem.replace(/[eyi]$/, "");
  return stem.length > 3 && stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem;
}

/** The words in parts, with all words of a stem in the same part. */
export function splitWords(words: readonly Word[]) {
  const stems = words.map(({ stem }) => stem);
  const numbers = new Map([...new Set(stems)].map((stem, i) => [stem, i]));
  const groups = stems.map((stem) => numbers.get(stem) as number);
  const shares = { train: 0.9, validate: 0.01, calibrate: 0.03, certify: 0.03, test: 0.03 };
  return splitRows([groups, words.map(({ word }) => word.length)], shares, { groups, seed: 1 });
}
