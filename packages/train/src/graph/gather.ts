import { sizeOf } from "@credence/runtime";
import { expand, reshape, zerosOf } from "./broadcast.js";
import { cast } from "./compare.js";
import { transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { apply, checkSameType, mismatch, unsuitable } from "./operation.js";
import { resolveAxis, sameShape } from "./shape.js";
import { constant, type Tensor } from "./tensor.js";

/** The slices of x at whole-number indices (int64) along an axis: the rows of an embedding, for axis 0. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const at = resolveAxis("gather", x, axis);
  checkIndices("gather", indices);
  const before = x.shape.slice(0, at);
  const after = x.shape.slice(at + 1);
  return apply("Gather", [x, indices], [...before, ...indices.shape, ...after], {
    attributes: { axis: at },
    backward: (g) => {
      if (at === 0 && x.shape[0] <= FEW) return [gatherTransposed(x, indices, g), null];
      const count = sizeOf(indices.shape);
      const full = [...before, count, ...after];
      const along = reshape(indices, [...before.map(() => 1), count, ...after.map(() => 1)]);
      return [scatterAdd(zerosOf(x, x.shape), expand(along, full), reshape(g, full), at), null];
    },
  });
}

/** Up to this many rows, adding them up by a product with the one-hot indices is faster than one by one. */
const FEW = 512;

/** The sum of the rows of g that each row of x was gathered to. */
function gatherTransposed(x: Tensor, indices: Tensor, g: Tensor): Tensor {
  const [rows, ...rest] = x.shape;
  const count = sizeOf(indices.shape);
  const hot = oneHot(reshape(indices, [count]), rows, x.type === "float64" ? "float64" : "float32");
  return reshape(matmul(transpose(hot), reshape(g, [count, sizeOf(rest)])), x.shape);
}

/** y[…, i, …] = x[…, indices[…, i, …], …] along an axis: one entry of x for each index. */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  const at = resolveAxis("gatherElements", x, axis);
  checkIndices("gatherElements", indices);
  if (indices.shape.length !== x.shape.length)
    throw mismatch("gatherElements", x, indices, "both must have the same number of axes.");
  return apply("GatherElements", [x, indices], indices.shape, {
    attributes: { axis: at },
    backward: (g) => [scatterAdd(zerosOf(x, x.shape), indices, g, at), null],
  });
}

/** x with the updates added at the indices along an axis: the transpose of {@link gatherElements}. */
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const at = resolveAxis("scatterAdd", x, axis);
  checkIndices("scatterAdd", indices);
  checkSameType("scatterAdd", x, updates);
  if (!sameShape(indices.shape, updates.shape))
    throw mismatch("scatterAdd", indices, updates, "there must be one index for each update.");
  return apply("ScatterElements", [x, indices, updates], x.shape, {
    attributes: { axis: at, reduction: "add" },
    backward: (g) => [g, null, gatherElements(g, indices, at)],
  });
}

/** Rows of 0 with a 1 at each index: […] → […, classes]. */
export function oneHot(indices: Tensor, classes: number, type: "float32" | "float64" = "float32"): Tensor {
  checkIndices("oneHot", indices);
  const values = constant([0, 1], [2], "float32");
  const hot = apply(
    "OneHot",
    [indices, constant(classes, [], "int64"), values],
    [...indices.shape, classes],
    {
      type: "float32",
      attributes: { axis: -1 },
    },
  );
  return cast(hot, type); // ONNX Runtime makes them in float32 only.
}

/** Running sums along an axis; `reverse` from the end. */
export function cumsum(x: Tensor, axis: number, { reverse = false }: { reverse?: boolean } = {}): Tensor {
  const at = resolveAxis("cumsum", x, axis);
  return apply("CumSum", [x, constant(at, [], "int64")], x.shape, {
    attributes: { reverse: reverse ? 1 : 0 },
    backward: (g) => [cumsum(g, at, { reverse: !reverse }), null],
  });
}

function checkIndices(fn: string, indices: Tensor): void {
  if (indices.type !== "int64") throw unsuitable(fn, indices, `indices must be int64, not ${indices.type}.`);
}
