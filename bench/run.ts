/**
 * npm run bench [-- SUITE…] [--record]: runs the suites, each row in a process of its own, prints the table, and with
 * --record writes it to docs/benchmarks/<suite>.md.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, measure, type Result, type Row, type Suite } from "./bench.js";

const here = import.meta.dirname;
const [, , ...args] = process.argv;

if (args[0] === "--row") await runRow(args[1], Number(args[2]));
else
  await runSuites(
    args.filter((arg) => !arg.startsWith("--")),
    args.includes("--record"),
  );

async function load(name: string): Promise<Suite> {
  return ((await import(`./${name}.suite.js`)) as { suite: Suite }).suite;
}

/** In the child: one row, as JSON; the index past the last row answers null. */
async function runRow(name: string, wanted: number): Promise<void> {
  const suite = await load(name);
  let i = 0;
  for await (const row of suite.rows() as AsyncIterable<Row>)
    if (i++ === wanted) return console.log(JSON.stringify(await measure(suite, row)));
  console.log("null");
}

async function runSuites(wanted: string[], record: boolean): Promise<void> {
  const script = join(await compiled(), "run.js");
  const known = readdirSync(here).flatMap((file) => /^(.+)\.suite\.ts$/.exec(file)?.[1] ?? []);
  for (const name of wanted.length ? wanted : known) {
    const table = [
      `# Benchmarks: ${name}`,
      "",
      `Made by \`npm run bench -- ${name} --record\` on ${new Date().toISOString().slice(0, 10)}. CPU seconds, one thread, median; every row in a process of its own.`,
      "",
      ...environment().map((line) => `- ${line}`),
      "",
      "| work | ours, s | bar | peers, s (ours ÷ peer) | peak MB |",
      "|---|---|---|---|---|",
    ];
    console.log(table.join("\n"));
    for (let i = 0; ; i++) {
      const printed = execFileSync(process.execPath, ["--expose-gc", script, "--row", name, String(i)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
        maxBuffer: 1e9,
      });
      const result = JSON.parse(printed.trim().split("\n").at(-1) ?? "null") as Result | null;
      if (!result) break;
      table.push(line(result));
      console.log(table.at(-1));
    }
    if (!record) continue;
    mkdirSync(join(here, "../docs/benchmarks"), { recursive: true });
    writeFileSync(join(here, `../docs/benchmarks/${name}.md`), `${table.join("\n")}\n`);
  }
}

/** The suites as plain JavaScript in a folder of their own: a compiler at run time would be a part of each row's memory. */
async function compiled(): Promise<string> {
  const { default: ts } = await import("typescript");
  const folder = join(here, "../.bench");
  mkdirSync(folder, { recursive: true });
  cpSync(join(here, "peers"), join(folder, "peers"), { recursive: true });
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  for (const file of readdirSync(here).filter((name) => name.endsWith(".ts"))) {
    const source = readFileSync(join(here, file), "utf8");
    const { outputText } = ts.transpileModule(source, { compilerOptions });
    writeFileSync(join(folder, file.replace(/ts$/, "js")), outputText);
  }
  return folder;
}

function line({ work, bar, ours, peers, peakMegabytes }: Result): string {
  const shown = peers.map(({ name, seconds, note }) =>
    seconds === null ? `${name}: ${note}` : `${name} ${digits(seconds)} (${digits(ours / seconds)}×)`,
  );
  return `| ${work} | ${digits(ours)} | ${bar} | ${shown.join("; ") || "–"} | ${peakMegabytes.toFixed(0)} |`;
}

function digits(x: number): string {
  return x.toPrecision(x < 0.01 ? 1 : 2);
}
