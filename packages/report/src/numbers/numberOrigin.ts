import type { FileFormat } from "../reading/files.js";

/** Where numbers came from, and how they were read. */
export interface NumberOrigin {
  readonly files: readonly string[];
  readonly format: FileFormat | "memory";
  /** The column, or expression, of each role; null where there is none. */
  readonly columns: Readonly<Record<string, string | null>>;
  readonly by: readonly string[];
  /** The row filter, as given. */
  readonly where: string | null;
  /** What was guessed, in sentences. */
  readonly guesses: readonly string[];
}
