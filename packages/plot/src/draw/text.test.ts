import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText, textWidth, truncateText, wrapText } from "./text.js";

describe("text", () => {
  it("is as wide as its letters", () => {
    expect(textWidth("0", 100)).toBeCloseTo(1.1 * 63);
    expect(textWidth("iW", 10)).toBeCloseTo(1.1 * (2.4 + 9.9));
    expect(textWidth("W", 10, true)).toBeGreaterThan(textWidth("W", 10));
  });

  it("loses control characters and lone surrogates, not emoji", () => {
    expect(cleanText("a\u0000\nb\ud800c 😀")).toBe("a b c 😀");
  });

  it("keeps what fits and cuts what does not, with an ellipsis", () => {
    expect(truncateText("short", 200, 12)).toBe("short");
    expect(truncateText("a very long name of a slice", 88, 12)).toBe("a very long…");
  });

  it("never grows beyond the width asked for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 12, max: 400 }), (text, width) => {
        expect(textWidth(truncateText(text, width, 12), 12)).toBeLessThanOrEqual(
          Math.max(width, textWidth("…", 12)),
        );
        for (const line of wrapText(text, width, 12))
          expect(textWidth(line, 12)).toBeLessThanOrEqual(Math.max(width, textWidth("…", 12)));
      }),
    );
  });

  it("wraps at spaces, but keeps numbers whole", () => {
    expect(wrapText("the risk stays below 5 %", 120, 12)).toEqual(["the risk stays", "below 5\u00a0%"]);
    expect(wrapText("of 4 164 rows", 66, 12)).toEqual(["of 4\u00a0164", "rows"]);
    expect(wrapText("", 60, 12)).toEqual([]);
  });
});
