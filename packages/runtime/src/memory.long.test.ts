import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { encodeModel } from "./onnx/encode.js";
import { startRuntime } from "./runtime.js";
import { tensorData } from "./tensor.js";

const size = 512;
const model = encodeModel({
  nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
  inputs: [{ name: "x", type: "float32", shape: [size, size] }],
  outputs: [{ name: "y", type: "float32", shape: [size, size] }],
  initializers: { w: tensorData("float32", [size, size], new Float32Array(size * size)) },
});
const x = tensorData("float32", [size, size], new Float32Array(size * size));

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * Megabytes that the process holds more after 100 cycles, over 300 of them: the garbage that waits in the worker comes and
 * goes by tens of megabytes, what is lost adds up. The first 100 fill what is filled once.
 */
async function growth(cycle: () => Promise<void>): Promise<number> {
  const heldAfter = async (cycles: number) => {
    for (let i = 0; i < cycles; i++) await cycle();
    collectGarbage();
    return process.memoryUsage().rss / 1e6;
  };
  const before = await heldAfter(100);
  return ((await heldAfter(300)) - before) / 3;
}

it("100 sessions opened, run and released grow the memory by less than 20 MB", async () => {
  const runtime = startRuntime();
  const grown = await growth(async () => {
    const session = await runtime.open(model);
    await session.run({ x });
    await session.release();
  });
  await runtime.close();
  expect(grown).toBeLessThan(20);
});

it("so do 100 runtimes started and closed", async () => {
  const grown = await growth(async () => {
    const runtime = startRuntime();
    await (await runtime.open(model)).run({ x });
    await runtime.close();
  });
  expect(grown).toBeLessThan(20);
});
