import {
  encodeModel,
  type RunOptions,
  type Session,
  startRuntime,
  type TensorData,
  type Tensors,
  tensorData,
} from "@credence/runtime";
import {
  cast,
  constant,
  emit,
  equal,
  gather,
  greater,
  input,
  mul,
  pad,
  reshape,
  type Tensor,
  where,
} from "../../graph/index.js";
import { range } from "../../graph/shape.js";
import { nameOf } from "../../graph/tensor.js";
import { createWeights } from "../../nn/index.js";
import { type Line, type PackedRows, packRows } from "./packing.js";
import { type Dimensions, logitsOf, logitsOfRows, READ, type Remember, ROWS } from "./transformerNet.js";

/** The logits of tokens, one row of `columns` numbers after another. */
export interface Logits {
  readonly data: Float32Array;
  readonly columns: number;
}

/** The network with its weights, ready to run. */
export interface Network {
  /** The logits at every place of packed rows. */
  logits(rows: PackedRows, options?: RunOptions): Promise<Logits>;
  /** Lets a function generate; one at a time, since they share one memory. */
  decode<T>(use: (decoder: Decoder) => Promise<T>): Promise<T>;
  release(): Promise<void>;
}

/** Reads one token after another, and remembers the keys and values of those before. */
export interface Decoder {
  /** Forgets everything and reads lines; the logits of what comes after each. */
  read(lines: readonly Line[], options?: RunOptions): Promise<Logits>;
  /**
   * Reads one more token for each row; the logits of what comes after it.
   * @param rows Which row each one continues, by its number in the call before. A row may be continued several times, or
   * not at all.
   * @param places Where in its line the token stands: one after the last.
   */
  step(rows: Int32Array, tokens: Int32Array, places: Int32Array, options?: RunOptions): Promise<Logits>;
}

/** Opens a network in a worker of its own. Its sessions, one for each length of rows, share the weights. */
export async function openNetwork(weights: Tensors, dimensions: Dimensions): Promise<Network> {
  const { context, vocabulary } = dimensions;
  const runtime = startRuntime();
  await runtime.set(weights);

  const whole = (places: number) =>
    runtime.cached(`whole ${places}`, () => openSession({ logits: rowsGraph(dimensions, places) }));
  const reading = (places: number) =>
    runtime.cached(`reading ${places}`, () => {
      const { remember, memory } = rememberPadded(context);
      return openSession({ logits: rowsGraph(dimensions, places, remember), ...memory });
    });
  const stepping = () => runtime.cached("stepping", () => openSession(stepGraph(dimensions)));

  /** A session over the shared weights; outputs that are memory stay in the worker. */
  function openSession(outputs: { [name: string]: Tensor }): Promise<Session> {
    const { model } = emit(outputs, { batch: "rows" });
    // The rows remembered need not be as many as those that go on from them.
    const inputs = model.inputs.map((value) =>
      isMemory(value.name) ? { ...value, shape: value.shape.with(0, "rows before") } : value,
    );
    const kept = inputs.map(({ name }) => name).filter((name) => isMemory(name) || name in weights);
    const written = Object.keys(outputs).filter((name) => name !== "logits");
    return runtime.open(
      encodeModel({ ...model, inputs }),
      {},
      {
        reads: Object.fromEntries(kept.map((name) => [name, name])),
        writes: Object.fromEntries(written.map((name) => [name, name.slice(NEXT.length)])),
      },
    );
  }
  async function run(session: Session, feeds: Tensors, options?: RunOptions): Promise<Logits> {
    const { logits } = await session.run(feeds, options);
    return { data: logits.data as Float32Array, columns: vocabulary };
  }
  const decoder: Decoder = {
    async read(lines, options) {
      const longest = Math.max(...lines.map(({ tokens }) => tokens.length));
      const places = roundUp(longest, context);
      const rows = packRows(lines, wholeLines(lines), places, vocabulary, { together: false });
      const { data } = await run(await reading(places), feedsOf(rows), options);
      const last = new Float32Array(lines.length * vocabulary);
      lines.forEach(({ tokens }, i) => {
        const at = (i * places + tokens.length - 1) * vocabulary;
        last.set(data.subarray(at, at + vocabulary), i * vocabulary);
      });
      return { data: last, columns: vocabulary };
    },
    async step(rows, tokens, places, options) {
      const feeds = { rows, tokens, places };
      const fed = Object.entries(feeds).map(([name, data]) => [
        name,
        tensorData("int64", [data.length], data),
      ]);
      return run(await stepping(), Object.fromEntries(fed), options);
    },
  };
  let busy: Promise<unknown> = Promise.resolve();
  return {
    logits: async (rows, options) => run(await whole(rows.places), feedsOf(rows), options),
    decode(use) {
      const result = busy.then(() => use(decoder));
      busy = result.catch(() => {});
      return result;
    },
    release: () => runtime.close(),
  };
}

