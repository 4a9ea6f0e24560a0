import type { Command } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { checkWritable, writeOutput } from "../output.js";
import { createProgress } from "../progress.js";
import { addReadingOptions, type ReadingFlags } from "../readingOptions.js";

interface FitFlags extends ReadingFlags {
  readonly out: string;
  readonly method?: string;
}

/** `credence fit FILE… -o calibrator.json`: learns how to correct confidences. */
export function addFitCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addReadingOptions(program.command("fit"))
    .description("Fit a calibrator to outcomes that are known, for `apply`")
    .argument("<files...>", "files with confidences and outcomes")
    .requiredOption("-o, --out <file>", "where to write the calibrator (.json)")
    .option(
      "--method <name>",
      "automatic, temperature, platt, beta, isotonic, histogram or spline (default: automatic)",
    )
    .action(async (files: string[], flags: FitFlags) => finish(await runFit(files, flags, console)));
}

async function runFit(files: readonly string[], flags: FitFlags, console: Console): Promise<number> {
  const { fitCalibrator, readRecords } = await import("@credence/report");
  await checkWritable([flags.out], flags.force === true);
  const progress = createProgress(console, flags.quiet === true);
  const records = await readRecords(files, {
    ...flags,
    onProgress: (done, total) => progress.show("reading", total > 0 ? done / total : 1),
  });
  const calibrator = fitCalibrator(records, flags.method, flags.seed);
  progress.clear();
  writeOutput(flags.out, `${JSON.stringify(calibrator, null, 2)}\n`);
  if (flags.quiet === true) return EXIT.ok;
  for (const guess of records.origin.guesses) console.err(`${guess}\n`);
  for (const note of calibrator.notes) console.err(`${note}\n`);
  const { chosen } = calibrator.parameters as { chosen?: string };
  console.out(
    `Fitted ${chosen ? `${calibrator.method} (chose ${chosen})` : calibrator.method} to ${records.n} rows: ${flags.out}\n`,
  );
  return EXIT.ok;
}
