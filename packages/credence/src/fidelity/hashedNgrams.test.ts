import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { hashedNgrams } from "./hashedNgrams.js";

/** Every n-gram as text, "w:" for words and "c:" for characters. */
function ngramsOf(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase();
  const words = plain.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== "");
  const parts = plain.split(/\s+/u).filter((part) => part !== "");
  const characters = parts.flatMap((part) => {
    const points = [" ", ...part, " "];
    return [3, 4, 5].flatMap((n) =>
      points.flatMap((_, i) => (i + n <= points.length ? [points.slice(i, i + n).join("")] : [])),
    );
  });
  return [...words.map((word) => `w:${word}`), ...characters.map((gram) => `c:${gram}`)];
}

/** Column and sign of an n-gram, in whole numbers without limit. */
function placeOf(gram: string, columns: number, seed: number): [number, number] {
  const random = createRandom(seed);
  const starts = { c: random.uint32(), w: random.uint32() };
  const word = 2n ** 32n;
  let hash = BigInt(starts[gram[0] as "c" | "w"]);
  for (const point of gram.slice(2)) hash = ((hash ^ BigInt(point.codePointAt(0) ?? 0)) * 16777619n) % word;
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) % word;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) % word;
  hash ^= hash >> 16n;
  return [Number((hash >> 1n) % BigInt(columns)), hash % 2n === 1n ? 1 : -1];
}

function slowly(text: string, columns: number, seed: number): number[] {
  const counts = new Map<string, number>();
  for (const gram of ngramsOf(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  const row = new Array<number>(columns).fill(0);
  for (const [gram, count] of counts) {
    const [column, sign] = placeOf(gram, columns, seed);
    row[column] += sign * Math.log(1 + count);
  }
  const length = Math.hypot(...row);
  return length > 0 ? row.map((x) => x / length) : row;
}

const TEXTS = [
  "The cat sat on the mat, and the cat slept.",
  "a",
  "Ünïcode: ﬁne, 𝒜 😀😀😀 e\u0301té",
  "猫はマットの上に座った。",
  "tab\tand\nline\u00a0break",
  "x".repeat(300),
  "\ud800 alone",
  "?!",
];

describe("hashedNgrams", () => {
  it.each([
    [256, 0],
    [7, 3],
  ])("%i columns, seed %i: as by the definition", (columns, seed) => {
    const found = hashedNgrams(TEXTS, { columns, seed });
    expect([found.rows, found.columns]).toEqual([TEXTS.length, columns]);
    TEXTS.forEach((text, i) => {
      const row = slowly(text, columns, seed);
      for (let j = 0; j < columns; j++) expect(found.data[i * columns + j]).toBeCloseTo(row[j], 6);
    });
  });

  it("a text is a row by itself, whatever stands beside it; case and width do not count", () => {
    const numbers = (texts: string[], seed = 0) => Array.from(hashedNgrams(texts, { seed }).data);
    const both = numbers(["One two", "three"]);
    expect(both.slice(256)).toEqual(numbers(["three"]));
    expect(both.slice(0, 256)).toEqual(numbers(["ＯＮＥ  two\n"]));
    expect(both.slice(0, 256)).not.toEqual(numbers(["One two"], 1));
  });

  it("white space alone gives zeros, everything else length 1", () => {
    const data = Array.from(hashedNgrams(["", " \n\t", ...TEXTS]).data);
    const lengths = Array.from({ length: TEXTS.length + 2 }, (_, i) =>
      Math.hypot(...data.slice(i * 256, (i + 1) * 256)),
    );
    expect(lengths.slice(0, 2)).toEqual([0, 0]);
    for (const length of lengths.slice(2)) expect(length).toBeCloseTo(1, 5);
  });

  it("keeps inner products on average over seeds, as signs make collisions cancel", () => {
    const [a, b] = ["the cat sat on the mat", "the dog sat on a log"];
    const product = (columns: number, seed: number) => {
      const { data } = hashedNgrams([a, b], { columns, seed });
      return Array.from({ length: columns }, (_, j) => data[j] * data[columns + j]).reduce((x, y) => x + y);
    };
    const exact = product(2 ** 20, 0);
    const seeds = Array.from({ length: 400 }, (_, seed) => product(64, seed));
    const mean = seeds.reduce((x, y) => x + y) / seeds.length;
    const sd = Math.sqrt(seeds.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (seeds.length - 1));
    expect(exact).toBeGreaterThan(0.2);
    expect(Math.abs(mean - exact)).toBeLessThan((5 * sd) / Math.sqrt(seeds.length) + 0.01);
  });

  it("tells how far it is, and stops where it is told to", () => {
    const seen: number[] = [];
    hashedNgrams(new Array(2500).fill("a b"), { onProgress: (done, total) => seen.push(done, total) });
    expect(seen).toEqual([1024, 2500, 2048, 2500, 2500, 2500]);
    const stop = () => {
      throw new Error("stop");
    };
    expect(() => hashedNgrams(["a"], { onProgress: stop })).toThrow("stop");
  });

  it.each([
    ["no texts", [], {}, "empty-input"],
    ["one text", "text", {}, "shape-mismatch"],
    ["an empty cell", ["a", null], {}, "shape-mismatch"],
    ["numbers", [1, 2], {}, "shape-mismatch"],
    ["one column", ["a"], { columns: 1 }, "out-of-range"],
    ["half a column", ["a"], { columns: 2.5 }, "out-of-range"],
    ["no seed", ["a"], { seed: Number.NaN }, "not-finite"],
  ])("refuses %s", (_, texts, options, code) => {
    expect(() => hashedNgrams(texts as string[], options)).toThrow(expect.objectContaining({ code }));
  });
});
