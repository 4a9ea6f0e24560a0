import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** The rows of a gzipped JSON Lines file. For larger files than these use `credence report`, which never makes objects. */
export function readJsonLines<Row>(path: string): Row[] {
  return gunzipSync(readFileSync(path))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}
