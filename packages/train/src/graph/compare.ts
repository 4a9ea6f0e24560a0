import type { DataType } from "@credence/runtime";
import { apply, checkSameType, lift, type Operand } from "./operation.js";
import { broadcastShape } from "./shape.js";
import type { Tensor } from "./tensor.js";

const comparison =
  (fn: string, op: string) =>
  (a: Tensor, b: Operand): Tensor => {
    const right = lift(b, a.type);
    checkSameType(fn, a, right);
    return apply(op, [a, right], broadcastShape(fn, a, right), { type: "bool" });
  };

/** Truth values, place by place. */
export const equal = comparison("equal", "Equal");
export const greater = comparison("greater", "Greater");
export const less = comparison("less", "Less");

/** Another element type. Gradients flow between floating types. */
export function cast(x: Tensor, type: DataType): Tensor {
  if (x.type === type) return x;
  const codes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 };
  const floating = (t: DataType) => t === "float32" || t === "float64";
  return apply("Cast", [x], x.shape, {
    type,
    attributes: { to: codes[type] },
    backward: floating(x.type) && floating(type) ? (g) => [cast(g, x.type)] : undefined,
  });
}
