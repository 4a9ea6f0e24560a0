/** npm run test:long [-- --record] [-- FILTER…]: the simulations at full size; --record writes docs/long-tests.md. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

interface Run {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
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
const folder = mkdtempSync(join(tmpdir(), "credence-long-"));
const output = join(folder, "long.json");
const filters = process.argv.slice(2).filter((arg) => arg !== "--record");
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
    writeFileSync(join(root, "docs/long-tests.md"), record(JSON.parse(readFileSync(output, "utf8")) as Run));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status ?? 1);

function record({ numPassedTests, numFailedTests, testResults }: Run): string {
  const rows = testResults
    .map(({ name, assertionResults }) => ({ file: relative(root, name), assertionResults }))
    .sort((a, b) => a.file.localeCompare(b.file))
    .flatMap(({ file, assertionResults }) =>
      assertionResults.map(
        (test) =>
          `| ${file} | ${test.fullName.replaceAll("|", "\\|")} | ${test.status} | ${((test.duration ?? 0) / 1000).toFixed(1)} |`,
      ),
    );
  return [
    "# Long tests",
    "",
    `Made by \`npm run test:long -- --record\` on ${new Date().toISOString().slice(0, 10)}: ${numPassedTests} passed, ${numFailedTests} failed.`,
    "",
    "| file | test | result | s |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
