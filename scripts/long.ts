/**
 * npm run test:long [-- [--record] [FILTER…]]: the simulations at full size; --record writes docs/long-tests.md. With filters
 * the rows of other files stay as they were recorded.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

interface Run {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly duration?: number;
    }[];
  }[];
}

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/long-tests.md");
const folder = mkdtempSync(join(tmpdir(), "credence-long-"));
const output = join(folder, "long.json");
// A second -- would make Vitest take no filter at all.
const filters = process.argv.slice(2).filter((arg) => arg !== "--record" && arg !== "--");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    "run",
    "--project",
    "long",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${output}`,
    ...filters,
  ],
  { stdio: "inherit", cwd: root },
);
try {
  if (process.argv.includes("--record"))
    writeFileSync(page, record(JSON.parse(readFileSync(output, "utf8")) as Run));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status ?? 1);

function record({ testResults }: Run): string {
  const today = new Date().toISOString().slice(0, 10);
  const run = testResults.map(({ name, assertionResults }) => ({
    file: relative(root, name),
    assertionResults,
  }));
  const fresh = run.flatMap(({ file, assertionResults }) =>
    assertionResults.map(
      (test) =>
        `| ${file} | ${test.fullName.replaceAll("|", "\\|")} | ${test.status} | ${((test.duration ?? 0) / 1000).toFixed(1)} | ${today} |`,
    ),
  );
  const others =
    filters.length > 0
      ? readFileSync(page, "utf8")
          .split("\n")
          .filter((line) => line.startsWith("| packages/"))
          .filter((line) => !run.some(({ file }) => line.startsWith(`| ${file} |`)))
      : [];
  const fileOf = (line: string) => line.split(" | ", 1)[0];
  const rows = [...others, ...fresh].sort((a, b) => fileOf(a).localeCompare(fileOf(b)));
  const count = (status: string) => rows.filter((line) => line.includes(` | ${status} | `)).length;
  return [
    "# Long tests",
    "",
    `Made by \`npm run test:long -- --record\`, as last run: ${count("passed")} passed, ${count("failed")} failed.`,
    "",
    "| file | test | result | s | on |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
