import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gallery } from "../gallery.test-support.js";
import { renderPng } from "./index.js";

/** The pixels of an 8-bit RGBA PNG without interlacing (PNG specification, sections 5, 9 and 11). */
function decode(png: Uint8Array): { width: number; height: number; pixels: Uint8Array } {
  const bytes = Buffer.from(png);
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  expect([...bytes.subarray(24, 29)]).toEqual([8, 6, 0, 0, 0]);
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * 4;
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const a = x >= 4 ? pixels[y * stride + x - 4] : 0;
      const b = y > 0 ? pixels[(y - 1) * stride + x] : 0;
      const c = x >= 4 && y > 0 ? pixels[(y - 1) * stride + x - 4] : 0;
      const [da, db, dc] = [b - c, a - c, a + b - 2 * c].map(Math.abs);
      const paeth = da <= db && da <= dc ? a : db <= dc ? b : c;
      const predicted = [0, a, b, (a + b) >> 1, paeth][filter];
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return { width, height, pixels };
}

/** How many pixels of a horizontal stripe are not of the background's colour. */
function marked({ width, pixels }: ReturnType<typeof decode>, from: number, to: number): number {
  let count = 0;
  for (let i = from * width; i < to * width; i++)
    if (Math.abs(pixels[4 * i] - pixels[0]) + Math.abs(pixels[4 * i + 1] - pixels[1]) > 40) count++;
  return count;
}

describe("renderPng", () => {
  const spec = gallery["reliability-diagram"];

  it("has the width asked for, with padding, times the scale", () => {
    expect(decode(renderPng(spec, { width: 400 })).width).toBe((400 + 32) * 2);
    expect(decode(renderPng(spec, { width: 400, scale: 1, padding: 0 })).width).toBe(400);
  });

  it("draws text without the system's fonts: the title's stripe is inked, the padding is not", () => {
    const image = decode(renderPng(spec, { width: 400, scale: 1 }));
    expect(marked(image, 0, 15)).toBe(0);
    expect(marked(image, 16, 34)).toBeGreaterThan(300);
    expect(marked(image, 0, image.height)).toBeGreaterThan(5000);
  });

  it("is light or dark to the corner", () => {
    expect([...decode(renderPng(spec, { width: 240 })).pixels.subarray(0, 4)]).toEqual([254, 254, 254, 255]);
    expect([...decode(renderPng(spec, { width: 240, theme: "dark" })).pixels.subarray(0, 4)]).toEqual([
      20, 23, 28, 255,
    ]);
  });

  it("draws the same bytes again", () => {
    expect(Buffer.compare(Buffer.from(renderPng(spec)), Buffer.from(renderPng(spec)))).toBe(0);
  });
});
