import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readJsonLines } from "../readJsonLines.js";

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

const file = join(import.meta.dirname, "data/ocr.jsonl.gz");
const rows = readJsonLines<Row>(file);

it("is small enough to keep", () => expect(statSync(file).size).toBeLessThan(1.5e6));

it("has forty pages of each of the twelve conditions, each page of one kind", () => {
  const kinds = new Map(rows.map((row) => [row.page, `${row.degradation} ${row.font} ${row.px}`]));
  expect(rows.every((row) => kinds.get(row.page) === `${row.degradation} ${row.font} ${row.px}`)).toBe(true);
  const pages = new Map<string, number>();
  for (const kind of kinds.values()) {
    const degradation = kind.split(" ")[0]!;
    pages.set(degradation, (pages.get(degradation) ?? 0) + 1);
  }
  expect(pages.size).toBe(12);
  expect([...pages.values()]).toEqual(Array(12).fill(40));
});

it("keeps to what the README says of its columns", () => {
  const wrong = rows.filter((row) => {
    const unread = row.word === null && row.confidence === null && row.minSym === null;
    const isProbability = (p: number | null) => p !== null && p >= 0 && p <= 1;
    if (row.missed) return !unread || row.correct || row.truth === null;
    if (unread || !isProbability(row.confidence) || !isProbability(row.minSym)) return true;
    return row.correct && (row.truth === null || row.merged || row.split);
  });
  expect(wrong).toEqual([]);
});
