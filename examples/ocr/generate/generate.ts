/**
 * Renders pages of text, degrades them, reads them with Tesseract and writes one row per word.
 *
 *   npm ci && npm run generate
 *
 * Options: --pages N   pages per degradation (40)
 *          --seed TEXT seed of everything random ("credence-ocr-1")
 *          --out FILE  result (../data/ocr.jsonl.gz)
 *          --images FOLDER  also keep every page as a PNG, to look at
 *
 * Finished pages are kept in .cache, so a stopped run goes on where it was; delete .cache after
 * changing what a page is made of.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { createWorker, type Worker } from "tesseract.js";
import { align, type Match, type ReadWord } from "./align.ts";
import { type Degradation, degradations, toPng } from "./degrade.ts";
import { fonts, registerFonts, renderPage } from "./page.ts";
import { random } from "./random.ts";
import { loadSpeeches, passage } from "./text.ts";

/** A row of the data set; the README beside the data explains the columns. */
interface Row {
  confidence: number | null;
  correct: boolean;
  word: string | null;
  truth: string | null;
  degradation: string;
  font: string;
  px: number;
  page: string;
  minSym: number | null;
  merged: boolean;
  split: boolean;
  missed: boolean;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    pages: { type: "string", default: "40" },
    seed: { type: "string", default: "credence-ocr-1" },
    out: { type: "string", default: here("../data/ocr.jsonl.gz") },
    images: { type: "string" },
  },
});
const pagesEach = Number(options.pages);
if (!Number.isInteger(pagesEach) || pagesEach < 1)
  throw new Error(`--pages must be a whole number ≥ 1, not ${options.pages}.`);

const cache = here(`.cache/${encodeURIComponent(options.seed)}.jsonl`);
mkdirSync(here(".cache"), { recursive: true });
if (options.images) mkdirSync(options.images, { recursive: true });
const done = readCache(cache);

// Degradations take turns, so that a stopped run is balanced too.
const plan = Array.from({ length: pagesEach }, (_, i) =>
  degradations.map((degradation) => ({ degradation, i })),
).flat();
registerFonts();
const speeches = loadSpeeches();
const worker = await startReader();
const started = Date.now();
let made = 0;
for (const [k, { degradation, i }] of plan.entries()) {
  const page = `${degradation.name}/${i}`;
  if (done.has(page)) continue;
  const rows = await makePage(page, degradation, i, worker);
  done.set(page, rows);
  appendFileSync(cache, `${JSON.stringify({ page, rows })}\n`);
  made++;
  const seconds = (Date.now() - started) / 1000;
  const left = Math.round((seconds / made) * (plan.length - k - 1));
  console.log(
    `${k + 1}/${plan.length} ${page}: ${rows.filter((row) => row.correct).length} of ${rows.length} right, ~${left} s left`,
  );
}
await worker.terminate();

const lines = degradations.flatMap((degradation) =>
  Array.from({ length: pagesEach }, (_, i) => done.get(`${degradation.name}/${i}`) ?? []).flat(),
);
writeFileSync(options.out, gzipSync(lines.map((row) => `${JSON.stringify(row)}\n`).join(""), { level: 9 }));
console.log(`${lines.length} rows written.`);

async function makePage(page: string, degradation: Degradation, i: number, reader: Worker): Promise<Row[]> {
  const rng = random(`${options.seed}/${page}`);
  // Fonts take turns, each degradation beginning with another; everything else about a page is drawn.
  const font = fonts[(i + degradations.indexOf(degradation)) % fonts.length] as string;
  const px = rng.integer(16, 26);
  const words = passage(speeches, rng.integer(60, 130), rng);
  const set = renderPage(words, font, px, degradation.angle?.(rng) ?? 0, rng);
  const png = await toPng(await degradation.apply(set.image, rng));
  if (options.images) writeFileSync(join(options.images, `${page.replace("/", "-")}.png`), png);
  return align(set.words, await readPage(reader, png)).map((match) =>
    toRow(match, { degradation: degradation.name, font, px, page }),
  );
}

function toRow(match: Match, about: Pick<Row, "degradation" | "font" | "px" | "page">): Row {
  return {
    confidence: match.read?.confidence ?? null,
    correct: match.correct,
    word: match.read?.text ?? null,
    truth: match.truth,
    ...about,
    minSym: match.read?.minSym ?? null,
    merged: match.merged,
    split: match.split,
    missed: match.read === null,
  };
}

/** Tesseract's LSTM reader for English with the weights of the npm package and settings as shipped. */
async function startReader(): Promise<Worker> {
  const language = createRequire(import.meta.url)("@tesseract.js-data/eng") as {
    code: string;
    gzip: boolean;
    langPath: string;
  };
  return createWorker(language.code, 1, {
    langPath: language.langPath,
    gzip: language.gzip,
    cacheMethod: "none",
  });
}

async function readPage(reader: Worker, png: Buffer): Promise<ReadWord[]> {
  const { data } = await reader.recognize(png, {}, { blocks: true, text: false });
  return (
    (data.blocks ?? [])
      .flatMap((block) => block.paragraphs)
      .flatMap((paragraph) => paragraph.lines)
      .flatMap((line) => line.words)
      // Tesseract reports areas it takes for pictures as words made of blanks.
      .filter((word) => word.text.trim() !== "")
      .map((word) => ({
        text: word.text.trim(),
        box: word.bbox,
        confidence: percent(word.confidence),
        minSym: percent(Math.min(...word.symbols.map((symbol) => symbol.confidence))),
      }))
  );
}

/** From 0–100 to [0, 1], rounded to what Tesseract means and not to how a float prints. */
function percent(value: number): number {
  if (!(value >= 0 && value <= 100))
    throw new Error(`Tesseract gave the confidence ${value}, outside 0–100.`);
  return Math.round(value * 100) / 10000;
}

/** Pages finished by an earlier run. A line cut off by a stop is not a page. */
function readCache(file: string): Map<string, Row[]> {
  const pages = new Map<string, Row[]>();
  if (!existsSync(file)) return pages;
  const whole = readFileSync(file, "utf8").split("\n").slice(0, -1);
  for (const line of whole) {
    const { page, rows } = JSON.parse(line) as { page: string; rows: Row[] };
    pages.set(page, rows);
  }
  writeFileSync(file, whole.map((line) => `${line}\n`).join(""));
  return pages;
}
