import { describe, expect, it } from "vitest";
import { align, levenshtein, type ReadWord } from "./align.ts";
import type { PlacedWord } from "./page.ts";

/** Words of ten pixels a character on lines of 30 pixels, one blank between them. */
function lay(...lines: string[]): PlacedWord[] {
  return lines.flatMap((line, row) => {
    let x = 0;
    return line.split(" ").map((text) => {
      const box = { x0: x, y0: 30 * row, x1: x + 10 * text.length, y1: 30 * row + 20 };
      x = box.x1 + 10;
      return { text, box };
    });
  });
}

const asRead = (words: readonly PlacedWord[]): ReadWord[] =>
  words.map((word) => ({ ...word, confidence: 0.9, minSym: 0.9 }));

const summary = (page: readonly PlacedWord[], read: readonly PlacedWord[]) =>
  align(page, asRead(read)).map((m) => {
    const kind = [m.merged && "merged", m.split && "split"].filter(Boolean).join(" ");
    return [m.read?.text ?? null, m.truth, m.correct ? "right" : `wrong ${kind}`.trim()];
  });

const at = (text: string, x0: number, x1: number, row = 0): PlacedWord => ({
  text,
  box: { x0, y0: 30 * row, x1, y1: 30 * row + 20 },
});

describe("align", () => {
  it("takes a perfect reading as right, word by word", () => {
    const page = lay("the cat and the dog", "and the end");
    expect(align(page, asRead(page)).every((m) => m.correct && m.read?.text === m.truth)).toBe(true);
  });

  it("compares punctuation and case, but not the shape of quotation marks", () => {
    expect(summary(lay("Now, it's"), [at("now,", 0, 40), at("it’s", 50, 90)])).toEqual([
      ["now,", "Now,", "wrong"],
      ["it’s", "it's", "right"],
    ]);
  });

  it("knows lost and inserted spaces", () => {
    expect(
      summary(lay("roll up our sleeves"), [
        at("rolfupour", 0, 110),
        at("slee", 120, 155),
        at("ves", 160, 190),
      ]),
    ).toEqual([
      ["rolfupour", "roll up our", "wrong merged"],
      ["slee", "sleeves", "wrong split"],
      ["ves", "sleeves", "wrong split"],
    ]);
  });

  it("knows what was missed and what was made up", () => {
    expect(
      summary(lay("one two", "three"), [at("one", 0, 30), at("=", 200, 205), at("three", 0, 50, 1)]),
    ).toEqual(
      expect.arrayContaining([
        ["one", "one", "right"],
        [null, "two", "wrong"],
        ["=", null, "wrong"],
        ["three", "three", "right"],
      ]),
    );
  });

  it("finds a word read rightly into a box beside it, and leaves a speck alone", () => {
    expect(
      summary(lay("to restore peace"), [
        at("to", 0, 20),
        at("restore", 22, 26),
        at("~", 90, 95),
        at("peace", 110, 160),
      ]),
    ).toEqual([
      ["to", "to", "right"],
      ["restore", "restore", "right"],
      ["~", null, "wrong"],
      ["peace", "peace", "right"],
    ]);
  });

  it("does not take a word for its equal on another line", () => {
    expect(summary(lay("the law", "the law"), [at("the", 0, 30, 1), at("law", 40, 70, 1)])).toEqual([
      [null, "the", "wrong"],
      [null, "law", "wrong"],
      ["the", "the", "right"],
      ["law", "law", "right"],
    ]);
  });
});

describe("levenshtein", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["flaw", "lawn", 2],
  ])("%s → %s: %d", (a, b, distance) => expect(levenshtein(a, b)).toBe(distance));
});
