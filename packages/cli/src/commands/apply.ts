import type { Command } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { checkWritable, prepareOutput } from "../output.js";
import { createProgress } from "../progress.js";
import { addClassOptions, asksForClasses, type ClassFlags } from "../readingOptions.js";

interface ApplyFlags extends Omit<ClassFlags, "label"> {
  readonly out: string;
  readonly confidence?: string;
  readonly as?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** `credence apply calibrator.json FILE… -o out.jsonl`: writes the rows with calibrated confidences. */
export function addApplyCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addClassOptions(program.command("apply"), false)
    .description("Add calibrated confidences, or calibrated class probabilities, to files")
    .argument("<calibrator>", "what `credence fit` wrote, or the JSON of a report")
    .argument("<files...>", "files with confidences, or with class probabilities; outcomes are not needed")
    .requiredOption("-o, --out <file>", "where to write: .csv, .jsonl or .parquet")
    .option("--confidence <column>", "column, or SQL expression, with the model's confidence in [0, 1]")
    .option(
      "--as <name>",
      'name of the new column (default: "calibrated"); with --probabilities what the new names begin with',
    )
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
  const { applyCalibrator, applyClassCalibrator, InputError, readCalibratorFile, readClassCalibratorFile } =
    await import("@credence/report");
  const { out, confidence, as, probabilities, logits, quiet } = flags;
  await checkWritable([out], flags.force === true);
  const progress = createProgress(console, quiet === true);
  const options = {
    ...(as !== undefined && { as }),
    onProgress: (done: number, total: number) => progress.show("calibrating", done / total),
  };
  const apply = () => {
    if (!asksForClasses(flags))
      return applyCalibrator(readCalibratorFile(calibratorFile), files, out, {
        ...options,
        ...(confidence !== undefined && { confidence }),
      });
    if (probabilities === undefined || confidence !== undefined)
      throw new InputError(
        "invalid-option",
        "class probabilities need --probabilities COLUMNS, which take the place of --confidence.",
      );
    return applyClassCalibrator(readClassCalibratorFile(calibratorFile), files, out, {
      ...options,
      probabilities,
      ...(logits !== undefined && { logits }),
    });
  };
  prepareOutput(out);
  const { rows, missing, guesses } = await apply();
  progress.clear();
  if (quiet === true) return EXIT.ok;
  for (const guess of guesses) console.err(`${guess}\n`);
  console.out(
    `Calibrated ${rows - missing} of ${rows} rows${missing > 0 ? ` (${missing} have no ${asksForClasses(flags) ? "probabilities" : "confidence"})` : ""}: ${out}\n`,
  );
  return EXIT.ok;
}
