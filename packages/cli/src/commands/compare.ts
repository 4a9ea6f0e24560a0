import type { Command } from "commander";
import type { Console } from "../console.js";
import { reportGates } from "../gates.js";
import { checkWritable, writeOutput } from "../output.js";
import { collect, parseWhole } from "../parseOption.js";
import { addClassOptions, addReadingOptions, type ClassFlags, type ReadingFlags } from "../readingOptions.js";

interface CompareFlags extends ReadingFlags, ClassFlags {
  readonly key?: string;
  readonly confidenceB?: string;
  readonly outcomeB?: string;
  readonly probabilitiesB?: string[];
  readonly labelB?: string;
  readonly bins?: number;
  readonly json?: string;
  readonly failIf?: string[];
}

/** `credence compare A B`: two sets of confidences for the same rows. */
export function addCompareCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addClassOptions(addReadingOptions(program.command("compare")))
    .description("Which of two sets of confidences for the same rows is better? (B − A, paired)")
    .argument("<a>", "the first file")
    .argument("<b>", "the second file, with the same rows")
    .option("--key <column>", "column that names a row in both files (default: rows are paired by order)")
    .option("--confidence-b <column>", "the confidence in the second file, where it is named differently")
    .option("--outcome-b <column>", "the outcome in the second file, where it is named differently")
    .option(
      "--probabilities-b <columns>",
      "the class probabilities in the second file, where they are named differently; may be repeated",
      collect,
    )
    .option("--label-b <column>", "the true class in the second file, where it is named differently")
    .option("--bins <number>", "bins of the calibration error (default: 15)", parseWhole)
    .option("--json [file]", "print the comparison as JSON, or write it to a .json file")
    .option(
      "--fail-if <condition>",
      'exit with 1 if this holds, e.g. "difference.logLoss.low > 0"; may be repeated',
      collect,
    )
    .action(async (a: string, b: string, flags: CompareFlags) =>
      finish(await runCompare(a, b, flags, console)),
    );
}

async function runCompare(a: string, b: string, flags: CompareFlags, console: Console): Promise<number> {
  const { compareFiles, evaluateGate, parseGate, renderComparison, replaceInfinity } = await import(
    "@credence/report"
  );
  const { json, quiet, failIf = [] } = flags;
  if (json !== undefined && json !== "-") await checkWritable([json], flags.force === true);
  const gates = failIf.map((gate) => ({ gate, condition: parseGate(gate) }));
  const comparison = await compareFiles(a, b, flags);
  const results = gates.map(({ gate, condition }) => ({
    gate,
    ...evaluateGate(condition, { ...comparison }),
  }));
  const text = `${JSON.stringify(comparison, replaceInfinity, 2)}\n`;
  if (json === "-") console.out(text);
  else {
    if (json !== undefined) writeOutput(json, text);
    const colour = console.outIsTerminal && !console.noColour;
    if (quiet !== true)
      console.out(renderComparison(comparison, { colour, width: Math.min(console.columns, 100) }));
  }
  return reportGates(results, console);
}
