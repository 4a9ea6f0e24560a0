import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { FeatureSet } from "@credence/report";
import type { Command } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { checkWritable, writeOutput } from "../output.js";
import { parseWhole } from "../parseOption.js";
import { loadTraining } from "../training/loadTraining.js";
import type { DataDescription } from "../training/trainingData.js";
import { DESCRIPTION } from "./train.js";

type Matrix = FeatureSet["matrix"];

interface SampleFlags {
  readonly count: number;
  readonly output?: string;
  readonly class?: string;
  readonly seed?: number;
  readonly force?: boolean;
}

/** `credence sample FOLDER`: draws from a model that `credence train` wrote. */
export function addSampleCommand(program: Command, console: Console, finish: (code: number) => void): void {
  program
    .command("sample")
    .description("Draw samples from a trained model")
    .argument("<model>", "the folder that credence train wrote")
    .option("-n, --count <number>", "how many samples", parseWhole, 100)
    .option(
      "-o, --output <file>",
      "where to write them: .csv, .jsonl, or .txt for text (default: print CSV or text)",
    )
    .option("--class <name>", "samples of this class alone (default: as many of each)")
    .option("--seed <number>", "equal seeds draw equal samples (default: 0)", parseWhole)
    .option("--force", "overwrite a file that exists")
    .action(async (folder: string, flags: SampleFlags) => finish(await runSample(folder, flags, console)));
}

async function runSample(folder: string, flags: SampleFlags, console: Console): Promise<number> {
  const { InputError } = await import("@credence/report");
  const { count, seed = 0, output } = flags;
  if (count < 1) throw new InputError("invalid-option", "-n must be at least 1.");
  if (output !== undefined) await checkWritable([output], flags.force === true);
  const { load } = await loadTraining();
  const model = await load(folder);
  try {
    const { kind } = model.card;
    if (kind === "transformer" || kind === "conditionalTransformer") {
      if (!("sample" in model) || kind === "conditionalTransformer")
        throw new InputError(
          "invalid-option",
          "goes on from sources; the command draws from models without one.",
          {
            file: folder,
          },
        );
      const drawn = await (model as { sample(n: number, o: object): Promise<{ text: string }[]> }).sample(
        count,
        { seed },
      );
      const texts = drawn.map(({ text }) => text);
      emit(
        texts.join("\n"),
        texts.map((text) => ({ text })),
        output,
        console,
      );
      return EXIT.ok;
    }
    if (!("sample" in model))
      throw new InputError("invalid-option", `holds a ${kind}, which draws no samples of rows.`, {
        file: folder,
      });
    const about = readDescription(folder);
    const { matrix, classes } = await draw(model as never, kind, about, flags, InputError);
    const header = about.columns ?? Array.from({ length: matrix.columns }, (_, j) => `x${j + 1}`);
    const rows = Array.from({ length: matrix.rows }, (_, i) => ({
      ...Object.fromEntries(header.map((name, j) => [name, matrix.data[i * matrix.columns + j]])),
      ...(classes && { [about.label ?? "class"]: about.classes?.[classes[i]] ?? classes[i] }),
    }));
    emit(toCsv(rows), rows, output, console);
    return EXIT.ok;
  } finally {
    await model.release();
  }
}

/** Draws rows, of the classes asked for where the model knows classes. */
async function draw(
  model: { sample(what: number | Int32Array, options: object): Promise<Matrix> },
  kind: string,
  about: DataDescription,
  { count, seed = 0, class: wanted }: SampleFlags,
  InputError: typeof import("@credence/report").InputError,
): Promise<{ matrix: Matrix; classes: Int32Array | null }> {
  if (!kind.startsWith("conditional")) {
    if (wanted !== undefined)
      throw new InputError("invalid-option", "--class: the model was trained without classes.");
    return { matrix: await model.sample(count, { seed }), classes: null };
  }
  const names = about.classes ?? [];
  const only = wanted === undefined ? null : names.indexOf(wanted);
  if (only === -1)
    throw new InputError(
      "invalid-option",
      `--class: there is no ${JSON.stringify(wanted)}; the classes are ${names.join(", ")}.`,
    );
  const classes = Int32Array.from({ length: count }, (_, i) => only ?? i % names.length);
  return { matrix: await model.sample(classes, { seed }), classes };
}

function readDescription(folder: string): DataDescription {
  try {
    return JSON.parse(readFileSync(join(folder, DESCRIPTION), "utf8")) as DataDescription;
  } catch {
    // A model that was saved by a program has none.
    return { columns: null, label: null, classes: null };
  }
}

type Row = { readonly [column: string]: unknown };

function toCsv(rows: readonly Row[]): string {
  const cell = (value: unknown) => {
    const text = String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => Object.values(row).map(cell).join(","));
  return [Object.keys(rows[0]).map(cell).join(","), ...lines].join("\n");
}

function emit(text: string, rows: readonly Row[], output: string | undefined, console: Console): void {
  const written =
    output !== undefined && extname(output) === ".jsonl"
      ? rows.map((row) => JSON.stringify(row)).join("\n")
      : text;
  if (output === undefined) console.out(`${written}\n`);
  else {
    writeOutput(output, `${written}\n`);
    console.err(`Wrote ${rows.length} samples to ${output}\n`);
  }
}
