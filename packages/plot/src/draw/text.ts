// Advance widths of ASCII 32 … 126 in Inter, in hundredths of an em.
const advances = [
  28, 29, 47, 63, 64, 98, 64, 30, 36, 36, 50, 66, 29, 46, 29, 36, 63, 41, 61, 62, 65, 59, 62, 57, 62, 62, 29,
  30, 66, 66, 66, 51, 97, 69, 65, 73, 72, 60, 59, 75, 74, 27, 57, 67, 57, 90, 75, 76, 64, 76, 64, 64, 65, 74,
  69, 99, 68, 68, 63, 36, 36, 36, 47, 46, 32, 56, 61, 57, 61, 58, 37, 61, 59, 24, 24, 55, 24, 88, 59, 60, 61,
  61, 38, 53, 33, 59, 56, 82, 55, 56, 55, 43, 33, 43, 66,
];
// The widest system fonts (Verdana, DejaVu Sans) need about a tenth more.
const reserve = 1.1;
const semiboldFactor = 1.06;

/** The width that a line of text needs in pixels, without asking a browser: the same on the server and in the page. */
export function textWidth(text: string, fontSize: number, semibold = false): number {
  let hundredths = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    hundredths += code < 127 ? (advances[code - 32] ?? 0) : code === 0xa0 ? 28 : code < 0x1100 ? 70 : 105;
  }
  return (hundredths / 100) * fontSize * reserve * (semibold ? semiboldFactor : 1);
}

/** Text as it may stand in an SVG: one line, no control characters. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f\ufffe\uffff\p{Surrogate}]+/gu, " ");
}

/** The text cut to `width` pixels, with an ellipsis where something is missing. */
export function truncateText(text: string, width: number, fontSize: number): string {
  const clean = cleanText(text);
  if (textWidth(clean, fontSize) <= width) return clean;
  const characters = Array.from(clean);
  let used = textWidth("…", fontSize);
  let kept = 0;
  while (kept < characters.length && used + textWidth(characters[kept], fontSize) <= width)
    used += textWidth(characters[kept++], fontSize);
  return `${characters.slice(0, kept).join("").trimEnd()}…`;
}

/** The text broken at spaces into lines of at most `width` pixels; a word longer than that is cut. */
export function wrapText(text: string, width: number, fontSize: number, semibold = false): string[] {
  const lines: string[] = [];
  let line = "";
  // A percent sign stays with its number, thousands with their thousands.
  const joined = cleanText(text).replace(/(\d) (?=%|\d{3}(?!\d))/g, "$1\u00a0");
  for (const word of joined.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && textWidth(longer, fontSize, semibold) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line) lines.push(line);
  return lines.map((each) => truncateText(each, semibold ? width / semiboldFactor : width, fontSize));
}
