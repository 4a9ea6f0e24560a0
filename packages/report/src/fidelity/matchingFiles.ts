import { existsSync } from "node:fs";
import { openDatabase } from "../reading/database.js";
import { expandFiles } from "../reading/files.js";

/** The files and folders of these names, and what patterns among them match. */
export async function matchingFiles(patterns: readonly string[]): Promise<string[]> {
  if (patterns.every((pattern) => existsSync(pattern))) return [...patterns];
  const files: string[] = [];
  const database = await openDatabase({ threads: 1 });
  try {
    for (const pattern of patterns)
      files.push(...(existsSync(pattern) ? [pattern] : await expandFiles(database, [pattern])));
  } finally {
    database.close();
  }
  return files;
}
