import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { CredenceError } from "credence/numeric";
import { message, text, writeNode, writeValue } from "./encode.js";
import { fields, typeCodes } from "./model.js";

/** A field of a message: its number, and its bytes with the tag. */
interface Field {
  readonly number: number;
  readonly raw: Uint8Array;
  /** The content, where it is a message, a text or bytes. */
  readonly content: Uint8Array | null;
}

function readFields(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const found: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    const delimited = type === WireType.LengthDelimited;
    const content = delimited ? reader.bytes() : null;
    if (!delimited) reader.skip(type, number);
    if (reader.pos > reader.len) throw new RangeError("ends within a field");
    found.push({ number, raw: bytes.subarray(start, reader.pos), content });
  }
  return found;
}

const decoder = new TextDecoder();
export const contents = (all: readonly Field[], number: number): Uint8Array[] =>
  all.flatMap((field) => (field.number === number && field.content ? [field.content] : []));
const texts = (all: readonly Field[], number: number): string[] =>
  contents(all, number).map((content) => decoder.decode(content));

/** The fields of the graph of a model, and those around it. */
export function openGraph(model: Uint8Array): { around: Field[]; graph: Field[] } {
  const all = readFields(model);
  const graph = contents(all, fields.model.graph).flatMap(readFields);
  if (graph.length === 0) throw new RangeError("has no graph");
  return { around: all.filter(({ number }) => number !== fields.model.graph), graph };
}

/** What was to be read from a model; whatever cannot be parsed is no model. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CredenceError) throw error;
    throw new CredenceError(
      "not-a-model",
      { function: "openModel", argument: "model" },
      `is not an ONNX file, or only a part of one (${(error as Error).message}).`,
    );
  }
}

function closeGraph(around: readonly Field[], write: (graph: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  for (const { raw } of around) writer.raw(raw);
  message(writer, fields.model.graph, write);
  return writer.finish();
}

/** Names of the outputs and of all values that nodes make. */
export const valuesOf = (model: Uint8Array) => reading(() => listValues(model));

function listValues(model: Uint8Array): { inputs: string[]; outputs: string[]; values: string[] } {
  const { graph } = openGraph(model);
  const named = (number: number) =>
    contents(graph, number).flatMap((value) => texts(readFields(value), fields.value.name));
  const initialized = new Set(
    contents(graph, fields.graph.initializer).flatMap((t) => texts(readFields(t), fields.tensor.name)),
  );
  return {
    inputs: named(fields.graph.input).filter((name) => !initialized.has(name)),
    outputs: named(fields.graph.output),
    values: contents(graph, fields.graph.node).flatMap((node) => texts(readFields(node), fields.node.output)),
  };
}

/** The model with inner values as outputs too. */
export const exposeValues = (model: Uint8Array, names: readonly string[]): Uint8Array =>
  reading(() => withOutputs(model, names));

function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  const { outputs, values } = listValues(model);
  const unknown = names.find((name) => !values.includes(name));
  if (unknown !== undefined)
    throw new CredenceError(
      "unknown-option",
      { function: "openModel", argument: "embeddings", value: unknown },
      `the model makes no value of this name; it makes ${summary(values)}.`,
    );
  const { around, graph } = openGraph(model);
  return closeGraph(around, (writer) => {
    for (const { raw } of graph) writer.raw(raw);
    for (const name of names)
      if (!outputs.includes(name))
        message(writer, fields.graph.output, (w) => text(w, fields.value.name, name));
  });
}

const summary = (names: readonly string[]): string =>
  (names.length > 12 ? [...names.slice(0, 6), "…", ...names.slice(-6)] : names)
    .map((n) => `"${n}"`)
    .join(", ");

/** A place where a model drops activations. */
export interface DropoutSite {
  /** The input that takes the mask. */
  readonly mask: string;
  /** The output that gives the mask's shape, of the probing model. */
  readonly shape: string;
  /** The share dropped. */
  readonly rate: number;
}

/**
 * A model with dropout kept active: each Dropout becomes a product with a mask, which is an input. Masks need shapes, which
 * depend on the batch; the probing model, run once for a batch shape, gives them.
 * @throws CredenceError "unknown-option" where the model has no Dropout.
 */
export const activateDropout = (model: Uint8Array): ActiveDropout => reading(() => withMasks(model));

