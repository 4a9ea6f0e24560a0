import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import type { Random } from "./random.ts";

/** A rectangle in pixels; x1 and y1 lie just outside. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A word and its place on the page. */
export interface PlacedWord {
  readonly text: string;
  readonly box: Box;
}

/** A grey image, row by row, 0 (black) to 255 (white), not rounded. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export interface Page {
  readonly image: Grey;
  readonly words: readonly PlacedWord[];
}

/** Fonts come from packages, not from the machine, so that a page looks the same everywhere. */
const fontFiles: Readonly<Record<string, string>> = {
  "Noto Sans": "@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2",
  Roboto: "@fontsource/roboto/files/roboto-latin-400-normal.woff2",
  "Source Serif 4": "@fontsource/source-serif-4/files/source-serif-4-latin-400-normal.woff2",
  "EB Garamond": "@fontsource/eb-garamond/files/eb-garamond-latin-400-normal.woff2",
  "Libre Baskerville": "@fontsource/libre-baskerville/files/libre-baskerville-latin-400-normal.woff2",
  "Courier Prime": "@fontsource/courier-prime/files/courier-prime-latin-400-normal.woff2",
};

export const fonts: readonly string[] = Object.keys(fontFiles);

/** Registered under a name of their own: a font of the same name on the machine must not step in. */
const registeredName = (font: string): string => `page ${font}`;

export function registerFonts(): void {
  const require = createRequire(import.meta.url);
  for (const [font, file] of Object.entries(fontFiles)) {
    if (!GlobalFonts.register(readFileSync(require.resolve(file)), registeredName(font)))
      throw new Error(`The font ${font} could not be loaded from ${file}.`);
  }
}

/**
 * Sets words in one ragged-right column, black on white, the whole turned by `degrees` about its
 * middle. Line width and leading vary from page to page.
 */
export function renderPage(
  words: readonly string[],
  font: string,
  px: number,
  degrees: number,
  random: Random,
): Page {
  const margin = 48;
  const column = random.integer(560, 800);
  const leading = Math.round(px * (1.3 + 0.3 * random.uniform()));
  const face = `${px}px "${registeredName(font)}"`;

  const ruler = createCanvas(8, 8).getContext("2d");
  ruler.font = face;
  const space = ruler.measureText(" ").width;
  const placed: { text: string; x: number; line: number; width: number }[] = [];
  let x = 0;
  let line = 0;
  for (const text of words) {
    const { width } = ruler.measureText(text);
    if (x > 0 && x + width > column) {
      x = 0;
      line++;
    }
    placed.push({ text, x: margin + x, line, width });
    x += width + space;
  }

  const width = column + 2 * margin;
  const height = (line + 1) * leading + 2 * margin;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#000";
  context.font = face;
  const angle = (degrees * Math.PI) / 180;
  context.translate(width / 2, height / 2);
  context.rotate(angle);
  context.translate(-width / 2, -height / 2);

  const turn = (x: number, y: number): readonly [number, number] => {
    const dx = x - width / 2;
    const dy = y - height / 2;
    return [
      width / 2 + dx * Math.cos(angle) - dy * Math.sin(angle),
      height / 2 + dx * Math.sin(angle) + dy * Math.cos(angle),
    ];
  };
  const truth: PlacedWord[] = placed.map((word) => {
    const baseline = margin + word.line * leading + px;
    context.fillText(word.text, word.x, baseline);
    // The height of a line of text rather than of the ink: a full stop must be as tall as its line.
    const top = baseline - 0.8 * px;
    const bottom = baseline + 0.25 * px;
    const right = word.x + word.width;
    const corners = [turn(word.x, top), turn(right, top), turn(word.x, bottom), turn(right, bottom)];
    const xs = corners.map((corner) => corner[0]);
    const ys = corners.map((corner) => corner[1]);
    return {
      text: word.text,
      box: { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) },
    };
  });

  const rgba = context.getImageData(0, 0, width, height).data;
  // Text is grey on white, so any one colour channel is the brightness.
  const data = Float32Array.from({ length: width * height }, (_, i) => rgba[4 * i] ?? 255);
  return { image: { width, height, data }, words: truth };
}
