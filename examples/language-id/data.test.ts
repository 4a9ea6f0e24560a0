import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readJsonLines } from "../readJsonLines.js";
import { codesOf, isRight, languages } from "./generate/languages.ts";

interface Row {
  model: "fasttext-lid176" | "cld3";
  truth: string;
  known: boolean;
  predicted: string;
  confidence: number;
  correct: boolean;
  words: number;
  document: string;
  snippet: number;
  text: string;
  reliable: boolean | null;
  top: { label: string; probability: number }[] | null;
}

const file = join(import.meta.dirname, "data/language-id.jsonl.gz");
const rows = readJsonLines<Row>(file);

it("is small enough to keep", () => expect(statSync(file).size).toBeLessThan(1.5e6));

it("names each language once, and every label once for a model", () => {
  expect(new Set(languages.map((language) => language.code)).size).toBe(languages.length);
  for (const model of ["fastText", "cld3"] as const) {
    const labels = languages.map((language) => language[model]).filter((label) => label !== null);
    expect(new Set(labels).size).toBe(labels.length);
  }
});

it("asks both models about every snippet", () => {
  const asked = new Map<number, Row[]>();
  for (const row of rows) asked.set(row.snippet, [...(asked.get(row.snippet) ?? []), row]);
  for (const pair of asked.values()) {
    expect(pair.map((row) => row.model)).toEqual(["fasttext-lid176", "cld3"]);
    expect(pair[0]!.text).toBe(pair[1]!.text);
    expect(pair[0]!.document).toBe(pair[1]!.document);
  }
});

it("keeps to what the README says of its columns", () => {
  const answers = { "fasttext-lid176": codesOf("fastText"), cld3: codesOf("cld3") };
  const wrong = rows.filter((row) => {
    if (!(row.confidence >= 0 && row.confidence <= 1)) return true;
    if (row.known !== answers[row.model].has(row.truth) || !answers[row.model].has(row.predicted))
      return true;
    if (row.correct !== isRight(row.truth, row.predicted) || (row.correct && !row.known)) return true;
    if (row.model === "cld3") return row.top !== null || row.reliable === null;
    const top = row.top ?? [];
    const descending = top.every((answer, i) => i === 0 || answer.probability <= top[i - 1]!.probability);
    return (
      !descending ||
      top[0]?.label !== row.predicted ||
      top[0]?.probability !== Number(row.confidence.toPrecision(3))
    );
  });
  expect(wrong).toEqual([]);
});