/** The two forms of a model with active dropout, and where it acts. */
export interface ActiveDropout {
  readonly masked: Uint8Array;
  readonly probing: Uint8Array;
  readonly sites: readonly DropoutSite[];
}

function withMasks(model: Uint8Array): ActiveDropout {
  const { around, graph } = openGraph(model);
  const scalars = scalarConstants(graph);
  const sites: (DropoutSite & { from: string; to: string })[] = [];
  const others: Field[] = [];
  for (const field of graph) {
    const node = field.number === fields.graph.node && field.content ? readFields(field.content) : [];
    if (texts(node, fields.node.op)[0] !== "Dropout") {
      others.push(field);
      continue;
    }
    const [from, ratio] = texts(node, fields.node.input);
    const [to] = texts(node, fields.node.output);
    const rate = floatAttribute(node, "ratio") ?? scalars.get(ratio) ?? 0.5;
    sites.push({
      from,
      to,
      rate,
      mask: `dropout mask ${sites.length}`,
      shape: `dropout shape ${sites.length}`,
    });
  }
  if (sites.length === 0)
    throw new CredenceError(
      "unknown-option",
      { function: "openModel", argument: "dropout", value: "active" },
      'the model has no Dropout; export it so that they stay (in PyTorch: training=TrainingMode.PRESERVE in training mode, or "do_constant_folding=False").',
    );
  const masked = closeGraph(around, (writer) => {
    for (const { raw } of others) writer.raw(raw);
    for (const { mask } of sites)
      message(writer, fields.graph.input, (w) => {
        text(w, fields.value.name, mask);
        message(w, fields.value.type, (type) =>
          message(type, fields.type.tensor, (tensor) =>
            tensor.tag(fields.tensorType.element, WireType.Varint).int64(typeCodes.float32),
          ),
        );
      });
    for (const { from, to, mask } of sites)
      message(writer, fields.graph.node, (w) =>
        writeNode(w, { op: "Mul", inputs: [from, mask], outputs: [to] }),
      );
  });
  const probing = closeGraph(around, (writer) => {
    for (const { raw } of graph) writer.raw(raw);
    for (const { from, shape } of sites) {
      message(writer, fields.graph.node, (w) =>
        writeNode(w, { op: "Shape", inputs: [from], outputs: [shape] }),
      );
      message(writer, fields.graph.output, (w) =>
        writeValue(w, { name: shape, type: "int64", shape: ["rank"] }),
      );
    }
  });
  return { masked, probing, sites };
}

/** Single numbers among the initializers and Constant nodes. */
function scalarConstants(graph: readonly Field[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const tensor of contents(graph, fields.graph.initializer).map(readFields)) {
    const value = scalarOf(tensor);
    if (value !== null) found.set(texts(tensor, fields.tensor.name)[0], value);
  }
  for (const node of contents(graph, fields.graph.node).map(readFields)) {
    if (texts(node, fields.node.op)[0] !== "Constant") continue;
    const [name] = texts(node, fields.node.output);
    for (const attribute of contents(node, fields.node.attribute).map(readFields))
      for (const tensor of contents(attribute, fields.attribute.tensor).map(readFields)) {
        const value = scalarOf(tensor);
        if (value !== null) found.set(name, value);
      }
    const value = floatAttribute(node, "value_float");
    if (value !== null) found.set(name, value);
  }
  return found;
}

/** The value of a floating tensor with one entry. */
function scalarOf(tensor: readonly Field[]): number | null {
  const [bytes] = [fields.tensor.raw, fields.tensor.floats, fields.tensor.doubles].flatMap((number) =>
    contents(tensor, number),
  );
  if (!bytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = tensor.find(({ number }) => number === fields.tensor.type)?.raw.at(-1);
  if (type === typeCodes.float32 && bytes.length === 4) return view.getFloat32(0, true);
  if (type === typeCodes.float64 && bytes.length === 8) return view.getFloat64(0, true);
  return null;
}

function floatAttribute(node: readonly Field[], name: string): number | null {
  for (const attribute of contents(node, fields.node.attribute).map(readFields)) {
    if (texts(attribute, fields.attribute.name)[0] !== name) continue;
    const field = attribute.find(({ number }) => number === fields.attribute.float);
    if (field)
      return new DataView(field.raw.buffer, field.raw.byteOffset + field.raw.length - 4, 4).getFloat32(
        0,
        true,
      );
  }
  return null;
}
