import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Refuses to overwrite before any work is done.
 * @throws InputError "already-exists".
 */
export async function checkWritable(files: readonly string[], force: boolean): Promise<void> {
  const { InputError } = await import("@credence/report");
  const seen = new Set<string>();
  for (const file of files) {
    if (seen.has(file)) throw new InputError("invalid-option", "is named for two outputs.", { file });
    seen.add(file);
    if (!existsSync(file)) continue;
    if (statSync(file).isDirectory())
      throw new InputError("not-writable", "is a folder; name a file in it.", { file });
    if (!force) throw new InputError("already-exists", "exists already; --force overwrites it.", { file });
  }
}

/** Makes the folder of a file where needed. */
export function prepareOutput(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
}

/** Writes a file, making its folder where needed. */
export function writeOutput(file: string, text: string): void {
  prepareOutput(file);
  writeFileSync(file, text);
}
