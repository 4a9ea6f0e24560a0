import type { OnnxModel, OnnxNode, OnnxValue, TensorData } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import { operationsBehind } from "./gradients.js";
import type { Shape, Tensor } from "./tensor.js";

/** A graph written out as an ONNX model, and what must be fed to it. */
export interface Emitted {
  readonly model: OnnxModel;
  readonly inputs: readonly Tensor[];
  readonly parameters: readonly Tensor[];
  /** The noise by the name of its input. */
  readonly noise: ReadonlyMap<string, Tensor>;
}

export interface EmitOptions {
  /** A name for the first dimension of inputs and outputs, which then may vary. Default: shapes are fixed. */
  batch?: string;
  /** Parameters written into the model as constants with these values, instead of being inputs. */
  values?: { readonly [name: string]: TensorData };
}

/**
 * Writes out the operations behind the outputs, each after those it needs.
 * @throws CredenceError "in-use" where two different inputs or parameters have the same name.
 */
export function emit(
  outputs: { readonly [name: string]: Tensor },
  { batch, values }: EmitOptions = {},
): Emitted {
  const operations = operationsBehind(Object.values(outputs));
  const names = new Map<Tensor, string>();
  const taken = new Set<string>(Object.keys(outputs));
  const initializers: { [name: string]: TensorData } = {};
  const constants = new Map<string, string>();
  const inputs: Tensor[] = [];
  const parameters: Tensor[] = [];
  const noise = new Map<string, Tensor>();

  const unique = (wish: string): string => {
    let name = wish;
    for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
    taken.add(name);
    return name;
  };
  const claim = (name: string): string => {
    if (taken.has(name))
      throw new CredenceError(
        "in-use",
        { function: "compile", argument: name },
        "two tensors or outputs have this name; give each its own.",
      );
    taken.add(name);
    return name;
  };

  function introduce(x: Tensor): void {
    if (names.has(x)) return;
    const { source } = x;
    if (source.kind === "input") {
      names.set(x, claim(source.name));
      inputs.push(x);
    } else if (source.kind === "parameter") {
      names.set(x, claim(source.name));
      if (values) initializers[source.name] = values[source.name] ?? source.initial;
      else parameters.push(x);
    } else if (source.kind === "noise") {
      const name = unique(source.distribution.kind);
      names.set(x, name);
      noise.set(name, x);
    } else if (source.kind === "constant") {
      // Equal small constants become one.
      const { type, shape, data } = source.value;
      const key = data.length <= 8 ? `${type}[${shape}]${data}` : null;
      const known = key === null ? undefined : constants.get(key);
      const name = known ?? unique("constant");
      if (key !== null) constants.set(key, name);
      initializers[name] = source.value;
      names.set(x, name);
    }
  }

  // The caller's names first, so that those made up give way.
  const leaves = [...operations.flatMap(({ inputs: read }) => read), ...Object.values(outputs)];
  const isNamed = ({ source }: Tensor) => source.kind === "input" || source.kind === "parameter";
  for (const x of leaves.filter(isNamed)) introduce(x);
  for (const x of leaves) introduce(x);

  // Where possible an output's value is called by the output's name; a second name, or a leaf, needs a copy.
  const copies: OnnxNode[] = [];
  for (const [name, x] of Object.entries(outputs)) {
    if (x.source.kind === "operation" && !names.has(x)) names.set(x, name);
    else copies.push({ op: "Identity", inputs: [names.get(x) as string], outputs: [name] });
  }
  const nodes = operations.map((operation): OnnxNode => {
    for (const y of operation.outputs)
      if (!names.has(y)) names.set(y, unique(operation.name ?? operation.op));
    return {
      op: operation.op,
      inputs: operation.inputs.map((x) => names.get(x) as string),
      outputs: operation.outputs.map((y) => names.get(y) as string),
      attributes: operation.attributes,
    };
  });

  const shapeOf = ([first, ...rest]: Shape): (number | string)[] =>
    first === undefined ? [] : [batch ?? first, ...rest];
  const fed: OnnxValue[] = [...inputs, ...noise.values()].map((x) => ({
    name: names.get(x) as string,
    type: x.type,
    shape: shapeOf(x.shape),
  }));
  const kept = parameters.map((x) => ({ name: names.get(x) as string, type: x.type, shape: x.shape }));
  const given = Object.entries(outputs).map(([name, x]) => ({ name, type: x.type, shape: shapeOf(x.shape) }));
  const model = { nodes: [...nodes, ...copies], inputs: [...fed, ...kept], outputs: given, initializers };
  return { model, inputs, parameters, noise };
}

/** Tensors under longer names, so that an output may be called as an input or a parameter is. */
export const prefixed = (
  prefix: string,
  tensors: { readonly [name: string]: Tensor },
): { [name: string]: Tensor } =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [`${prefix} ${name}`, x]));
