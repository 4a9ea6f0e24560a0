import type { Console } from "./console.js";
import { EXIT } from "./exitCode.js";

/** Codes of Node's file errors that are the user's to repair. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "no such file or folder",
  EISDIR: "is a folder",
  ENOTDIR: "a part of the path is no folder",
  ENOSPC: "no space left on the disk",
  EADDRINUSE: "the port is taken; choose another",
};

/** Tells the user what went wrong, without a stack trace unless asked for one, and returns the exit code. */
export function reportFailure(error: unknown, console: Console, debug: boolean): number {
  if (!(error instanceof Error)) {
    console.err(`credence: ${String(error)}\n`);
    return EXIT.internal;
  }
  const { code, path } = error as NodeJS.ErrnoException;
  const file = code !== undefined && Object.hasOwn(FILE_ERRORS, code) ? FILE_ERRORS[code] : null;
  const expected = error.name === "InputError" || error.name === "CredenceError" || file !== null;
  const message = file ? `${path ? `${path}: ` : ""}${file}.` : error.message;
  console.err(`credence: ${message}\n`);
  if (debug) console.err(`${error.stack}\n`);
  else if (!expected)
    console.err("This is a fault of credence itself; --debug shows where. Please report it.\n");
  return expected ? EXIT.userError : EXIT.internal;
}
