/**
 * Cuts snippets out of translations of the Universal Declaration of Human Rights, asks fastText and
 * CLD3 for their language and writes one row per snippet and model.
 *
 *   npm ci && npm run generate
 *
 * Options: --articles N  articles per language (12; half as many where neither model knows the language)
 *          --seed TEXT   seed of everything random ("credence-language-id-1")
 *          --out FILE    result (../data/language-id.jsonl.gz)
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { random } from "../../ocr/generate/random.ts";
import { articles, wordsOf } from "./declaration.ts";
import { codesOf, isRight, languages } from "./languages.ts";
import { loadCld3, loadFastText } from "./models.ts";

/** Words in the snippets of an article, one snippet of each length. */
const lengths = [1, 2, 4, 8, 16];

/** Shorter articles would give snippets that are nearly the same. */
const leastWords = 24;

const { values: options } = parseArgs({
  options: {
    articles: { type: "string", default: "12" },
    seed: { type: "string", default: "credence-language-id-1" },
    out: { type: "string", default: fileURLToPath(new URL("../data/language-id.jsonl.gz", import.meta.url)) },
  },
});
const articlesEach = Number(options.articles);
if (!Number.isInteger(articlesEach) || articlesEach < 1)
  throw new Error(`--articles must be a whole number ≥ 1, not ${options.articles}.`);

const models = [
  { name: "fasttext-lid176", answers: codesOf("fastText"), identify: await loadFastText() },
  { name: "cld3", answers: codesOf("cld3"), identify: await loadCld3() },
];

const lines: string[] = [];
let snippets = 0;
for (const [done, language] of languages.entries()) {
  const rng = random(`${options.seed}/${language.code}`);
  const wanted = language.fastText || language.cld3 ? articlesEach : Math.ceil(articlesEach / 2);
  const candidates = [...articles(language.translation)]
    .map(([number, text]) => ({ number, text, words: wordsOf(text) }))
    .filter((article) => article.words.length >= leastWords);
  if (candidates.length < wanted)
    console.log(`${language.code} has only ${candidates.length} articles long enough.`);
  while (candidates.length > wanted) candidates.splice(rng.integer(0, candidates.length - 1), 1);

  for (const { number, text, words } of candidates) {
    for (const length of lengths) {
      const first = rng.integer(0, words.length - length);
      const snippet = text.slice(words[first]!.start, words[first + length - 1]!.end);
      for (const { name, answers, identify } of models) {
        const { predicted, confidence, reliable, top } = identify(snippet);
        lines.push(
          JSON.stringify({
            model: name,
            truth: language.code,
            known: answers.has(language.code),
            predicted,
            confidence,
            correct: isRight(language.code, predicted),
            words: length,
            document: `${language.translation}/${number}`,
            snippet: snippets,
            text: snippet,
            reliable,
            top,
          }),
        );
      }
      snippets++;
    }
  }
  if (done % 10 === 9) console.log(`${done + 1} of ${languages.length} languages`);
}
writeFileSync(options.out, gzipSync(`${lines.join("\n")}\n`, { level: 9 }));
console.log(`${lines.length} rows on ${snippets} snippets written.`);
