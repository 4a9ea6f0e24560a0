import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyse, readRecords } from "@credence/report";
import { renderHtml } from "@credence/report/html";
import type { Row, Suite } from "./bench.js";

const make = (file: string) => `
import { DuckDBInstance } from "@duckdb/node-api";
const connection = await (await DuckDBInstance.create()).connect();
await connection.run("SELECT setseed(0.5)");
await connection.run(\`COPY (
  SELECT p AS confidence, random() < power(p, 1.2) AS correct, (i // 20)::INTEGER AS user_id, 'condition ' || (i % 12) AS condition
  FROM (SELECT i, random() AS p FROM range(10000000) t(i))
) TO '${file}' (FORMAT parquet)\`);`;

async function* rows(): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), "credence-bench-"));
  const file = join(folder, "ten-million.parquet");
  try {
    // In a process of its own, so that making the file does not count as our memory.
    execFileSync(process.execPath, ["--input-type=module", "-e", make(file)], {
      cwd: join(import.meta.dirname, "../packages/report"),
    });
    yield {
      work: "report of 10 M rows (Parquet) in 500 k groups, 12 slices, to HTML",
      bar: "< 20 s, < 2 GB",
      ours: async () => {
        const records = await readRecords([file], {
          confidence: "confidence",
          outcome: "correct",
          group: "user_id",
          by: ["condition"],
        });
        return renderHtml(analyse(records));
      },
      repetitions: 1,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const suite: Suite = { name: "report", rows };
