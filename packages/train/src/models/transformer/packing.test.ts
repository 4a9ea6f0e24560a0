import { createRandom, sampleInteger } from "credence/numeric";
import { expect, it } from "vitest";
import { type Line, lineOf, packRows, spansOf } from "./packing.js";

const NONE = 9;
const random = createRandom(3);
const tokens = (most: number) =>
  Int32Array.from({ length: sampleInteger(random, most + 1) }, () => 1 + sampleInteger(random, 8));
/** Each token that is read, by the number of its line and its place there. */
const key = (line: number, j: number) => `${line}:${j}`;

it.each([
  ["sequences", 0, 30],
  ["pairs", 6, 5],
])("lets each token see just what it may, and predicts each once: %s", (_, source, target) => {
  for (const options of [{}, { seed: 4 }, { together: false }]) {
    const context = 12;
    const lines: Line[] = Array.from({ length: 25 }, () => lineOf(tokens(source), tokens(target)));
    const spans = lines.flatMap((line, i) => spansOf(line.tokens.length, context, i, line.source));
    const rows = packRows(lines, spans, context, NONE, options);
    const at = new Map<number, { line: number; span: number; j: number }>();
    spans.forEach(({ line, from, to }, span) => {
      for (let j = from; j < to; j++) {
        const k = rows.at[span].row * context + rows.at[span].place + j - from;
        expect(at.has(k)).toBe(false);
        at.set(k, { line, span, j });
      }
    });
    const predicted = new Map<string, number>();
    for (let k = 0; k < rows.rows * context; k++) {
      const own = at.get(k);
      const row = Math.floor(k / context);
      if (!own) {
        expect([rows.next[k], rows.from[k], rows.until[k]]).toEqual([NONE, k % context, k % context]);
        continue;
      }
      const { tokens: read, source: given } = lines[own.line];
      expect(rows.tokens[k]).toBe(read[own.j]);
      expect(rows.positions[k]).toBe(own.j - spans[own.span].from);
      // Seen: all earlier tokens of the same span, and within a source the later ones too.
      for (let other = row * context; other < (row + 1) * context; other++) {
        const that = at.get(other);
        const may = that?.span === own.span && (that.j <= own.j || (that.j < given && own.j <= given));
        const sees = rows.from[other] <= k % context && k % context <= rows.until[other];
        if (sees !== may) expect([k, other, sees]).toEqual([k, other, may]);
      }
      if (rows.next[k] === NONE) continue;
      expect(predicted.has(key(own.line, own.j))).toBe(false);
      predicted.set(key(own.line, own.j), rows.next[k]);
    }
    lines.forEach(({ tokens: read, source: given }, line) => {
      for (let j = 0; j < read.length; j++)
        expect(predicted.get(key(line, j))).toBe(j < given ? undefined : (read[j + 1] ?? 0));
    });
  }
});

it("gives every prediction at least half the context where it slides", () => {
  for (const length of [3, 8, 9, 30, 31]) {
    for (const { from, to, counted } of spansOf(length, 8, 0)) {
      expect(to - from).toBeLessThanOrEqual(8);
      if (from > 0) expect(counted - from + 1).toBeGreaterThan(4);
    }
  }
});

it("fills rows", () => {
  const lines = Array.from({ length: 300 }, () => lineOf(new Int32Array(), tokens(10)));
  const spans = lines.flatMap((line, i) => spansOf(line.tokens.length, 16, i));
  const rows = packRows(lines, spans, 16, NONE, { seed: 1 });
  const used = lines.reduce((sum, line) => sum + line.tokens.length, 0);
  expect(rows.rows).toBeLessThanOrEqual(Math.ceil(used / 16) + 2);
});
