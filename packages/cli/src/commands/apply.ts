import type { Command } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { checkWritable, prepareOutput } from "../output.js";
import { createProgress } from "../progress.js";

interface ApplyFlags {
  readonly out: string;
  readonly confidence?: string;
  readonly as?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** `credence apply calibrator.json FILE… -o out.jsonl`: writes the rows with calibrated confidences. */
export function addApplyCommand(program: Command, console: Console, finish: (code: number) => void): void {
  program
    .command("apply")
    .description("Add calibrated confidences to files")
    .argument("<calibrator>", "what `credence fit` wrote, or the JSON of a report")
    .argument("<files...>", "files with confidences; outcomes are not needed")
    .requiredOption("-o, --out <file>", "where to write: .csv, .jsonl or .parquet")
    .option("--confidence <column>", "column, or SQL expression, with the model's confidence in [0, 1]")
    .option("--as <name>", 'name of the new column (default: "calibrated")')
    .option("--force", "overwrite files that exist")
    .option("--quiet", "no progress, no summary")
    .action(async (calibrator: string, files: string[], flags: ApplyFlags) =>
      finish(await runApply(calibrator, files, flags, console)),
    );
}

async function runApply(
  calibratorFile: string,
  files: readonly string[],
  flags: ApplyFlags,
  console: Console,
): Promise<number> {
  const { applyCalibrator, readCalibratorFile } = await import("@credence/report");
  const { out, confidence, as, quiet } = flags;
  await checkWritable([out], flags.force === true);
  const calibrator = readCalibratorFile(calibratorFile);
  const progress = createProgress(console, quiet === true);
  prepareOutput(out);
  const { rows, missing, guesses } = await applyCalibrator(calibrator, files, out, {
    ...(confidence !== undefined && { confidence }),
    ...(as !== undefined && { as }),
    onProgress: (done, total) => progress.show("calibrating", done / total),
  });
  progress.clear();
  if (quiet === true) return EXIT.ok;
  for (const guess of guesses) console.err(`${guess}\n`);
  console.out(
    `Calibrated ${rows - missing} of ${rows} rows${missing > 0 ? ` (${missing} have no confidence)` : ""}: ${out}\n`,
  );
  return EXIT.ok;
}
