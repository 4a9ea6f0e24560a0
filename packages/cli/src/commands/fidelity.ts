import type { FidelityReport } from "@credence/report";
import { type Command, Option } from "commander";
import type { Console } from "../console.js";
import { createEmbedder } from "../embedders/createEmbedder.js";
import { startFidelityKernels } from "../fidelityKernels.js";
import { reportGates } from "../gates.js";
import { createImageReader, PIXELS, type Pixels } from "../imageFeatures.js";
import { checkWritable, writeOutput } from "../output.js";
import { collect, parseNumber, parseWhole } from "../parseOption.js";
import { createProgress } from "../progress.js";

interface FidelityFlags {
  readonly members?: string[];
  readonly datasets?: string;
  readonly columns?: string[];
  readonly label?: string;
  readonly group?: string;
  readonly where?: string;
  readonly extractor?: string;
  readonly layer?: string;
  readonly pixels?: Pixels;
  readonly text?: string;
  readonly embedder?: string;
  readonly embeddingModel?: string;
  readonly tokenizer?: string;
  readonly maxTokens?: number;
  readonly dropNan?: boolean;
  readonly standardise?: boolean;
  readonly k?: number;
  readonly seed?: number;
  readonly level?: number;
  readonly html?: string;
  readonly json?: string;
  readonly md?: string;
  readonly failIf?: string[];
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** `credence fidelity REAL FAKE…`: are generated samples like real ones, and how sure are we? */
export function addFidelityCommand(program: Command, console: Console, finish: (code: number) => void): void {
  program
    .command("fidelity")
    .description("Are generated samples like real ones, and how sure are we?")
    .argument(
      "<real>",
      "real samples: .npy, CSV, JSON Lines, Parquet, .txt, or a folder of PNG and JPEG images",
    )
    .argument(
      "[fakes...]",
      "generated samples, one set a file or folder; several are compared with each other",
    )
    .option(
      "--members <files>",
      "samples of one model trained several times, a file a training: a pattern; may be repeated",
      collect,
    )
    .option("--datasets <names>", "the training set of each member, separated by commas, in their order")
    .option(
      "--columns <columns>",
      "columns of features: a name, a pattern such as 'f_*', or a column of lists; may be repeated (default: all columns of numbers)",
      collect,
    )
    .option("--label <column>", "the class of each row: every class is compared by itself too")
    .option("--group <column>", "cluster of each row: rows of one cluster are not independent")
    .option("--where <sql>", "only rows for which a DuckDB expression is true")
    .option("--extractor <model>", "for images: an ONNX model; its first output is the features")
    .option("--layer <name>", "for images: the value inside the model that is the features")
    .addOption(
      new Option("--pixels <how>", "for images: what the model is given (default: unit, 0 to 1)").choices(
        Object.keys(PIXELS),
      ),
    )
    .option("--text <column>", "for texts in a table: their column (a .txt file is one text a line)")
    .option(
      "--embedder <which>",
      "for texts: ngrams (wording, no model), the address of an OpenAI-compatible server, or an ONNX model",
    )
    .option("--embedding-model <name>", "for --embedder http…: the model, as the server names it")
    .option("--tokenizer <file>", "for --embedder model.onnx: its tokenizer.json")
    .option("--max-tokens <number>", "for --embedder model.onnx: tokens of a text (default: 256)", parseWhole)
    .option("--drop-nan", "leave out rows with NaN, infinities or empty cells instead of refusing them")
    .option("--standardise", "divide every column by its standard deviation in the real samples")
    .option("--k <number>", "neighbours of precision, recall, density and coverage (default: 5)", parseWhole)
    .option("--seed <number>", "seed of whatever is drawn at random (default: 0)", parseNumber)
    .option("--level <number>", "level of the intervals (default: 0.95)", parseNumber)
    .option("--html <file>", "write the report as one HTML page")
    .option("--json [file]", "print the report as JSON, or write it to a .json file")
    .option("--md [file]", "print the report as Markdown, or write it to a .md file")
    .option(
      "--fail-if <condition>",
      'exit with 1 if this holds, e.g. "auc.low < 0.9"; may be repeated',
      collect,
    )
    .option("--force", "overwrite files that exist")
    .option("--quiet", "no progress, no summary")
    .addHelpText("after", EXAMPLES)
    .action(async (real: string, fakes: string[], flags: FidelityFlags) =>
      finish(await runFidelity(real, fakes, flags, console)),
    );
}

/** With fewer columns, searching a tree is faster than multiplying matrices. */
const WIDE = 9;

const EXAMPLES = `
A server's key is read from CREDENCE_EMBEDDER_KEY, else, for https addresses, from OPENAI_API_KEY.

Examples:
  credence fidelity real.npy generated.npy
  credence fidelity real.parquet gan.parquet diffusion.parquet --columns 'f_*' --html fidelity.html
  credence fidelity real.npy --members 'runs/*/samples.npy' --html spread.html
  credence fidelity photos/ generated/ --extractor inception.onnx --pixels signed
  credence fidelity real.txt generated.txt --embedder ngrams
  credence fidelity real.csv generated.jsonl --text review --embedder http://localhost:11434/v1 --embedding-model nomic-embed-text
  credence fidelity real.parquet generated.parquet --text answer --embedder encoder.onnx --tokenizer tokenizer.json
  credence fidelity real.csv generated.csv --standardise --label species --fail-if "auc.low < 0.9"`;

async function runFidelity(
  real: string,
  fakes: readonly string[],
  flags: FidelityFlags,
  console: Console,
): Promise<number> {
  const { analyseFidelity, gateFidelity, InputError, parseGate, readFeatures, readMembers, renamed } =
    await import("@credence/report");
  const outputs = [flags.html, flags.json, flags.md].filter(
    (file): file is string => file !== undefined && file !== "-",
  );
  await checkWritable(outputs, flags.force === true);
  const gates = flags.failIf ?? [];
  for (const gate of gates) parseGate(gate);

  if (flags.extractor !== undefined && flags.embedder !== undefined)
    throw new InputError(
      "invalid-option",
      "--extractor is for images and --embedder for texts; samples are compared by features of one kind.",
    );
  const progress = createProgress(console, flags.quiet === true);
  const embedder = await createEmbedder(flags.embedder, flags);
  const images = flags.extractor === undefined ? null : await createImageReader(flags.extractor, flags);
  let kernels: Awaited<ReturnType<typeof startFidelityKernels>> = null;
  let report: FidelityReport;
  try {
    const reading = (file: string) => ({
      ...flags,
      ...(images && { images: images.read, extractor: images.name }),
      ...(embedder && { texts: embedder.read, extractor: embedder.name }),
      onProgress: (done: number, total: number) =>
        progress.show(`reading ${file}`, total > 0 ? done / total : 1),
    });
    const reference = await readFeatures(real, reading(real));
    const sets = [];
    for (const file of fakes) sets.push(await readFeatures(file, reading(file)));
    const members = flags.members && (await readMembers(flags.members, reading("members")));
    const datasets = flags.datasets?.split(",").map((name) => name.trim());
    if (datasets && datasets.length !== members?.length)
      throw new InputError(
        "invalid-option",
        `--datasets names ${datasets.length} training sets, but there are ${members?.length ?? 0} members.`,
      );
    if (reference.matrix.columns >= WIDE) kernels = await startFidelityKernels();
    report = await analyseFidelity(reference, renamed(sets, fakes), {
      ...flags,
      members,
      datasets,
      kernels,
      onProgress: (step, share) => progress.show(step, share),
    });
  } finally {
    progress.clear();
    await images?.close();
    await embedder?.close();
    await kernels?.close();
  }

  const results = gates.map((gate) => ({ gate, ...gateFidelity(report, gate) }));
  for (const kind of ["html", "json", "md"] as const) {
    const file = flags[kind];
    if (file === undefined || file === "-") continue;
    writeOutput(file, await render(report, kind));
    if (flags.quiet !== true) console.err(`Wrote ${file}\n`);
  }
  if (flags.json === "-") console.out(await render(report, "json"));
  else if (flags.md === "-") console.out(await render(report, "md"));
  else if (flags.quiet !== true) {
    const { renderFidelityTerminal } = await import("@credence/report");
    console.out(
      renderFidelityTerminal(report, {
        colour: console.outIsTerminal && !console.noColour,
        width: Math.min(console.columns, 100),
      }),
    );
  }
  return reportGates(results, console);
}

async function render(report: FidelityReport, kind: "html" | "json" | "md"): Promise<string> {
  if (kind === "html") return (await import("@credence/report/html")).renderFidelityHtml(report);
  const { renderFidelityJson, renderFidelityMarkdown } = await import("@credence/report");
  return kind === "json" ? renderFidelityJson(report) : renderFidelityMarkdown(report);
}