/** The length of rows for something this long: one of a few, so that few sessions are needed. */
export function roundUp(length: number, context: number): number {
  let places = 8;
  while (places < length) places *= 2;
  return Math.min(places, context);
}

const wholeLines = (lines: readonly Line[]) =>
  lines.map(({ tokens, source }, line) => ({ line, from: 0, to: tokens.length, counted: source }));

function feedsOf({ rows, places, ...arrays }: PackedRows): Tensors {
  const feed = (values: Int32Array): TensorData => tensorData("int64", [rows, places], values);
  return Object.fromEntries(READ.map((name) => [name, feed(arrays[name])]));
}

const scope = () => createWeights().scope({ training: false });

/** The logits of rows of this length. */
export const rowsGraph = (
  dimensions: Dimensions,
  places: number,
  remember?: Remember,
  own = scope(),
): Tensor => logitsOfRows(own, (name) => input(name, [ROWS, places], "int64"), dimensions, remember);

/** The names of the weights. */
export function weightNames(dimensions: Dimensions): string[] {
  const weights = createWeights();
  rowsGraph(dimensions, dimensions.context, undefined, weights.scope({ training: false }));
  return weights.parameters().map(nameOf);
}

/** Names of what is remembered between runs, and of what it becomes. */
const isMemory = (name: string): boolean => /^(keys|values) \d+$/.test(name);
const NEXT = "next ";

/** Collects keys and values, with room for as many as the context has. */
function rememberPadded(context: number): { remember: Remember; memory: { [name: string]: Tensor } } {
  const memory: { [name: string]: Tensor } = {};
  return {
    memory,
    remember(layer, keys, values) {
      const padded = (x: Tensor) => pad(x, 2, 0, context - x.shape[2]);
      memory[`${NEXT}keys ${layer}`] = padded(keys);
      memory[`${NEXT}values ${layer}`] = padded(values);
      return [keys, values];
    },
  };
}

/** One token for each row: its key and value take their place among those remembered, and it attends to all so far. */
function stepGraph(dimensions: Dimensions): { [name: string]: Tensor } {
  const { context, width, heads, vocabulary } = dimensions;
  const [rows, tokens, places] = ["rows", "tokens", "places"].map((name) => input(name, [ROWS], "int64"));
  const order = constant(range(context), [context], "int64");
  const at = reshape(places, [ROWS, 1, 1, 1]);
  const isHere = equal(reshape(order, [context, 1]), at);
  const outputs: { [name: string]: Tensor } = {};
  const remember: Remember = (layer, ...fresh) => {
    const [keys, values] = ["keys", "values"].map((name, i) => {
      const before = input(`${name} ${layer}`, [ROWS, heads, context, width / heads]);
      const now = where(isHere, fresh[i], gather(before, rows));
      outputs[`${NEXT}${name} ${layer}`] = now;
      return now;
    });
    return [keys, values];
  };
  const logits = logitsOf(
    scope(),
    {
      tokens: reshape(tokens, [ROWS, 1]),
      positions: reshape(places, [ROWS, 1]),
      mask: mul(cast(greater(order, at), "float32"), -1e9),
    },
    dimensions,
    remember,
  );
  return { logits: reshape(logits, [ROWS, vocabulary]), ...outputs };
}
