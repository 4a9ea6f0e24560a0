import { expect, it } from "vitest";
import { type TensorData, tensorData } from "../tensor.js";
import { encodeModel } from "./encode.js";
import { toHalf } from "./half.js";
import { initializersOf } from "./initializers.js";

const constants: { [name: string]: TensorData } = {
  weight: tensorData("float32", [2, 3], [1, -2, 3.5, 0, 1e-20, 7]),
  "a name": tensorData("int64", [], [-5]),
  half: tensorData("float16", [3], toHalf([1, 2, 1 / 3])),
};
const bytes = encodeModel({ nodes: [], inputs: [], outputs: [], initializers: constants });

it("reads back what was written", () => expect(initializersOf(bytes)).toEqual(constants));

it("refuses what is cut off within the graph", () => {
  for (let length = 0; length < bytes.length - 40; length += 3)
    expect(() => initializersOf(bytes.subarray(0, length))).toThrowError(
      expect.objectContaining({ code: "not-a-model" }),
    );
});
