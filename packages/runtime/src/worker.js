/**
 * The worker thread: holds the sessions and the variables, answers one request after another. ONNX Runtime blocks the
 * thread it runs on, which is why it runs here. Plain JavaScript, so that the same file serves the sources and the build.
 * @import { TensorData } from "./tensor.js"
 * @import { Bindings, Failure, Reply, Request, RowsOfVariable, SessionDescription } from "./protocol.js"
 * @import * as ort from "onnxruntime-node"
 */
import { parentPort, workerData } from "node:worker_threads";
import { giveBack } from "./giveBack.js";

/** @type {Map<number, { session: ort.InferenceSession, bindings: Bindings, stopped: boolean }>} */
const sessions = new Map();

/** @type {Map<string, ort.Tensor>} */
const variables = new Map();

/** @type {Promise<typeof ort> | undefined} */
let loading;

const engine = () => {
  loading ??= import(workerData.engine);
  return loading;
};

/** A refusal with a code of its own. */
class Refusal extends Error {
  /** @param {Failure["code"]} code @param {string} message @param {number} [index] */
  constructor(code, message, index) {
    super(message);
    this.code = code;
    this.index = index;
  }
}

/** @param {typeof ort} runtime @param {TensorData} tensor */
const toEngine = ({ Tensor }, { type, data, shape }) => new Tensor(type, /** @type {any} */ (data), shape);

/** @param {ort.Tensor} tensor @returns {TensorData} */
const fromEngine = (tensor) => ({
  type: /** @type {TensorData["type"]} */ (tensor.type),
  shape: tensor.dims,
  data: /** @type {TensorData["data"]} */ (tensor.data),
});

/** @param {unknown} tensors @returns {ArrayBuffer[]} */
const buffersOf = (tensors) =>
  Object.values(/** @type {{ [name: string]: TensorData }} */ (tensors)).map(({ data }) => data.buffer);

/** @param {string} name */
function variable(name) {
  const found = variables.get(name);
  if (!found) throw new Refusal("session-failed", `the variable "${name}" was never set`);
  return found;
}

/** A view, not a copy. @param {typeof ort} runtime @param {RowsOfVariable} rows */
function rowsOf({ Tensor }, { variable: name, from, to }) {
  const { type, data, dims } = variable(name);
  const size = data.length / dims[0];
  const part = /** @type {Float32Array} */ (data).subarray(from * size, to * size);
  return new Tensor(/** @type {"float32"} */ (type), part, [to - from, ...dims.slice(1)]);
}

/** @param {Extract<Request, { kind: "set" }>} request */
async function set({ variables: values, keep }) {
  const runtime = await engine();
  for (const [name, tensor] of Object.entries(values))
    if (!keep || !variables.has(name)) variables.set(name, toEngine(runtime, tensor));
}

/** @param {Extract<Request, { kind: "write" }>} request */
async function write({ variable: name, row, tensor }) {
  const { data, dims } = variable(name);
  const values = /** @type {Float32Array} */ (data);
  values.set(/** @type {Float32Array} */ (tensor.data), row * (values.length / dims[0]));
}

/** @param {readonly string[] | null} some */
function drop(some) {
  const names = some ?? [...variables.keys()];
  const dropped = names.flatMap((name) => variables.get(name) ?? []);
  for (const name of names) variables.delete(name);
  giveBack(dropped.map(fromEngine));
}

/** @param {readonly string[] | null} names */
function get(names) {
  return Object.fromEntries(
    (names ?? [...variables.keys()]).map((name) => [name, fromEngine(variable(name))]),
  );
}

/** @param {Extract<Request, { kind: "open" }>} request @returns {Promise<SessionDescription>} */
async function open({ session: key, model, options, bindings }) {
  const { InferenceSession } = await engine();
  const { threads = 1, spinning = false, optimise = "all", arena = true } = options;
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimise,
    logSeverityLevel: 4,
    enableCpuMemArena: arena,
    extra: { session: { intra_op: { allow_spinning: spinning && threads > 1 ? "1" : "0" } } },
  });
  sessions.set(key, { session, bindings, stopped: false });
  const shapes = session.inputMetadata.map((input) => [input.name, input.isTensor ? input.shape : []]);
  return { inputs: session.inputNames, outputs: session.outputNames, shapes: Object.fromEntries(shapes) };
}

/** @param {Extract<Request, { kind: "run" }>} request */
async function run({ session: key, feeds, outputs, rows }) {
  const runtime = await engine();
  const held = sessions.get(key);
  if (!held) throw new Refusal("session-failed", "the session was released");
  if (held.stopped)
    throw new Refusal("not-finite", "an earlier run of this session gave a value that is not finite");
  const { session, bindings } = held;
  const { reads = {}, writes = {}, finite = [] } = bindings;

  /** @type {{ [name: string]: ort.Tensor }} */
  const fed = {};
  for (const [name, tensor] of Object.entries(feeds)) fed[name] = toEngine(runtime, tensor);
  for (const [input, name] of Object.entries(reads)) fed[input] = variable(name);
  for (const [input, some] of Object.entries(rows)) fed[input] = rowsOf(runtime, some);
  const fetched = [
    ...(outputs ?? session.outputNames.filter((name) => !(name in writes))),
    ...Object.keys(writes),
  ];
  const results = await session.run(fed, fetched);
  for (const name of finite) {
    const index = Array.prototype.findIndex.call(results[name].data, (value) => !Number.isFinite(value));
    if (index < 0) continue;
    held.stopped = true;
    throw new Refusal("not-finite", `the output "${name}" is not finite`, index);
  }
  for (const [output, name] of Object.entries(writes)) variables.set(name, results[output]);
  return Object.fromEntries(
    Object.entries(results)
      .filter(([name]) => !(name in writes))
      .map(([name, tensor]) => [name, fromEngine(tensor)]),
  );
}

/** @param {number} key */
async function release(key) {
  const held = sessions.get(key);
  sessions.delete(key);
  await held?.session.release();
}

/** @param {Request} request */
function answer(request) {
  switch (request.kind) {
    case "set":
      return set(request);
    case "write":
      return write(request);
    case "drop":
      return drop(request.names);
    case "get":
      return get(request.names);
    case "open":
      return open(request);
    case "run":
      return run(request);
    case "release":
      return release(request.session);
  }
}

/** @param {unknown} error @returns {Failure} */
function failure(error) {
  const { code, message } = /** @type {Error & { code?: string }} */ (error);
  if (error instanceof Refusal) return { code: error.code, message, index: error.index };
  const missing =
    code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND" || code === "ERR_DLOPEN_FAILED";
  return { code: missing ? "missing-package" : "session-failed", message };
}

// Requests wait for those before them, also across awaits.
let last = Promise.resolve();
parentPort?.on("message", (/** @type {Request & { id: number }} */ request) => {
  last = last.then(async () => {
    /** @type {Reply} */
    let reply;
    try {
      reply = { id: request.id, value: await answer(request) };
    } catch (error) {
      reply = { id: request.id, failure: failure(error) };
    }
    // Results leave for good; variables are copied.
    const leaving = request.kind === "run" && "value" in reply ? buffersOf(reply.value) : [];
    parentPort?.postMessage(reply, leaving);
  });
});
