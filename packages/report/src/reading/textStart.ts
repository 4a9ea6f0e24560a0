import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "./inputError.js";

/** The bytes of a file, unpacked where it ends in .gz. */
export function openText(file: string): Readable {
  const raw = createReadStream(file);
  if (!/\.gz$/i.test(file)) return raw;
  const unpacked = createGunzip();
  raw.on("error", (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

/** Reads a packed file to its end: a cut-off one would otherwise pass for a shorter one. */
export async function checkPacked(file: string): Promise<void> {
  if (!/\.gz$/i.test(file)) return;
  try {
    for await (const _ of openText(file));
  } catch (error) {
    throw new InputError(
      "broken-file",
      `cannot be unpacked (${(error as Error).message}); it may be cut off. Download or make it again.`,
      { file },
    );
  }
}
