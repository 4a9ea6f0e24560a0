/**
 * `npm start`: the main job on real data. Reads the words that an OCR model read from degraded pages, asks how far its
 * confidences can be trusted, prints the answer, and serves the full report. `-- --once` writes the files and exits.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const out = join(root, "report");
mkdirSync(out, { recursive: true });

const files = ["html", "json", "md"].flatMap((kind) => [`--${kind}`, join(out, `report.${kind}`)]);
const once = process.argv.includes("--once");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "packages/cli/bin/credence.js"),
    ...["report", join(root, "examples/ocr/data/ocr.jsonl.gz")],
    ...["--confidence", "confidence", "--outcome", "correct", "--group", "page", "--by", "degradation"],
    ...["--risk", "0.05", "--delta", "0.05", "--force"],
    ...files,
    ...(once ? [] : ["--serve"]),
  ],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
