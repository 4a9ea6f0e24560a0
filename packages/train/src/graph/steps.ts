import {
  encodeModel,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  startRuntime,
  type TensorArray,
  type TensorData,
  type Tensors,
  zeros,
} from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import type { CompileOptions } from "./compile.js";
import { type Emitted, emit, prefixed } from "./emit.js";
import { type Feeds, feed } from "./feeds.js";
import { draw, streamOf } from "./noise.js";
import { sameShape } from "./shape.js";
import { initialValues, nameOf, show, type Tensor } from "./tensor.js";

/** New values for parameters. */
export type Updates = ReadonlyMap<Tensor, Tensor>;

/** What happens at every step. */
export interface Computation<Name extends string> {
  /** Parameters that each step changes, with their new values. */
  readonly updates: Updates;
  /** What each step returns. */
  readonly outputs: { readonly [K in Name]: Tensor };
  /** Outputs that must be finite: if one is not, the run is refused and no parameter changes. */
  readonly finite?: readonly Name[];
}

/** A graph that changes parameters, run step after step. */
export interface Stepper<Name extends string> {
  /**
   * Runs one step for each entry of `feeds`.
   * @param options `step`: the number of the first one, which decides, with the seed, which noise is drawn. `signal` stops
   * waiting.
   * @returns The outputs, those of each step stacked along a new first axis.
   * @throws CredenceError "not-finite"; its place's index counts the steps before the first bad one.
   */
  run(
    feeds: readonly Feeds[],
    options: { step: number; signal?: AbortSignal },
  ): Promise<{ [K in Name]: TensorData }>;
  /** The values that the changing parameters have now, copied. */
  parameters(): Promise<{ [name: string]: TensorData }>;
  /** Sets parameters. */
  assign(values: Tensors): Promise<void>;
  /** Gives its memory back; closes the runtime if it is the stepper's own. */
  release(): Promise<void>;
}

/**
 * Compiles steps that change parameters. The graph becomes the body of a loop inside ONNX Runtime, so that many steps are
 * one run, and the parameters leave it once at the end: handing them over after every step took a third of the time.
 * @throws CredenceError "shape-mismatch" where an update has another shape than its parameter.
 * @example
 * ```ts
 * import { add, compileSteps, parameter } from "@credence/train/graph";
 * const count = parameter("count", [], [0]);
 * const stepper = await compileSteps({ outputs: { count }, updates: new Map([[count, add(count, 1)]]) });
 * const { count: seen } = await stepper.run([{}, {}, {}], { step: 0 });
 * await stepper.release();
 * Array.from(seen.data); // → [0, 1, 2]
 * ```
 */
