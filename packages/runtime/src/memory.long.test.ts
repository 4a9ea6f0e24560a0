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

/** Megabytes that the process holds more after 100 cycles, the first few aside. */
async function growth(cycle: () => Promise<void>): Promise<number> {
  for (let i = 0; i < 10; i++) await cycle();
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 100; i++) await cycle();
  globalThis.gc?.();
  return (process.memoryUsage().rss - before) / 1e6;
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
