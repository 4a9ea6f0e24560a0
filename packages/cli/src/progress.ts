import type { Console } from "./console.js";

/** Shows how far long work has come, on one line of a terminal; silent elsewhere. */
export interface ProgressLine {
  show(text: string, share: number): void;
  clear(): void;
}

const WAIT = 400; // milliseconds: quick work stays quiet
const BETWEEN = 100;

/** A progress line on standard error. */
export function createProgress({ errIsTerminal, err }: Console, quiet: boolean): ProgressLine {
  if (!errIsTerminal || quiet) return { show: () => {}, clear: () => {} };
  const begun = performance.now();
  let shown = 0;
  return {
    show(text, share) {
      const now = performance.now();
      if (now - begun < WAIT || now - shown < BETWEEN) return;
      shown = now;
      const width = 24;
      const full = Math.round(Math.min(Math.max(share, 0), 1) * width);
      err(`\r\u001b[2K${"█".repeat(full)}${"░".repeat(width - full)} ${text}`);
    },
    clear() {
      if (shown > 0) err("\r\u001b[2K");
    },
  };
}
