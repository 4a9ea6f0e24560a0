/** What the command says to whoever called it. */
export const EXIT = {
  ok: 0,
  /** A gate of --fail-if holds. */
  gateFailed: 1,
  /** Bad usage or bad input; the message says what to repair. */
  userError: 2,
  /** Stopped by Ctrl-C, as shells have it. */
  interrupted: 130,
  /** A fault of the program itself. */
  internal: 70,
} as const;
