import { sizeOf, type TensorData, tensorData } from "@credence/runtime";
import { CredenceError } from "credence/numeric";
import { nameOf, show, type Tensor } from "./tensor.js";

/** Values for the inputs, by name: numbers row-major, tensors, or one number for a scalar. */
export interface Feeds {
  readonly [input: string]: number | ArrayLike<number> | TensorData;
}

/**
 * What is fed to an input; with a free batch, as many rows as were given.
 * @throws CredenceError "empty-input" where nothing is, "shape-mismatch" where it does not fit.
 */
export function feed(fn: string, x: Tensor, feeds: Feeds, freeRows = false): TensorData {
  const name = nameOf(x);
  const given = feeds[name];
  const place = { function: fn, argument: name };
  if (given === undefined)
    throw new CredenceError("empty-input", place, `is an input of shape ${show(x.shape)}, and was not fed.`);
  const values = typeof given === "number" ? [given] : given;
  const tensor = isTensor(values) ? values : tensorData(x.type, x.shape, values);
  const rows = tensor.data.length / sizeOf(x.shape.slice(1));
  const shape = freeRows && x.shape.length > 0 ? x.shape.with(0, rows) : x.shape;
  const fits = Number.isInteger(rows) && tensor.data.length === sizeOf(shape) && tensor.type === x.type;
  if (!fits || tensor.data.length === 0)
    throw new CredenceError(
      "shape-mismatch",
      place,
      `${tensor.data.length} values of ${tensor.type} were fed to an input that is ${x.type} ${show(x.shape)}.`,
    );
  return { ...tensor, shape };
}

const isTensor = (values: ArrayLike<number> | TensorData): values is TensorData => "data" in values;
