import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { encodeModel } from "./onnx/encode.js";
import type { OnnxNode } from "./onnx/model.js";
import { startRuntime } from "./runtime.js";
import { type DataType, tensorData } from "./tensor.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

/** A model of one input "x" and one output "y", both of this shape. */
function model(nodes: OnnxNode[], shape: number[] = [2], type: DataType = "float32") {
  return encodeModel({
    nodes,
    inputs: [{ name: "x", type, shape }],
    outputs: [{ name: "y", type, shape }],
    initializers: { one: tensorData(type, [], [1]) },
  });
}
const plusOne = model([{ op: "Add", inputs: ["x", "one"], outputs: ["y"] }]);
const floats = (...values: number[]) => tensorData("float32", [values.length], values);

describe("startRuntime", () => {
  it("runs a model", async () => {
    const session = await runtime.open(plusOne);
    expect(session.inputs).toEqual(["x"]);
    expect(session.outputs).toEqual(["y"]);
    const { y } = await session.run({ x: floats(1, -4) });
    expect(Array.from(y.data, Number)).toEqual([2, -3]);
    await session.release();
    await expect(session.run({ x: floats(1, 2) })).rejects.toThrow(/released/);
  });

  it("keeps variables in the worker", async () => {
    await runtime.set({ counter: floats(0, 10) });
    const bindings = { reads: { x: "counter" }, writes: { y: "counter" } };
    const session = await runtime.open(plusOne, {}, bindings);
    for (let i = 0; i < 5; i++) expect(await session.run({})).toEqual({});
    const { counter } = await runtime.get(["counter"]);
    expect(Array.from(counter.data, Number)).toEqual([5, 15]);
    await session.release();
  });

  it("overwrites rows of a variable, and forgets variables", async () => {
    await runtime.set({ table: tensorData("float32", [3, 2], [1, 2, 3, 4, 5, 6]), other: floats(7) });
    const row = tensorData("float32", [1, 2], [8, 9]);
    await runtime.write("table", 1, row);
    expect(row.data.length).toBe(0);
    const { table } = await runtime.get(["table"]);
    expect(Array.from(table.data, Number)).toEqual([1, 2, 8, 9, 5, 6]);
    await expect(runtime.write("table", 3, floats(0))).rejects.toMatchObject({ code: "session-failed" });
    await runtime.drop(["table", "never set"]);
    await expect(runtime.get(["table"])).rejects.toThrow(/never set/);
    expect((await runtime.get(["other"])).other.data[0]).toBe(7);
    await runtime.drop();
    expect(await runtime.get()).toEqual({});
  });

  it("changes no variable when an output that must be finite is not", async () => {
    await runtime.set({ weight: floats(1, -1) });
    const both = encodeModel({
      nodes: [
        { op: "Log", inputs: ["x"], outputs: ["y"] },
        { op: "Add", inputs: ["x", "one"], outputs: ["next"] },
      ],
      inputs: [{ name: "x", type: "float32", shape: [2] }],
      outputs: ["y", "next"].map((name) => ({ name, type: "float32", shape: [2] })),
      initializers: { one: tensorData("float32", [], [1]) },
    });
    const bindings = { reads: { x: "weight" }, writes: { next: "weight" }, finite: ["y"] };
    const session = await runtime.open(both, {}, bindings);
    await expect(session.run({})).rejects.toMatchObject({ code: "not-finite" });
    await expect(session.run({})).rejects.toMatchObject({ code: "not-finite" });
    expect(Array.from((await runtime.get(["weight"])).weight.data, Number)).toEqual([1, -1]);
  });

  it("opens one session per key", async () => {
    let opened = 0;
    const open = () => {
      opened++;
      return runtime.open(plusOne);
    };
    const [a, b] = await Promise.all([runtime.cached("2", open), runtime.cached("2", open)]);
    expect(a).toBe(b);
    expect(opened).toBe(1);
    const broken = () => Promise.reject(new Error("no"));
    await expect(runtime.cached("3", broken)).rejects.toThrow("no");
    await expect(runtime.cached("3", open)).resolves.toBeDefined();
  });

  it("hands memory over on request", async () => {
    const session = await runtime.open(plusOne);
    const x = floats(1, 2);
    await session.run({ x }, { transfer: true });
    expect(x.data.length).toBe(0);
    const refused = { code: "length-mismatch", place: { argument: "x" } };
    await expect(session.run({ x })).rejects.toMatchObject(refused);
    await expect(session.run({ x }, { transfer: true })).rejects.toMatchObject(refused);
    await expect(runtime.set({ x })).rejects.toMatchObject(refused);
    await expect(runtime.write("counter", 0, x)).rejects.toThrow(/handed over/);
  });

  it("stops waiting when the signal aborts", async () => {
    const size = 700;
    const nodes: OnnxNode[] = Array.from({ length: 12 }, (_, i) => ({
      op: "MatMul",
      inputs: [i ? `h${i}` : "x", "x"],
      outputs: [i === 11 ? "y" : `h${i + 1}`],
    }));
    const session = await runtime.open(model(nodes, [size, size]));
    const x = { x: tensorData("float32", [size, size], new Float32Array(size * size)) };
    const controller = new AbortController();
    const running = session.run(x, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    await expect(session.run(x, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect((await session.run(x)).y.data[0]).toBe(0);
  });

  it("refuses what cannot be run", async () => {
    const code = "session-failed";
    await expect(runtime.open(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code });
    await expect(runtime.open(plusOne.subarray(0, 60))).rejects.toMatchObject({ code });
    const session = await runtime.open(plusOne);
    await expect(session.run({})).rejects.toMatchObject({ code });
    await expect(session.run({ x: floats(1, 2, 3) })).rejects.toMatchObject({ code });
    const unset = await runtime.open(plusOne, {}, { reads: { x: "nowhere" } });
    await expect(unset.run({})).rejects.toThrow(/"nowhere" was never set/);
  });

  it("says what to install when ONNX Runtime is missing", async () => {
    const without = startRuntime({ engine: "onnxruntime-nowhere" });
    await expect(without.open(plusOne)).rejects.toMatchObject({
      code: "missing-package",
      message: expect.stringContaining("npm install --ignore-scripts onnxruntime-nowhere"),
    });
    await without.close();
  });

  it("rejects what still waits when it is closed", async () => {
    const other = startRuntime();
    const opening = other.open(plusOne);
    await Promise.all([expect(opening).rejects.toThrow(/closed/), other.close()]);
    await expect(other.open(plusOne)).rejects.toThrow(/closed/);
  });

  it("is closed before the process may end, also with work under way", async () => {
    // Nothing else keeps the process alive, and the answer to a request comes while the thread is being ended, or nearly.
    const script = `
      import { startRuntime } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
      for (let turn = 0; turn < 40; turn++) {
        const runtime = startRuntime();
        await runtime.get();
        runtime.get().catch(() => {});
        const until = performance.now() + turn / 40;
        while (performance.now() < until);
        await runtime.close();
      }
      console.log("closed");`;
    const folder = await mkdtemp(join(tmpdir(), "credence-close-"));
    try {
      const file = join(folder, "close.mjs");
      await writeFile(file, script);
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...["--conditions", "source", "--import", import.meta.resolve("tsx"), file],
      ]);
      expect(stdout.trim()).toBe("closed");
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});
