import type { TextReader } from "@credence/report";

/** Makes features of texts. */
export interface Embedder {
  /** As the report names it. */
  readonly name: string;
  readonly read: TextReader;
  close(): Promise<void>;
}
