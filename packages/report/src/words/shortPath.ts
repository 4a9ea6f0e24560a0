import { relative } from "node:path";

/** Relative where the file lies below the working folder: the page may travel. */
export function shortPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}
