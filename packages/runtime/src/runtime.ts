import { Worker } from "node:worker_threads";
import { CredenceError } from "credence/numeric";
import type {
  Bindings,
  Failure,
  Reply,
  Request,
  RowsOfVariable,
  SessionDescription,
  SessionOptions,
} from "./protocol.js";
import { sizeOf, type TensorData } from "./tensor.js";

/** Tensors by name. */
export interface Tensors {
  readonly [name: string]: TensorData;
}

/** A model ready to run, in a worker thread. */
export interface Session extends SessionDescription {
  /**
   * Runs the model once. Runs of one runtime happen one after another, in the order they were asked for.
   * @param feeds Every input that is not bound to a variable. Their memory is copied to the worker.
   * @param options `outputs`: the names wanted, default all that are not bound to a variable. `transfer`: hand the
   * feeds' memory over instead of copying; they cannot be used afterwards. `rows`: inputs fed from rows of variables.
   * `signal` gives up waiting: the promise is rejected at once, and the run that has begun ends unheard.
   * @throws CredenceError "session-failed" where ONNX Runtime refuses, "length-mismatch" for memory that was handed over.
   */
  run(feeds: Tensors, options?: RunOptions): Promise<{ [name: string]: TensorData }>;
  /** Gives the session's memory back. */
  release(): Promise<void>;
}

export interface RunOptions {
  outputs?: readonly string[];
  transfer?: boolean;
  rows?: { readonly [input: string]: RowsOfVariable };
  signal?: AbortSignal;
}

/** A worker thread with ONNX Runtime in it. */
export interface Runtime {
  /** Opens a model. */
  open(model: Uint8Array, options?: SessionOptions, bindings?: Bindings): Promise<Session>;
  /** The session of this key, e.g. a batch shape; opened by `open` at the first call, and the same one afterwards. */
  cached(key: string, open: () => Promise<Session>): Promise<Session>;
  /**
   * Sets variables: tensors that stay in the worker, see {@link Bindings}.
   * @param options `keep`: those that are set already keep their values. `transfer`: hand the memory over instead of
   * copying. Both default to false.
   */
  set(variables: Tensors, options?: { keep?: boolean; transfer?: boolean }): Promise<void>;
  /** Overwrites a variable from this row on with a tensor of its type, whose memory is handed over. */
  write(variable: string, row: number, tensor: TensorData): Promise<void>;
  /**
   * Forgets variables, as far as there are such, all without names, and gives their memory back at once; they must share it
   * with no others.
   */
  drop(names?: readonly string[]): Promise<void>;
  /** Copies of variables; of all without names. */
  get(names?: readonly string[]): Promise<{ [name: string]: TensorData }>;
  /** Ends the worker with everything in it; what still waits is rejected. */
  close(): Promise<void>;
}

export interface RuntimeOptions {
  /** The package that provides ONNX Runtime. Default "onnxruntime-node". */
  engine?: string;
}

/**
 * Starts a worker thread for ONNX Runtime, so that the event loop stays free while it computes. The thread does not keep
 * the process alive while nothing runs.
 * @example
 * ```ts
 * import { encodeModel, startRuntime, tensorData } from "@credence/runtime";
 * const value = { type: "float32", shape: [2] } as const;
 * const runtime = startRuntime();
 * const session = await runtime.open(
 *   encodeModel({
 *     nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }],
 *     inputs: [{ name: "x", ...value }],
 *     outputs: [{ name: "y", ...value }],
 *     initializers: {},
 *   }),
 * );
 * const { y } = await session.run({ x: tensorData("float32", [2], [-1, 3]) });
 * await runtime.close();
 * y.data[1]; // → 3
 * ```
 */
