import type { AnyReport, SetMethod } from "@credence/report";
import type { Command } from "commander";
import type { Console } from "../console.js";
import { reportGates } from "../gates.js";
import { checkWritable, writeOutput } from "../output.js";
import { collect, collectNumbers, parseNumber, parsePort, parseWhole } from "../parseOption.js";
import { createProgress } from "../progress.js";
import { addClassOptions, addReadingOptions } from "../readingOptions.js";
import { type ReportFlags, reportKind } from "../reportKind.js";

const DEFAULT_PORT = 4780;

/** `credence report FILE…`: can the confidences be trusted, where not, what fixes them, what can go out alone? */
export function addReportCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addClassOptions(addReadingOptions(program.command("report")))
    .description("How far can these confidences be trusted?")
    .argument("<files...>", "CSV, TSV, JSON Lines, JSON or Parquet files (.gz too), or patterns")
    .option("--by <column>", "slice by a column, or SQL expression; may be repeated", collect)
    .option(
      "--coverage <number>",
      "with --probabilities, --prediction: how often sets and intervals hold the truth; may be repeated (default: 0.9 and 0.95; --nominal)",
      collectNumbers,
    )
    .option("--sets <method>", "with --probabilities: sets by lac, aps or raps (default: lac)")
    .option("--prediction <column>", "a predicted number: asks how far predictions can be trusted")
    .option("--observed <column>", "with --prediction: what came")
    .option("--sd <column>", "with --prediction: its standard deviation; forecasts are then taken as normal")
    .option("--lower <column>", "with --prediction: the lower end of its interval, or a low quantile")
    .option("--upper <column>", "with --prediction: the upper end")
    .option(
      "--nominal <number>",
      "with --lower, --upper: the coverage they claim (default: 0.9)",
      parseNumber,
    )
    .option("--time <column>", "with --prediction: dates or numbers that order the rows")
    .option("--loss <column>", "what each answer costs if it goes out: asks from which confidence on it may")
    .option("--loss-bound <number>", "with --loss: the largest loss there can be (default: 1)", parseNumber)
    .option(
      "--risk <number>",
      "largest error rate, or mean loss, of the answers that go out (default: 0.05, times --loss-bound)",
      parseNumber,
    )
    .option("--delta <number>", "probability with which that promise may fail (default: 0.05)", parseNumber)
    .option("--bins <number>", "bins of the calibration error (default: 15)", parseWhole)
    .option("--tolerance <number>", "calibration error that counts as small (default: 0.05)", parseNumber)
    .option("--html <file>", "write the report as one HTML page")
    .option("--json [file]", "print the report as JSON, or write it to a .json file")
    .option("--md [file]", "print the report as Markdown, or write it to a .md file")
    .option("--out <folder>", "write report.html, report.json and report.md to a folder")
    .option(
      "--fail-if <condition>",
      'exit with 1 if this holds, e.g. "ece.high > 0.05"; may be repeated',
      collect,
    )
    .option(
      "--serve [port]",
      `serve the HTML page on 127.0.0.1 until Ctrl-C (port ${DEFAULT_PORT})`,
      parsePort,
    )
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], flags: ReportFlags) => finish(await runReport(files, flags, console)));
}

const EXAMPLES = `
Examples:
  credence report answers.jsonl
  credence report answers.parquet --group page --by language --risk 0.02 --html report.html
  credence report 'runs/*.csv' --confidence 'score / 100' --outcome is_right --json
  credence report predictions.parquet --probabilities 'p_*' --label species --coverage 0.9
  credence report forecasts.csv --prediction forecast --observed actual --sd sd --time date
  credence report answers.csv --loss cost --loss-bound 10 --risk 0.5 --group user
  credence report answers.csv --fail-if "ece.high > 0.05 or accuracy.low < 0.9"`;

async function runReport(files: readonly string[], flags: ReportFlags, console: Console): Promise<number> {
  const { gateReport, parseGate } = await import("@credence/report");
  const outputs = outputsOf(flags);
  await checkWritable(
    outputs.map(({ file }) => file),
    flags.force === true,
  );
  const gates = flags.failIf ?? [];
  for (const gate of gates) parseGate(gate);

  const progress = createProgress(console, flags.quiet === true);
  const report = await makeReport(files, flags, progress.show);
  progress.clear();

  const results = gates.map((gate) => ({ gate, ...gateReport(report, gate) }));
  for (const { file, kind } of outputs) writeOutput(file, await render(report, kind));
  await print(report, flags, console);
  if (flags.quiet !== true) for (const { file } of outputs) console.err(`Wrote ${file}\n`);
  const code = reportGates(results, console);
  if (flags.serve !== undefined) {
    const { serveUntilInterrupted } = await import("../serve.js");
    await serveUntilInterrupted(
      await render(report, "html"),
      flags.serve === true ? DEFAULT_PORT : flags.serve,
      console,
    );
  }
  return code;
}

type Show = (step: string, share: number) => void;

/** What is asked follows from the columns that are named. */
async function makeReport(files: readonly string[], flags: ReportFlags, show: Show): Promise<AnyReport> {
  const report = await import("@credence/report");
  const kind = reportKind(flags, (message) => new report.InputError("invalid-option", message));
  const reading = {
    ...flags,
    onProgress: (done: number, total: number) => show("reading", total > 0 ? done / total : 1),
  };
  const analysis = { ...flags, onProgress: show };
  switch (kind) {
    case "regression":
      return report.analyseRegression(await report.readRegression(files, reading), analysis);
    case "loss":
      return report.analyseRisk(
        await report.readLosses(files, { ...reading, loss: flags.loss ?? "" }),
        analysis,
      );
    case "classes":
      return report.analyse(await report.readClassRecords(files, reading), {
        ...analysis,
        sets: flags.sets as SetMethod,
      });
    default:
      return report.analyse(await report.readRecords(files, reading), { ...analysis, sets: undefined });
  }
}

type Kind = "html" | "json" | "md";

function outputsOf({ html, json, md, out }: ReportFlags): { file: string; kind: Kind }[] {
  const named: { file: string | undefined; kind: Kind }[] = [
    { file: html, kind: "html" },
    { file: json, kind: "json" },
    { file: md, kind: "md" },
    ...(out === undefined
      ? []
      : (["html", "json", "md"] as const).map((kind) => ({ file: `${out}/report.${kind}`, kind }))),
  ];
  return named.flatMap(({ file, kind }) => (file === undefined || file === "-" ? [] : [{ file, kind }]));
}

async function render(report: AnyReport, kind: Kind): Promise<string> {
  if (kind === "html") return (await import("@credence/report/html")).renderHtml(report);
  const { renderJson, renderMarkdown } = await import("@credence/report");
  return kind === "json" ? renderJson(report) : renderMarkdown(report);
}

/** JSON and Markdown on standard output stand alone, so that they can be piped; else the summary for people. */
async function print(report: AnyReport, { json, md, quiet }: ReportFlags, console: Console): Promise<void> {
  // On standard error, what was guessed is said aloud without disturbing the data.
  if ((json === "-" || md === "-") && quiet !== true)
    for (const guess of report.origin.guesses) console.err(`${guess}\n`);
  if (json === "-") console.out(await render(report, "json"));
  else if (md === "-") console.out(await render(report, "md"));
  else if (quiet !== true) {
    const { renderTerminal } = await import("@credence/report");
    console.out(
      renderTerminal(report, {
        colour: console.outIsTerminal && !console.noColour,
        width: Math.min(console.columns, 100),
      }),
    );
  }
}
