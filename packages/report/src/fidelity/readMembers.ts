import { basename } from "node:path";
import type { FeatureOptions, FeatureSet } from "./features.js";
import { matchingFiles } from "./matchingFiles.js";
import { readFeatures } from "./readFeatures.js";

/**
 * Reads the samples of models that were trained alike: every file that a name or pattern matches, and every folder of
 * images, is one model.
 * @throws InputError "no-such-file" where nothing matches, and as `readFeatures`.
 */
export async function readMembers(
  patterns: readonly string[],
  options: FeatureOptions = {},
): Promise<FeatureSet[]> {
  const files = await matchingFiles(patterns);
  const sets: FeatureSet[] = [];
  for (const [i, file] of files.entries()) {
    options.onProgress?.(i, files.length);
    sets.push(await readFeatures(file, { ...options, onProgress: undefined }));
  }
  return renamed(sets, files);
}

/** Gives sets of equal names the parts of their paths that tell them apart: runs/1/samples.npy becomes 1. */
export function renamed(sets: readonly FeatureSet[], files: readonly string[]): FeatureSet[] {
  const short = files.map((file) => basename(file.replace(/[\\/]+$/, "")));
  if (new Set(short).size === short.length) return sets.map((set, i) => ({ ...set, name: short[i] }));
  const parts = files.map((file) => file.split(/[\\/]+/));
  const shortest = Math.min(...parts.map(({ length }) => length));
  const same = (at: (path: readonly string[]) => string) => parts.every((path) => at(path) === at(parts[0]));
  let start = 0;
  while (start < shortest - 1 && same((path) => path[start])) start++;
  let end = 0;
  while (end < shortest - start - 1 && same((path) => path[path.length - 1 - end])) end++;
  return sets.map((set, i) => ({ ...set, name: parts[i].slice(start, parts[i].length - end).join("/") }));
}
