import type { Command } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { checkWritable, writeOutput } from "../output.js";
import { createProgress } from "../progress.js";
import {
  addClassOptions,
  addReadingOptions,
  asksForClasses,
  type ClassFlags,
  type ReadingFlags,
} from "../readingOptions.js";

interface FitFlags extends ReadingFlags, ClassFlags {
  readonly out: string;
  readonly method?: string;
}

/** `credence fit FILE… -o calibrator.json`: learns how to correct confidences. */
export function addFitCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addClassOptions(addReadingOptions(program.command("fit")))
    .description("Fit a calibrator to outcomes that are known, for `apply`")
    .argument("<files...>", "files with confidences and outcomes, or with class probabilities and labels")
    .requiredOption("-o, --out <file>", "where to write the calibrator (.json)")
    .option(
      "--method <name>",
      "automatic, temperature, platt, beta, isotonic, histogram or spline; with --probabilities automatic, temperature, vector or dirichlet (default: automatic)",
    )
    .action(async (files: string[], flags: FitFlags) => finish(await runFit(files, flags, console)));
}

async function runFit(files: readonly string[], flags: FitFlags, console: Console): Promise<number> {
  const { fitCalibrator, fitClassCalibrator, readClassRecords, readRecords } = await import(
    "@credence/report"
  );
  await checkWritable([flags.out], flags.force === true);
  const progress = createProgress(console, flags.quiet === true);
  const options = {
    ...flags,
    onProgress: (done: number, total: number) => progress.show("reading", total > 0 ? done / total : 1),
  };
  const { method, seed } = flags;
  const fitted = asksForClasses(flags)
    ? await readClassRecords(files, options).then((records) => {
        const comparing = (done: number, total: number) => progress.show("comparing", done / total);
        const file = fitClassCalibrator(records, method, seed, comparing);
        return { records, file, calibrator: file.calibrator, of: ` of ${file.classes.length} classes` };
      })
    : await readRecords(files, options).then((records) => {
        const calibrator = fitCalibrator(records, method, seed);
        return { records, file: calibrator, calibrator, of: "" };
      });
  const { records, file, calibrator, of } = fitted;
  progress.clear();
  writeOutput(flags.out, `${JSON.stringify(file, null, 2)}\n`);
  if (flags.quiet === true) return EXIT.ok;
  for (const guess of records.origin.guesses) console.err(`${guess}\n`);
  for (const note of calibrator.notes) console.err(`${note}\n`);
  const { chosen } = calibrator.parameters as { chosen?: string };
  console.out(
    `Fitted ${chosen ? `${calibrator.method} (chose ${chosen})` : calibrator.method} to ${records.n} rows${of}: ${flags.out}\n`,
  );
  return EXIT.ok;
}
