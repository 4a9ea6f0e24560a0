/** Where a command reads its terminal and writes its words; tests hand in their own. */
export interface Console {
  out(text: string): void;
  err(text: string): void;
  /** Standard output is a terminal: colours and width make sense. */
  readonly outIsTerminal: boolean;
  /** Standard error is a terminal: progress makes sense. */
  readonly errIsTerminal: boolean;
  readonly columns: number;
  readonly noColour: boolean;
}

/** The process's own. */
export const processConsole: Console = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  columns: process.stdout.columns ?? 80,
  noColour: (process.env.NO_COLOR ?? "") !== "",
};
