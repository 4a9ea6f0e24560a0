import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gallery } from "./gallery.test-support.js";
import { renderSvg } from "./svg/index.js";

const folder = join(import.meta.dirname, "../gallery");
const update = process.env.UPDATE_GOLDEN === "1";

describe("gallery", () => {
  for (const [name, spec] of Object.entries(gallery))
    it(`${name} is drawn as it was (UPDATE_GOLDEN=1 accepts a change)`, () => {
      const file = join(folder, `${name}.svg`);
      const drawn = `${renderSvg(spec)}\n`;
      if (update) writeFileSync(file, drawn);
      expect(drawn).toBe(readFileSync(file, "utf8"));
    });

  it("holds no file that no chart draws", () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(gallery)
        .map((name) => `${name}.svg`)
        .sort(),
    );
  });

  it("is drawn the same a second time in the same process", () => {
    for (const spec of Object.values(gallery)) expect(renderSvg(spec)).toBe(renderSvg(spec));
  });

  for (const width of [240, 360, 720, 1200])
    it(`has only finite coordinates at ${width} pixels, and words for whoever cannot see it`, () => {
      for (const spec of Object.values(gallery)) {
        const svg = renderSvg(spec, { width });
        expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
        expect(svg).toMatch(/^<svg[^>]* role="img"/);
        expect(svg).toMatch(/<title id="[\w-]+">[^<]+<\/title><desc id="[\w-]+">[^<]*\d[^<]*\.<\/desc>/);
      }
    });
});
