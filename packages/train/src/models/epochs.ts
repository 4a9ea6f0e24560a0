import type { TensorData } from "@credence/runtime";
import { shuffle } from "credence/numeric";
import { streamOf } from "../graph/index.js";
import type { FloatMatrix } from "./rows.js";

/** Which rows each step sees: every epoch in an order of its own, in whole batches. */
export function batches(
  rows: number,
  batchSize: number,
  seed: number,
): { perEpoch: number; rowsAt(step: number): Int32Array } {
  const perEpoch = Math.floor(rows / batchSize);
  let epoch = -1;
  let order = new Int32Array();
  return {
    perEpoch,
    rowsAt(step) {
      const wanted = Math.floor(step / perEpoch);
      if (wanted !== epoch) {
        epoch = wanted;
        order = shuffle(
          streamOf(seed, epoch),
          Int32Array.from({ length: rows }, (_, i) => i),
        );
      }
      const from = (step % perEpoch) * batchSize;
      return order.subarray(from, from + batchSize);
    },
  };
}

/** Some rows of a matrix. */
export function takeRows({ data, columns }: FloatMatrix, rows: Int32Array): TensorData {
  const taken = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    taken.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { type: "float32", shape: [rows.length, columns], data: taken };
}