export function startRuntime({ engine = "onnxruntime-node" }: RuntimeOptions = {}): Runtime {
  const { request, end } = connect(engine);
  const cache = new Map<string, Promise<Session>>();
  let sessions = 0;

  async function open(
    model: Uint8Array,
    options: SessionOptions = {},
    bindings: Bindings = {},
  ): Promise<Session> {
    const session = sessions++;
    const description = (await request({
      kind: "open",
      session,
      model,
      options,
      bindings,
    })) as SessionDescription;
    return {
      ...description,
      async run(feeds, { outputs, transfer, rows = {}, signal } = {}) {
        const message = { kind: "run", session, feeds, outputs: outputs ?? null, rows } as const;
        const buffers = buffersOf(feeds);
        return (await request(message, transfer ? buffers : [], signal)) as { [name: string]: TensorData };
      },
      release: async () => void (await request({ kind: "release", session })),
    };
  }

  return {
    open,
    cached(key, make) {
      let session = cache.get(key);
      if (!session) {
        session = make();
        cache.set(key, session);
        session.catch(() => cache.delete(key));
      }
      return session;
    },
    async set(variables, { keep = false, transfer } = {}) {
      const buffers = buffersOf(variables);
      await request({ kind: "set", variables, keep }, transfer ? buffers : []);
    },
    write: async (variable, row, tensor) =>
      void (await request({ kind: "write", variable, row, tensor }, buffersOf({ tensor }))),
    drop: async (names) => void (await request({ kind: "drop", names: names ?? null })),
    get: (names) => request({ kind: "get", names: names ?? null }) as Promise<{ [name: string]: TensorData }>,
    close: end,
  };
}

/** Starts the worker, and gives each request the reply that belongs to it. */
function connect(engine: string) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: { engine } });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let requests = 0;
  let ended: CredenceError | null = null;

  function settle(id: number, act: "resolve" | "reject", value: unknown): void {
    const promise = waiting.get(id);
    // Given up by its caller. A thread that is being ended must keep the process alive until it has.
    if (!promise) return;
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    promise[act](value);
  }
  function stop(reason: CredenceError): void {
    ended ??= reason;
    for (const id of [...waiting.keys()]) settle(id, "reject", ended);
  }

  worker.unref();
  worker.on("message", (reply: Reply) => {
    if ("failure" in reply) settle(reply.id, "reject", errorOf(reply.failure, engine));
    else settle(reply.id, "resolve", reply.value);
  });
  worker.on("error", (error) => stop(failed(`the worker thread broke down: ${error.message}`)));
  worker.on("exit", () => stop(failed("the runtime was closed.")));

  async function request(
    message: Request,
    transfer: readonly ArrayBuffer[] = [],
    signal?: AbortSignal,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (ended) throw ended;
    const id = requests++;
    return new Promise((resolve, reject) => {
      // First, as it may throw: nothing then waits.
      worker.postMessage({ ...message, id }, [...new Set(transfer)]);
      const abort = () => settle(id, "reject", signal?.reason);
      const done = () => signal?.removeEventListener("abort", abort);
      waiting.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      signal?.addEventListener("abort", abort);
      worker.ref();
    });
  }
  async function end(): Promise<void> {
    stop(failed("the runtime was closed."));
    await worker.terminate();
  }
  return { request, end };
}

/** The memory of tensors. What was handed over before is refused here: the worker would never hear of it. */
const buffersOf = (tensors: Tensors) =>
  Object.entries(tensors).map(([name, { data, shape }]) => {
    if (data.length === sizeOf(shape)) return data.buffer;
    throw new CredenceError(
      "length-mismatch",
      { function: "Runtime", argument: name },
      `holds ${data.length} values for the shape [${shape.join(", ")}]; memory that was handed over is empty.`,
    );
  });

const failed = (explanation: string) =>
  new CredenceError("session-failed", { function: "Runtime", argument: "session" }, explanation);

function errorOf({ code, message, index }: Failure, engine: string): CredenceError {
  if (code === "missing-package")
    return new CredenceError(
      code,
      { function: "startRuntime", argument: "engine", value: engine },
      `the package cannot be loaded; install it with "npm install --ignore-scripts ${engine}" (its install script fetches GPU libraries that are not needed). ${message}`,
    );
  const place = { function: "Session.run", argument: "session", ...(index !== undefined && { index }) };
  return new CredenceError(code, place, `${message}.`);
}
