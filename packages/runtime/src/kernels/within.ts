import {
  checkSameColumns,
  checkSameLength,
  columnMeans,
  createPairList,
  type Matrix,
  type Within,
} from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../runtime.js";
import { tensorData } from "../tensor.js";
import { forEachBlock } from "./blocks.js";
import { errorOfSquares, fourSquares, UNIT } from "./distance.js";
import type { KernelSettings } from "./kernelSettings.js";
import { nearInputs, nearNode, normsOfRight } from "./near.js";

const fn = "mutuallyWithin";

/**
 * The pairs of rows of two matrices within each other's radii, exactly, in memory that does not grow with the rows:
 * ‖a‖² + ‖b‖² − 2 aᵀb in float32 by matrix products, block by block, proposes pairs, with room for its rounding errors;
 * their distances are then computed in float64.
 */
export async function mutuallyWithinOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix,
  radiiOfA: ArrayLike<number>,
  radiiOfB: ArrayLike<number>,
  { threads, signal }: KernelSettings,
): Promise<readonly [Within, Within]> {
  check(a, b, radiiOfA, radiiOfB);
  const session = await runtime.cached(`within ${threads}`, () => runtime.open(model, { threads }));
  const around = createPairList(fn);
  const back = createPairList(fn);
  const squares = new Float64Array(4);
  await forEachBlock(runtime, session, a, b, {
    fn,
    names: ["a", "b"],
    center: columnMeans(a),
    ofRight(right) {
      const limits = right.norms.map((_, q) => squared(radiiOfB[right.first + q]));
      return { ...normsOfRight(right), limits: tensorData("float32", [limits.length], limits) };
    },
    ofLeft({ first, norms }, { reach }) {
      const shift = norms.map((norm) => errorOfSquares(a.columns, norm, reach) - norm);
      const own = shift.map((more, p) => squared(radiiOfA[first + p]) + more);
      const shape = [norms.length, 1];
      return { own: tensorData("float32", shape, own), shift: tensorData("float32", shape, shift) };
    },
    visit({ left, second, secondEnd }, { close }) {
      const width = secondEnd - second;
      const met = new Int32Array(width);
      let row = left.first;
      let count = 0;
      const settle = () => {
        for (let m = 0; m < count; m++) {
          if (m % 4 === 0) fourSquares(a, row, b, met, m, squares);
          const column = met[m];
          const distance = Math.sqrt(squares[m % 4]);
          if (distance <= radiiOfA[row]) around.push(row, column, distance);
          if (distance <= radiiOfB[column]) back.push(column, row, distance);
        }
        count = 0;
      };
      forEachSet(close.data as Uint8Array<ArrayBuffer>, (at) => {
        const next = left.first + Math.floor(at / width);
        if (next !== row) settle();
        row = next;
        met[count++] = second + (at % width);
      });
      settle();
    },
    signal,
  });
  return [around.within(a.rows), back.within(b.rows)];
}

/** With room for rounding; below every distance where the radius is negative, so that such a ball holds nothing. */
const squared = (radius: number): number => (radius < 0 ? -Infinity : radius * radius * (1 + 4 * UNIT));

/** Visits the places of what is not 0, eight bytes at a time: nearly all are 0. */
function forEachSet(bytes: Uint8Array<ArrayBuffer>, visit: (at: number) => void): void {
  const whole = bytes.length >> 3;
  const words = new Float64Array(bytes.buffer, bytes.byteOffset, whole); // eight zero bytes are the number 0
  for (let w = 0; w < whole; w++) {
    if (words[w] === 0) continue;
    for (let at = w << 3; at < (w + 1) << 3; at++) if (bytes[at]) visit(at);
  }
  for (let at = whole << 3; at < bytes.length; at++) if (bytes[at]) visit(at);
}

/** Whether ‖b‖² − 2 a bᵀ is at most the larger of `own` (radius of a) and `limits` + `shift` (radius of b). */
const model = encodeModel({
  nodes: [
    nearNode,
    { op: "Add", inputs: ["limits", "shift"], outputs: ["others"] },
    { op: "Max", inputs: ["own", "others"], outputs: ["reach"] },
    { op: "LessOrEqual", inputs: ["near", "reach"], outputs: ["close"] },
  ],
  inputs: [
    ...nearInputs,
    { name: "limits", type: "float32", shape: ["others"] },
    { name: "own", type: "float32", shape: ["rows", 1] },
    { name: "shift", type: "float32", shape: ["rows", 1] },
  ],
  outputs: [{ name: "close", type: "bool", shape: ["rows", "others"] }],
  initializers: {},
});

function check(a: Matrix, b: Matrix, radiiOfA: ArrayLike<number>, radiiOfB: ArrayLike<number>): void {
  checkSameColumns(fn, ["a", "b"], a, b);
  checkSameLength(fn, "radiiOfA", radiiOfA, "the rows of a", { length: a.rows });
  checkSameLength(fn, "radiiOfB", radiiOfB, "the rows of b", { length: b.rows });
}
