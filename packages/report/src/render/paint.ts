/** Colours of a terminal, by what they mean. */
export interface Paint {
  strong(text: string): string;
  muted(text: string): string;
  good(text: string): string;
  caution(text: string): string;
  bad(text: string): string;
}

const code = (start: number, end: number) => (text: string) => `\u001b[${start}m${text}\u001b[${end}m`;
const plain = (text: string): string => text;

/** Paint for a terminal, or none where output is no terminal or NO_COLOR is set. */
export function createPaint(colour: boolean): Paint {
  return colour
    ? {
        strong: code(1, 22),
        muted: code(2, 22),
        good: code(32, 39),
        caution: code(33, 39),
        bad: code(31, 39),
      }
    : { strong: plain, muted: plain, good: plain, caution: plain, bad: plain };
}
