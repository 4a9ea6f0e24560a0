import { createRandom, sampleInteger } from "credence/numeric";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnBytePairs } from "./bytePairs.js";
import { createTokeniser, learnTokeniser, type Sequence, type TokenOptions } from "./tokeniser.js";

const place = { function: "test", argument: "items", index: 0 };
const learn = (texts: readonly Sequence[], options: TokenOptions = {}) =>
  learnTokeniser("test", texts, options);
const read = (tokeniser: ReturnType<typeof learn>, text: Sequence) =>
  Array.from(tokeniser.encode(text, place), tokeniser.symbol);

describe("characters", () => {
  it("are code points, and entries of lists", () => {
    const tokeniser = learn(["a𝄞é", ["TH", "a"]]);
    expect(tokeniser.json.symbols).toEqual(["TH", "a", "é", "𝄞"]);
    expect(read(tokeniser, "é𝄞a")).toEqual(["é", "𝄞", "a"]);
    expect(read(tokeniser, ["TH", "é"])).toEqual(["TH", "é"]);
  });

  it("refuses what it has not seen, or reads it as unknown", () => {
    expect(() => learn(["ab"]).encode("abc", { ...place, index: 7 })).toThrowError(
      expect.objectContaining({ code: "unknown-token", place: { ...place, index: 7, value: "c" } }),
    );
    // b occurs once, so it teaches what unknown tokens are like.
    const tokeniser = learn(["aab"], { unknown: true });
    expect(tokeniser.json.symbols).toEqual(["a", "<unknown>"]);
    expect(read(tokeniser, "abz")).toEqual(["a", "<unknown>", "<unknown>"]);
  });

  it("can be given", () => {
    expect(read(learn([], { tokens: ["x", "yy"] }), ["yy", "x"])).toEqual(["yy", "x"]);
    expect(() => learn([], { tokens: ["x", "x"] })).toThrowError(
      expect.objectContaining({ code: "unknown-option", place: expect.objectContaining({ index: 1 }) }),
    );
  });

  it("refuses nothing at all", () => {
    for (const tokens of ["characters", "bpe"] as const)
      expect(() => learn([""], { tokens })).toThrowError(expect.objectContaining({ code: "empty-input" }));
  });
});

describe("byte-pair encoding", () => {
  const bpe = { tokens: "bpe", vocabularySize: 20 } as const;

  it("merges the commonest neighbours first, not across words", () => {
    const tokeniser = learn(["low lower lowest", "low"], bpe);
    // "lo" and "low" occur four times, " low" and " lowe" twice; all others once.
    expect(tokeniser.json.symbols.slice(-4)).toEqual(["lo", "low", " low", " lowe"]);
    expect(read(tokeniser, "low lower")).toEqual(["low", " lowe", "r"]);
    expect(read(tokeniser, "slow")).toEqual(["s", "low"]);
  });

  it("agrees with counting all pairs anew for each merge, in whatever order the texts come", () => {
    const random = createRandom(5);
    for (let trial = 0; trial < 40; trial++) {
      const texts = Array.from({ length: 8 }, () =>
        Array.from({ length: sampleInteger(random, 12) }, () => "ab c"[sampleInteger(random, 4)]).join(""),
      );
      const singles = [" ", "a", "b", "c"];
      const slow = learnSlowly(texts, singles, 10);
      expect(learnBytePairs(texts, singles, 10)).toEqual(slow);
      expect(learnBytePairs(texts.toReversed(), singles, 10)).toEqual(slow);
    }
  });

  it("gives every text back, also after JSON", () => {
    const letters = fc.constantFrom("a", "b", "c", " ", "é", "𝄞", "\n");
    const text = fc.array(letters, { maxLength: 30 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), text, (texts, other) => {
        const all = [...texts, "abc é𝄞\n"];
        const tokeniser = learn(all, { tokens: "bpe", vocabularySize: 30 });
        const again = createTokeniser(JSON.parse(JSON.stringify(tokeniser.json)));
        expect(again.size).toBe(tokeniser.size);
        for (const sequence of [...texts, other]) {
          expect(read(tokeniser, sequence).join("")).toBe(sequence);
          expect(again.encode(sequence, place)).toEqual(tokeniser.encode(sequence, place));
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("keeps unknown characters apart", () => {
    const tokeniser = learn(["abab", "abz"], { ...bpe, unknown: true });
    expect(read(tokeniser, "abzab")).toEqual(["ab", "<unknown>", "ab"]);
  });

  it("refuses lists", () =>
    expect(() => learn([["a"]], bpe)).toThrowError(expect.objectContaining({ code: "unknown-option" })));
});

/** Byte-pair encoding by its definition. */
function learnSlowly(texts: readonly string[], singles: readonly string[], room: number) {
  const symbols = [...singles];
  const merges: [number, number][] = [];
  let words = texts.flatMap((text) =>
    text.split(/(?= )/u).map((word) => Array.from(word, (c) => singles.indexOf(c) + 1)),
  );
  while (symbols.length < singles.length + room) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let i = 1; i < word.length; i++) {
        const pair = `${word[i - 1]},${word[i]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    const ranked = [...counts]
      .map(([pair, n]) => ({ pair: pair.split(",").map(Number) as [number, number], n }))
      .sort((x, y) => y.n - x.n || x.pair[0] - y.pair[0] || x.pair[1] - y.pair[1]);
    if (!ranked[0] || ranked[0].n < 2) break;
    const [a, b] = ranked[0].pair;
    const merged = symbols[a - 1] + symbols[b - 1];
    if (!symbols.includes(merged)) symbols.push(merged);
    merges.push([a, b]);
    const number = symbols.indexOf(merged) + 1;
    words = words.map((word) => {
      const result: number[] = [];
      for (const token of word) {
        if (token === b && result.at(-1) === a) result.splice(-1, 1, number);
        else result.push(token);
      }
      return result;
    });
  }
  return { symbols, merges };
}
