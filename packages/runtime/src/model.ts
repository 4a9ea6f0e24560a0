import { readFile } from "node:fs/promises";
import { CredenceError, checkMatrix, createRandom, type Matrix } from "credence/numeric";
import { activateDropout, type DropoutSite, exposeValues, valuesOf } from "./onnx/edit.js";
import type { SessionOptions } from "./protocol.js";
import { type RunOptions, type Runtime, type Session, startRuntime } from "./runtime.js";
import { sizeOf, type TensorData } from "./tensor.js";

export interface ModelOptions extends SessionOptions {
  /** Name of the output that holds the logits. Default: the first output. */
  logits?: string;
  /** Name of the value that holds the embeddings, such as the input of the last layer; it need not be an output. */
  embeddings?: string;
  /** "active": dropout goes on dropping, so that repeated runs differ (Gal & Ghahramani 2016). Default "off". */
  dropout?: "off" | "active";
  /** Rows per run, where the model leaves that open. Default 256. */
  batchSize?: number;
  /** Where to run. Default: a worker of its own. */
  runtime?: Runtime;
}

export interface PredictOptions {
  signal?: AbortSignal;
  /** Seed of active dropout. Equal seeds drop equally. Default 0. */
  seed?: number;
}

/** A user's ONNX model. */
export interface Model {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The logits of rows; each row of x holds one sample's values in the order of the model's input. */
  logits(x: Matrix, options?: PredictOptions): Promise<Matrix>;
  /** The embeddings of rows. */
  embeddings(x: Matrix, options?: PredictOptions): Promise<Matrix>;
  /** Any outputs from any inputs, in one run. */
  run(
    feeds: { readonly [name: string]: TensorData },
    options?: RunOptions,
  ): Promise<{ [name: string]: TensorData }>;
  release(): Promise<void>;
}

/**
 * Opens an ONNX model from a file or from its bytes.
 * @throws CredenceError "not-a-model" for what is not an ONNX file, "unknown-option" for a name that the model lacks.
 */
export async function openModel(source: string | Uint8Array, options: ModelOptions = {}): Promise<Model> {
  const { embeddings, dropout = "off", batchSize = 256, runtime = startRuntime(), ...session } = options;
  try {
    const bytes = typeof source === "string" ? await readFile(source) : source;
    const { inputs, outputs } = valuesOf(bytes);
    const logits = options.logits ?? outputs[0];
    const wanted = [logits, ...(embeddings === undefined ? [] : [embeddings])];
    const exposed = exposeValues(bytes, wanted);
    const active = dropout === "active" ? activateDropout(exposed) : null;
    const main = await runtime.open(active?.masked ?? exposed, session);
    const probe = active && (await runtime.open(active.probing, session));
    const masks = probe && active ? maskMaker(probe, active.sites) : async () => ({});

    async function rows(name: string, x: Matrix, { signal, seed = 0 }: PredictOptions = {}): Promise<Matrix> {
      checkMatrix(`Model.${name === logits ? "logits" : "embeddings"}`, "x", x);
      const [input] = main.inputs;
      const shape = main.shapes[input];
      const size = typeof shape[0] === "number" ? shape[0] : batchSize;
      const random = createRandom(seed);
      let result: Float32Array | null = null;
      let columns = 0;
      for (let from = 0; from < x.rows; from += size) {
        const count = Math.min(size, x.rows - from);
        // A model with a fixed batch gets full batches; rows of zeros fill up the last.
        const batch = typeof shape[0] === "number" ? size : count;
        const data = new Float32Array(batch * x.columns);
        for (let i = 0; i < count * x.columns; i++) data[i] = x.data[from * x.columns + i];
        const feeds = {
          [input]: { type: "float32", shape: rowShape(input, shape, batch, x.columns), data } as const,
        };
        const all = { ...feeds, ...(await masks(feeds, random)) };
        const { [name]: output } = await main.run(all, { outputs: [name], signal });
        columns = output.data.length / batch;
        result ??= new Float32Array(x.rows * columns);
        for (let i = 0; i < count * columns; i++) result[from * columns + i] = Number(output.data[i]);
      }
      return { data: result as Float32Array, rows: x.rows, columns };
    }
    return {
      inputs,
      outputs,
      logits: (x, predict) => rows(logits, x, predict),
      embeddings: (x, predict) => {
        if (embeddings === undefined)
          throw new CredenceError(
            "unknown-option",
            { function: "Model.embeddings", argument: "embeddings" },
            "openModel was not told which value of the model holds them.",
          );
        return rows(embeddings, x, predict);
      },
      run: async (feeds, run) => main.run({ ...feeds, ...(await masks(feeds, createRandom(0))) }, run),
      async release() {
        await main.release();
        await probe?.release();
        if (!options.runtime) await runtime.close();
      },
    };
  } catch (error) {
    if (!options.runtime) await runtime.close();
    throw error;
  }
}

/** Draws the masks of one run; their shapes are found once for each shape of the inputs. */
function maskMaker(probe: Session, sites: readonly DropoutSite[]) {
  const known = new Map<string, number[][]>();
  return async (feeds: { readonly [name: string]: TensorData }, random: { uniform(): number }) => {
    const key = Object.entries(feeds)
      .map(([name, { shape }]) => `${name}:${shape}`)
      .join(";");
    let shapes = known.get(key);
    if (!shapes) {
      const found = await probe.run(feeds, { outputs: sites.map(({ shape }) => shape) });
      shapes = sites.map(({ shape }) => Array.from(found[shape].data, Number));
      known.set(key, shapes);
    }
    const masks: { [name: string]: TensorData } = {};
    sites.forEach(({ mask, rate }, i) => {
      const shape = (shapes as number[][])[i];
      const data = new Float32Array(sizeOf(shape));
      for (let j = 0; j < data.length; j++) data[j] = random.uniform() < rate ? 0 : 1 / (1 - rate);
      masks[mask] = { type: "float32", shape, data };
    });
    return masks;
  };
}

/** The shape of a batch: what the model leaves open besides the rows must be clear from the row's length. */
function rowShape(
  input: string,
  shape: readonly (number | string)[],
  rows: number,
  columns: number,
): number[] {
  const rest = shape.slice(1);
  const fixed = rest.reduce<number>((size, n) => (typeof n === "number" ? size * n : size), 1);
  const open = rest.filter((n) => typeof n !== "number").length;
  if (open > 1 || columns % fixed !== 0 || (open === 0 && columns !== fixed))
    throw new CredenceError(
      "shape-mismatch",
      { function: "Model", argument: "x" },
      `has ${columns} columns, which do not fill the model's input "${input}" of shape [${shape.join(", ")}].`,
    );
  return [rows, ...rest.map((n) => (typeof n === "number" ? n : columns / fixed))];
}