export async function compileSteps<Name extends string>(
  { outputs, updates, finite = [] }: Computation<Name>,
  {
    runtime,
    seed = 0,
    ...session
  }: Pick<CompileOptions, "runtime" | "seed" | "threads" | "spinning" | "optimise"> = {},
): Promise<Stepper<Name>> {
  const next: { [output: string]: Tensor } = {};
  for (const [target, value] of updates) {
    checkUpdate(target, value);
    next[`next ${nameOf(target)}`] = value;
  }
  const emitted = emit({ ...prefixed("each", outputs), ...next });
  const { inputs, parameters, noise } = emitted;
  const changed = [...updates.keys()];
  const fixed = parameters.filter((x) => !updates.has(x));
  const own = runtime ?? startRuntime();
  try {
    await own.set(initialValues([...fixed, ...changed]), { keep: true });
    const model = loopOf(emitted, Object.keys(prefixed("each", outputs)), changed, fixed);
    const reads = Object.fromEntries([
      ...fixed.map((x) => [nameOf(x), nameOf(x)]),
      ...changed.map((x) => [`first ${nameOf(x)}`, nameOf(x)]),
    ]);
    const writes = Object.fromEntries(changed.map((x) => [`last ${nameOf(x)}`, nameOf(x)]));
    const opened = await own.open(encodeModel(model), session, {
      reads,
      writes,
      finite: finite.map((name) => `all each ${name}`),
    });
    return {
      async run(feeds, { step, signal }) {
        const steps = feeds.length;
        const fed: { [name: string]: TensorData } = {
          steps: { type: "int64", shape: [], data: BigInt64Array.of(BigInt(steps)) },
        };
        for (const x of inputs)
          fed[`all ${nameOf(x)}`] = stack(x, steps, (i) => feed("Stepper.run", x, feeds[i]));
        const streams = feeds.map((_, i) => streamOf(seed, step + i));
        for (const [name, x] of noise) fed[`all ${name}`] = stack(x, steps, (i) => draw(streams[i], x));
        const results = await opened.run(fed, { signal, transfer: true });
        const named = Object.keys(outputs).map((name) => [name, results[`all each ${name}`]]);
        return Object.fromEntries(named) as { [K in Name]: TensorData };
      },
      parameters: () => own.get(changed.map(nameOf)),
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

/** The tensors of all steps as one, along a new first axis. */
function stack({ type, shape }: Tensor, steps: number, at: (step: number) => TensorData): TensorData {
  const all = zeros(type, [steps, ...shape]);
  const size = all.data.length / steps;
  // All of one type, which TypeScript cannot know.
  for (let i = 0; i < steps; i++)
    (all.data as Float32Array).set(at(i).data as TensorArray & Float32Array, i * size);
  return all;
}

/**
 * A model that runs the graph once per step: values that change are handed from step to step, inputs are picked from
 * their stack by the step's number, outputs are stacked.
 */
function loopOf(
  { model, noise, inputs }: Emitted,
  outputs: readonly string[],
  changed: readonly Tensor[],
  fixed: readonly Tensor[],
): OnnxModel {
  const byStep = new Set([...inputs.map(nameOf), ...noise.keys()]);
  const fed = model.inputs.filter(({ name }) => byStep.has(name));
  const value = (x: Tensor, name: string): OnnxValue => ({ name, type: x.type, shape: x.shape });
  const stacked = ({ name, type, shape }: OnnxValue): OnnxValue => ({
    name,
    type,
    shape: ["steps", ...shape],
  });
  const output = (name: string) => model.outputs.find((v) => v.name === name) as OnnxValue;

  const pick = fed.map(
    ({ name }): OnnxNode => ({
      op: "Gather",
      inputs: [`all ${name}`, "step"],
      outputs: [name],
      attributes: { axis: 0 },
    }),
  );
  const body = {
    nodes: [...pick, ...model.nodes, { op: "Identity", inputs: ["go on"], outputs: ["still go on"] }],
    inputs: [
      { name: "step", type: "int64", shape: [] } as const,
      { name: "go on", type: "bool", shape: [] } as const,
      ...changed.map((x) => value(x, nameOf(x))),
    ],
    outputs: [
      { name: "still go on", type: "bool", shape: [] } as const,
      ...changed.map((x) => output(`next ${nameOf(x)}`)),
      ...outputs.map(output),
    ],
    initializers: model.initializers,
  };
  const first = changed.map((x) => value(x, `first ${nameOf(x)}`));
  const last = changed.map((x) => value(x, `last ${nameOf(x)}`));
  const results = outputs.map((name) => ({ ...stacked(output(name)), name: `all ${name}` }));
  return {
    nodes: [
      {
        op: "Loop",
        inputs: ["steps", "", ...first.map(({ name }) => name)],
        outputs: [...last, ...results].map(({ name }) => name),
        attributes: { body: { graph: body } },
      },
    ],
    inputs: [
      { name: "steps", type: "int64", shape: [] },
      ...fed.map((v) => ({ ...stacked(v), name: `all ${v.name}` })),
      ...fixed.map((x) => value(x, nameOf(x))),
      ...first,
    ],
    outputs: [...last, ...results],
    initializers: {},
  };
}

function checkUpdate(target: Tensor, value: Tensor): void {
  const place = { function: "compileSteps", argument: `updates of ${nameOf(target)}` };
  if (target.source.kind !== "parameter")
    throw new CredenceError("unknown-option", place, "only parameters can be updated.");
  if (!sameShape(target.shape, value.shape) || target.type !== value.type)
    throw new CredenceError(
      "shape-mismatch",
      place,
      `the parameter is ${target.type} ${show(target.shape)}, its new value ${value.type} ${show(value.shape)}.`,
    );
}
