import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addApplyCommand } from "./commands/apply.js";
import { addCompareCommand } from "./commands/compare.js";
import { addFidelityCommand } from "./commands/fidelity.js";
import { addFitCommand } from "./commands/fit.js";
import { addPlanLabelsCommand } from "./commands/planLabels.js";
import { addReportCommand } from "./commands/report.js";
import { addSampleCommand } from "./commands/sample.js";
import { addTrainCommand } from "./commands/train.js";
import { type Console, processConsole } from "./console.js";
import { EXIT } from "./exitCode.js";
import { reportFailure } from "./failure.js";
import { separateOptionalFiles } from "./optionalFile.js";

/**
 * Runs the command line.
 * @param args What stands after `credence`.
 * @returns The exit code: 0, 1 for a failed gate, 2 for bad usage or input, 70 for a fault of the program itself.
 */
export async function main(args: readonly string[], console: Console = processConsole): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(console, (finished) => {
    code = finished;
  });
  try {
    await program.parseAsync(separateOptionalFiles(args), { from: "user" });
    return code;
  } catch (error) {
    // Commander has already said what is wrong with the usage; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.userError;
    return reportFailure(error, console, args.includes("--debug"));
  }
}

function createProgram(console: Console, finish: (code: number) => void): Command {
  const program = new Command("credence")
    .description("How far can you trust what a generative model produces?")
    .version(version(), "-v, --version")
    .option("--debug", "show where in the program an error arose")
    .showHelpAfterError("(--help explains)")
    .configureOutput({ writeOut: console.out, writeErr: console.err })
    .exitOverride();
  for (const add of [
    addReportCommand,
    addFitCommand,
    addApplyCommand,
    addCompareCommand,
    addPlanLabelsCommand,
    addFidelityCommand,
    addTrainCommand,
    addSampleCommand,
  ])
    add(program, console, finish);
  for (const command of program.commands)
    command.copyInheritedSettings(program).option("--debug", "show where in the program an error arose");
  return program;
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
