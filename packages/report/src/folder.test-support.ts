import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openDatabase, quoteText } from "./reading/database.js";

/** A temporary folder for the tests of one file; removed after them. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "credence-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    /** Writes a file and returns its path. */
    write(name: string, content: string | Uint8Array): string {
      writeFileSync(path(name), content);
      return path(name);
    },
    /** Writes the rows of a query as Parquet. */
    async parquet(name: string, sql: string): Promise<string> {
      const database = await openDatabase({ threads: 1 });
      try {
        await database.connection.run(`copy (${sql}) to ${quoteText(path(name))} (format parquet)`);
      } finally {
        database.close();
      }
      return path(name);
    },
  };
}
