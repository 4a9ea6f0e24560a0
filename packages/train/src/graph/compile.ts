import {
  encodeModel,
  type Runtime,
  type SessionOptions,
  startRuntime,
  type TensorData,
  type Tensors,
} from "@credence/runtime";
import { emit, prefixed } from "./emit.js";
import { type Feeds, feed } from "./feeds.js";
import { draw, streamOf } from "./noise.js";
import { initialValues, nameOf, type Tensor } from "./tensor.js";

export interface CompileOptions extends SessionOptions {
  /** Where to run. Programs that share a runtime share parameters, by name. Default: a worker of its own. */
  runtime?: Runtime;
  /** Seed of the noise in the graph. Default 0. */
  seed?: number;
  /** A name for the first dimension of inputs and outputs, which then may differ from run to run. Default: fixed. */
  batch?: string;
  /** Which variable of the runtime a parameter reads, by the parameter's name. Default: the one of its own name. */
  variable?: (name: string) => string;
}

/** A graph that runs. */
export interface Program<Name extends string> {
  /**
   * Runs the graph once.
   * @param options `step`: which noise is drawn, together with the seed; default: the number of runs so far. `signal`
   * stops waiting.
   */
  run(feeds?: Feeds, options?: { step?: number; signal?: AbortSignal }): Promise<{ [K in Name]: TensorData }>;
  /** Sets parameters. */
  assign(values: Tensors): Promise<void>;
  /** Gives its memory back; closes the runtime if it is the program's own. */
  release(): Promise<void>;
}

/**
 * Compiles the graph behind some tensors into an ONNX model and makes it ready to run. To change parameters by running,
 * see {@link compileSteps}.
 * @throws CredenceError "in-use" where two inputs or parameters have the same name.
 * @example
 * ```ts
 * import { compile, gradients, input, mul, parameter, sum } from "@credence/train/graph";
 * const x = input("x", [2]);
 * const w = parameter("w", [2], [3, 5]);
 * const loss = sum(mul(mul(w, w), x));
 * const [slope] = gradients(loss, [w]);
 * const program = await compile({ loss, slope });
 * const result = await program.run({ x: [1, 2] });
 * await program.release();
 * Array.from(result.slope.data); // → [6, 20]
 * ```
 */
export async function compile<Name extends string>(
  outputs: { readonly [K in Name]: Tensor },
  { runtime, seed = 0, batch, variable = (name) => name, ...session }: CompileOptions = {},
): Promise<Program<Name>> {
  const { model, inputs, parameters, noise } = emit(prefixed("output", outputs), { batch });
  const own = runtime ?? startRuntime();
  try {
    await own.set(initialValues(parameters, variable), { keep: true });
    const reads = Object.fromEntries(parameters.map((x) => [nameOf(x), variable(nameOf(x))]));
    const opened = await own.open(encodeModel(model), session, { reads });
    let runs = 0;
    return {
      async run(feeds = {}, { step = runs++, signal } = {}) {
        const fed: { [name: string]: TensorData } = {};
        for (const x of inputs) fed[nameOf(x)] = feed("Program.run", x, feeds, batch !== undefined);
        const random = streamOf(seed, step);
        for (const [name, x] of noise) fed[name] = draw(random, x);
        const results = await opened.run(fed, { signal });
        const named = Object.keys(outputs).map((name) => [name, results[`output ${name}`]]);
        return Object.fromEntries(named) as { [K in Name]: TensorData };
      },
      assign: (values) => own.set(values),
      async release() {
        if (runtime) await opened.release();
        else await own.close();
      },
    };
  } catch (error) {
    if (!runtime) await own.close();
    throw error;
  }
}
