import { type Command, Option } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { checkWritable, writeOutput } from "../output.js";
import { parseNumber, parseWhole } from "../parseOption.js";

interface PlanFlags {
  readonly json?: string;
  readonly groupSize?: number;
  readonly maxGroupSize?: number;
  readonly designEffect?: number;
}

interface RiskFlags extends PlanFlags {
  readonly risk: number;
  readonly expected: number;
  readonly coverage?: number;
  readonly delta?: number;
  readonly power?: number;
}

interface WidthFlags extends PlanFlags {
  readonly halfWidth: number;
  readonly expected?: number;
  readonly bins?: number;
  readonly slices?: number;
  readonly level?: number;
}

/** `credence plan-labels CLAIM`: how many labels a claim takes, before any are collected. */
export function addPlanLabelsCommand(
  program: Command,
  console: Console,
  finish: (code: number) => void,
): void {
  const command = program
    .command("plan-labels")
    .description("How many labels does this claim take?")
    .addHelpText("after", EXAMPLES);
  const claim = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option(
        "--group-size <number>",
        "mean rows of a group, where rows come in groups (default: 1)",
        parseNumber,
      )
      .option("--max-group-size <number>", "most rows of a group (default: the mean)", parseNumber)
      .option(
        "--design-effect <number>",
        "how groups inflate the variance; `report` gives it (default: the group size)",
        parseNumber,
      )
      .option("--json [file]", "print the plan as JSON, or write it to a .json file");
  const required = (flags: string, description: string) =>
    new Option(flags, description).argParser(parseNumber).makeOptionMandatory();

  claim("risk", "a threshold is certified to keep the error rate at or below --risk")
    .addOption(required("--risk <number>", "error rate that must not be exceeded"))
    .addOption(required("--expected <number>", "error rate that you expect above the threshold"))
    .option("--coverage <number>", "share of rows that you expect above it (default: 1)", parseNumber)
    .option(
      "--delta <number>",
      "probability with which the certificate may fail (default: 0.05)",
      parseNumber,
    )
    .option("--power <number>", "probability with which the labels shall suffice (default: 0.8)", parseNumber)
    .action(async ({ json, expected, ...flags }: RiskFlags) =>
      finish(await tell({ claim: "risk", expectedRisk: expected, ...flags }, json, console)),
    );
  claim("accuracy", "the accuracy (or another share) is known to ± --half-width")
    .addOption(required("--half-width <number>", "half the width of the interval"))
    .option("--expected <number>", "the share that you expect (default: 0.5, the worst)", parseNumber)
    .option("--slices <number>", "slices of equal size that shall all hold together (default: 1)", parseWhole)
    .option("--level <number>", "coverage of the interval (default: 0.95)", parseNumber)
    .action(async ({ json, ...flags }: WidthFlags) =>
      finish(await tell({ claim: "proportion", ...flags }, json, console)),
    );
  claim("calibration-error", "the calibration error is known to ± --half-width")
    .addOption(required("--half-width <number>", "half the width of the interval"))
    .option("--bins <number>", "bins that hold rows (default: 15)", parseWhole)
    .option("--slices <number>", "slices of equal size that shall all hold together (default: 1)", parseWhole)
    .option("--level <number>", "coverage of the interval (default: 0.95)", parseNumber)
    .action(async ({ json, ...flags }: WidthFlags) =>
      finish(await tell({ claim: "calibration-error", ...flags }, json, console)),
    );
}

const EXAMPLES = `
Examples:
  credence plan-labels risk --risk 0.05 --expected 0.02 --coverage 0.6
  credence plan-labels risk --risk 0.05 --expected 0.02 --group-size 90 --design-effect 20
  credence plan-labels accuracy --half-width 0.03 --slices 12
  credence plan-labels calibration-error --half-width 0.02`;

type Plan = Parameters<typeof import("@credence/report")["planLabels"]>[0];

/** Refusals of the library with the flag in place of its argument. */
function inFlags<T>(work: () => T, refuse: (message: string) => Error): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && error.name === "CredenceError" && "place" in error)) throw error;
    const { function: fn, argument } = error.place as { function: string; argument: string };
    const flag =
      argument === "expectedRisk"
        ? "expected"
        : argument.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw refuse(error.message.replace(`${fn}: ${argument}`, `--${flag}`));
  }
}

async function tell(plan: Plan, json: string | undefined, console: Console): Promise<number> {
  const { InputError, planLabels } = await import("@credence/report");
  const found = inFlags(
    () => planLabels(plan),
    (message) => new InputError("invalid-option", message),
  );
  const text = `${JSON.stringify(found, null, 2)}\n`;
  if (json !== undefined && json !== "-") {
    await checkWritable([json], false);
    writeOutput(json, text);
  } else console.out(json === "-" ? text : `${found.explanation}\n`);
  return EXIT.ok;
}
