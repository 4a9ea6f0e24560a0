import type { DataType } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import {
  type Attributes,
  type Backward,
  constant,
  nameOf,
  type Operation,
  type Shape,
  show,
  type Tensor,
} from "./tensor.js";

interface Details {
  /** What the gradients go to. Default: the inputs. */
  readonly gradientsTo?: readonly Tensor[];
  readonly attributes?: Attributes;
  readonly name?: string;
  /** Element type of the output. Default: that of the first input. */
  readonly type?: DataType;
  readonly backward?: Backward | null;
}

/** Applies an ONNX operator that has several outputs. */
export function applyMany(
  op: string,
  inputs: readonly Tensor[],
  outputs: readonly { readonly shape: Shape; readonly type: DataType }[],
  { attributes = {}, name, backward = null, gradientsTo = inputs }: Details = {},
): readonly Tensor[] {
  const made: Tensor[] = [];
  const operation: Operation = { op, inputs, outputs: made, attributes, name, backward, gradientsTo };
  outputs.forEach(({ shape, type }, index) => {
    made.push({ type, shape, source: { kind: "operation", operation, index } });
  });
  return made;
}

/** Applies an ONNX operator that has one output. Its `backward` gets the gradient of that output, never null. */
export function apply(
  op: string,
  inputs: readonly Tensor[],
  shape: Shape,
  details: Omit<Details, "backward"> & {
    backward?: (gradient: Tensor, output: Tensor) => readonly (Tensor | null)[];
  } = {},
): Tensor {
  const { backward } = details;
  return applyMany(op, inputs, [{ shape, type: details.type ?? inputs[0].type }], {
    ...details,
    backward: backward && (([gradient], { outputs }) => backward(gradient as Tensor, outputs[0])),
  })[0];
}

/** The operation behind a tensor, if one is. */
export const operationOf = ({ source }: Tensor): Operation | null =>
  source.kind === "operation" ? source.operation : null;

/** The same tensor under a name, which messages about it and its part of the graph will use. */
export const named = (name: string, x: Tensor): Tensor =>
  apply("Identity", [x], x.shape, { name, backward: (g) => [g] });

/**
 * A tensor with a gradient of our own for the tensors that it was made from, where the chain rule through its parts would
 * be slower or less exact.
 */
export const withGradient = (
  x: Tensor,
  gradientsTo: readonly Tensor[],
  backward: (gradient: Tensor) => readonly Tensor[],
): Tensor => apply("Identity", [x], x.shape, { gradientsTo, backward });

/** What arithmetic takes: a tensor, or a number that stands for a constant. */
export type Operand = Tensor | number;

/** A number becomes a constant of the other operand's type. */
export const lift = (x: Operand, type: DataType): Tensor =>
  typeof x === "number" ? constant(x, [], type) : x;

/** Whole numbers that ONNX wants as a tensor: shapes, axes, indices. */
export const integers = (values: readonly number[]): Tensor => constant(values, [values.length], "int64");

/** The error for tensors whose shapes do not go together; it names both. */
export function mismatch(fn: string, a: Tensor, b: Tensor, explanation: string): CredenceError {
  return new CredenceError(
    "shape-mismatch",
    { function: fn, argument: nameOf(a) },
    `has shape ${show(a.shape)}, and ${nameOf(b)} has ${show(b.shape)}; ${explanation}`,
  );
}

/** The error for one tensor whose shape does not suit. */
export function unsuitable(fn: string, x: Tensor, explanation: string): CredenceError {
  return new CredenceError(
    "shape-mismatch",
    { function: fn, argument: nameOf(x) },
    `has shape ${show(x.shape)}; ${explanation}`,
  );
}

/** Refuses operands of different element types. */
export function checkSameType(fn: string, a: Tensor, b: Tensor): void {
  if (a.type !== b.type)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: nameOf(a) },
      `is ${a.type}, but ${nameOf(b)} is ${b.type}; cast one of them.`,
    );
}
