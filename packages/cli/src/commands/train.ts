import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochOptions } from "@credence/train/models";
import { Argument, type Command } from "commander";
import type { Console } from "../console.js";
import { EXIT } from "../exitCode.js";
import { writeOutput } from "../output.js";
import { collect, parseNumber, parseWhole } from "../parseOption.js";
import { createProgress } from "../progress.js";
import { loadTraining } from "../training/loadTraining.js";
import { checkOptionNames, collectOption } from "../training/modelOptions.js";
import { timeLeft } from "../training/timeLeft.js";
import { TRAINABLES } from "../training/trainables.js";
import { type DataFlags, readTrainingData } from "../training/trainingData.js";

interface TrainFlags extends DataFlags {
  readonly output: string;
  readonly set?: { readonly [key: string]: unknown };
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly averageDecay?: number;
  readonly seed?: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** Beside the model: names of the columns and classes. */
export const DESCRIPTION = "data.json";
const CHECKPOINT = "checkpoint";

/** `credence train MODEL DATA`: trains a model, and can go on where it was stopped. */
export function addTrainCommand(program: Command, console: Console, finish: (code: number) => void): void {
  program
    .command("train")
    .description("Train a generative model or a classifier")
    .addArgument(new Argument("<model>", "what to train").choices(Object.keys(TRAINABLES)))
    .argument(
      "<data>",
      "CSV, JSON Lines, Parquet or .npy; for a transformer a text file, one sequence a line",
    )
    .requiredOption("-o, --output <folder>", "where to write the model")
    .option("--label <column>", "the class of each row: the model is then one of rows given their class")
    .option("--target <column>", "for a forecaster: the values to forecast, in the order of the rows")
    .option(
      "--columns <columns>",
      "columns of numbers: a name or a pattern such as 'f_*'; may be repeated",
      collect,
    )
    .option("--where <sql>", "only rows for which a DuckDB expression is true")
    .option("--drop-nan", "leave out rows with NaN, infinities or empty cells instead of refusing them")
    .option(
      "--set <name=value>",
      "an option of the model, such as latent=8 or hidden=[64,64]; may be repeated",
      collectOption,
    )
    .option("--epochs <number>", "times to go through the data", parseWhole)
    .option("--batch-size <number>", "rows of one step", parseWhole)
    .option("--learning-rate <number>", "at the start (default: 0.001)", parseNumber)
    .option(
      "--average-decay <number>",
      "decay of a moving average of the weights, which is then the model",
      parseNumber,
    )
    .option("--seed <number>", "seed of the training (default: 0)", parseWhole)
    .option("--force", "overwrite a model that is there")
    .option("--quiet", "no progress, no summary")
    .addHelpText("after", EXAMPLES)
    .action(async (model: string, data: string, flags: TrainFlags) =>
      finish(await runTrain(model, data, flags, console)),
    );
}

const EXAMPLES = `
Ctrl-C stops after the step under way; the same command goes on from there.

Options of the models, for --set:
${Object.entries(TRAINABLES)
  .map(([name, { options }]) => `  ${name.padEnd(20)} ${options.join(", ")}`)
  .join("\n")}

Examples:
  credence train vae iris.csv -o iris-vae --label species --set latent=2 --epochs 200
  credence train flow measurements.parquet -o flow --columns 'f_*'
  credence train forecaster weather.csv -o forecaster --target temp_max --columns temp_max --set context=7
  credence train transformer names.txt -o names --set context=32
  credence sample iris-vae -n 1000 -o samples.csv`;

async function runTrain(name: string, file: string, flags: TrainFlags, console: Console): Promise<number> {
  const { output, set = {}, quiet = false } = flags;
  const { InputError } = await import("@credence/report");
  const models = await loadTraining();
  const trainable = TRAINABLES[name];
  await checkOptionNames(name, set, trainable.options);
  checkFolder(output, flags.force === true, InputError);
  const data = await readTrainingData(file, trainable, flags);

  const checkpoint = join(output, CHECKPOINT);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const progress = createProgress(console, quiet);
  const begun = performance.now();
  let first = -1;
  const training: EpochOptions = {
    seed: flags.seed,
    epochs: flags.epochs,
    batchSize: flags.batchSize,
    learningRate: flags.learningRate,
    averageDecay: flags.averageDecay,
    signal: stop.signal,
    // A Bayesian network is learnt in seconds, and takes no checkpoint.
    checkpoint: { directory: checkpoint },
    onProgress({ step, steps, loss }) {
      if (first < 0) first = step - 1;
      const share = steps > first ? (step - first) / (steps - first) : 1;
      progress.show(
        `step ${step} of ${steps}, loss ${loss.toPrecision(4)}${timeLeft(begun, performance.now(), share)}`,
        step / steps,
      );
    },
  };
  try {
    const model = await trainable.train(models, data, set as never, training);
    await model.save(output);
    await model.release?.();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    progress.clear();
    console.err(`Stopped. The same command goes on from where it was; what is done is in ${checkpoint}.\n`);
    return EXIT.interrupted;
  } finally {
    progress.clear();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
  writeOutput(join(output, DESCRIPTION), `${JSON.stringify(data.description, null, 2)}\n`);
  rmSync(checkpoint, { recursive: true, force: true });
  if (!quiet) {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.out(
      `Trained a ${name} on ${data.count} ${trainable.data === "text" ? "lines" : "rows"} in ${seconds} s: ${output}\n`,
    );
  }
  return EXIT.ok;
}

/** A folder with a model in it is not overwritten; one with a checkpoint is gone on with. */
function checkFolder(
  folder: string,
  force: boolean,
  InputError: typeof import("@credence/report").InputError,
): void {
  if (!existsSync(folder) || force) return;
  const entries = readdirSync(folder).filter((entry) => entry !== CHECKPOINT);
  if (entries.length > 0)
    throw new InputError("already-exists", "is not empty; --force overwrites the model in it.", {
      file: folder,
    });
}
