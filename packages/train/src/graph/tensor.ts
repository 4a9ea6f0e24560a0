import { type DataType, sizeOf, type TensorData, tensorData } from "@credence/runtime";
import { CredenceError } from "credence/numeric";

export type Shape = readonly number[];

/**
 * A value in a computation that has not run yet: a node of a graph whose edges lead to what it is made from. Nothing is
 * computed when tensors are put together; {@link compile} turns the graph behind its outputs into an ONNX model.
 */
export interface Tensor {
  readonly type: DataType;
  readonly shape: Shape;
  readonly source: Source;
}

/** Where a tensor comes from. */
export type Source =
  /** Fed at every run. */
  | { readonly kind: "input"; readonly name: string }
  /** Kept between runs, and changed by training. */
  | { readonly kind: "parameter"; readonly name: string; readonly initial: TensorData }
  | { readonly kind: "constant"; readonly value: TensorData }
  /** Drawn afresh at every run from the program's seeded generator. */
  | { readonly kind: "noise"; readonly distribution: Distribution }
  /** The output number `index` of an operation. */
  | { readonly kind: "operation"; readonly operation: Operation; readonly index: number };

/** What noise is drawn from. `keep`: 1/share with this probability, else 0, which is the mask of dropout. */
export type Distribution =
  | { readonly kind: "normal" }
  | { readonly kind: "uniform" }
  | { readonly kind: "keep"; readonly share: number };

/** One application of an ONNX operator. */
export interface Operation {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** The name given with {@link named}. */
  readonly name?: string;
  readonly backward: Backward | null;
  /** What the gradients go to: the inputs, as a rule. */
  readonly gradientsTo: readonly Tensor[];
}

export type Attributes = { readonly [name: string]: number | readonly number[] | string | { float: number } };

/**
 * The chain rule for one operation: given the gradients of a loss with respect to the outputs (null where the loss does
 * not depend on one), it returns those with respect to `gradientsTo` (null where none flows). It is written in tensors,
 * so the gradients are graphs themselves and can be differentiated again.
 */
export type Backward = (
  gradients: readonly (Tensor | null)[],
  operation: Operation,
) => readonly (Tensor | null)[];

/**
 * A tensor that is fed at every run.
 * @param type Default "float32".
 */
export function input(name: string, shape: Shape, type: DataType = "float32"): Tensor {
  checkShape("input", name, shape);
  return { type, shape, source: { kind: "input", name } };
}

/**
 * A tensor that is learnt: it keeps its value between runs, and updates change it.
 * @param initial Its first values, row-major.
 * @throws CredenceError "length-mismatch" where the values do not fill the shape.
 */
export function parameter(
  name: string,
  shape: Shape,
  initial: ArrayLike<number>,
  type: DataType = "float32",
): Tensor {
  checkShape("parameter", name, shape);
  checkFill("parameter", name, shape, initial);
  return { type, shape, source: { kind: "parameter", name, initial: tensorData(type, shape, initial) } };
}

/** A tensor that never changes: one number for every place, or all of them row-major. */
export function constant(
  values: number | ArrayLike<number>,
  shape: Shape = [],
  type: DataType = "float32",
): Tensor {
  const list = typeof values === "number" ? new Array<number>(sizeOf(shape)).fill(values) : values;
  checkFill("constant", "values", shape, list);
  return { type, shape, source: { kind: "constant", value: tensorData(type, shape, list) } };
}

/** A tensor drawn afresh at every run: standard normal, uniform on [0, 1), or a dropout mask. */
export function noise(shape: Shape, distribution: Distribution, type: DataType = "float32"): Tensor {
  return { type, shape, source: { kind: "noise", distribution } };
}

/** What to call a tensor in a message. */
export function nameOf({ source }: Tensor): string {
  if (source.kind === "operation") return source.operation.name ?? `${source.operation.op} output`;
  return source.kind === "input" || source.kind === "parameter" ? source.name : source.kind;
}

/** "[128, 784]". */
export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

function checkShape(fn: string, name: string, shape: Shape): void {
  for (const n of shape)
    if (!Number.isInteger(n) || n < 1)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: name, value: show(shape) },
        "every dimension must be a whole number of at least 1.",
      );
}

function checkFill(fn: string, name: string, shape: Shape, values: ArrayLike<unknown>): void {
  if (values.length !== sizeOf(shape))
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: name },
      `has ${values.length} values, but its shape ${show(shape)} holds ${sizeOf(shape)}.`,
    );
}

/** The first values of parameters, by the name of the variable that keeps each. */
export function initialValues(
  parameters: readonly Tensor[],
  variable = (name: string): string => name,
): { [name: string]: TensorData } {
  const values: { [name: string]: TensorData } = {};
  for (const x of parameters)
    if (x.source.kind === "parameter") values[variable(x.source.name)] = x.source.initial;
  return values;
}
