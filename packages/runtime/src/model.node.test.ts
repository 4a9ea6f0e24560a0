import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openModel } from "./model.js";
import { activateDropout } from "./onnx/edit.js";
import { encodeModel } from "./onnx/encode.js";
import type { OnnxModel } from "./onnx/model.js";
import { startRuntime, type Tensors } from "./runtime.js";
import { tensorData } from "./tensor.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

/** x [rows, 2] → hidden = x + 1 → dropout → logits = hidden · [[1, 0, 2], [0, 1, 3]]. */
function network(rate: number | null = 0.5, rows: number | string = "rows"): OnnxModel {
  const ratio: Tensors = rate === null ? {} : { ratio: tensorData("float32", [], [rate]) };
  return {
    nodes: [
      { op: "Add", inputs: ["x", "one"], outputs: ["hidden"] },
      { op: "Dropout", inputs: rate === null ? ["hidden"] : ["hidden", "ratio"], outputs: ["dropped"] },
      { op: "MatMul", inputs: ["dropped", "w"], outputs: ["logits"] },
      { op: "Softmax", inputs: ["logits"], outputs: ["p"], attributes: { axis: -1 } },
    ],
    inputs: [{ name: "x", type: "float32", shape: [rows, 2] }],
    outputs: [{ name: "p", type: "float32", shape: [rows, 3] }],
    initializers: {
      one: tensorData("float32", [], [1]),
      w: tensorData("float32", [2, 3], [1, 0, 2, 0, 1, 3]),
      ...ratio,
    },
  };
}
const bytes = encodeModel(network());
const x = { data: Float32Array.from({ length: 14 }, (_, i) => i), rows: 7, columns: 2 };
const expected = Array.from({ length: 7 }, (_, i) => [
  2 * i + 1,
  2 * i + 2,
  2 * (2 * i + 1) + 3 * (2 * i + 2),
]).flat();
const values = ({ data }: { data: ArrayLike<number> }) => Array.from(data);

describe("openModel", () => {
  it("gives logits and embeddings that are no outputs of the model", async () => {
    const model = await openModel(bytes, { logits: "logits", embeddings: "hidden", batchSize: 3, runtime });
    expect(model.inputs).toEqual(["x"]);
    expect(model.outputs).toEqual(["p"]);
    const logits = await model.logits(x);
    expect([logits.rows, logits.columns]).toEqual([7, 3]);
    expect(values(logits)).toEqual(expected);
    expect(values(await model.embeddings(x))).toEqual(values(x).map((v) => v + 1));
    await model.release();
  });

  it("takes its first output for the logits, and feeds a fixed batch whole", async () => {
    const model = await openModel(encodeModel(network(0.5, 4)), { runtime });
    const { data, rows } = await model.logits(x);
    expect(rows).toBe(7);
    for (let i = 0; i < 7; i++) expect(data[3 * i] + data[3 * i + 1] + data[3 * i + 2]).toBeCloseTo(1, 6);
    await model.release();
  });

  it("keeps dropout active at the model's rate, by seed", async () => {
    const wide = { data: new Float32Array(20_000).fill(1), rows: 10_000, columns: 2 };
    for (const [rate, used] of [
      [0.2, 0.2],
      [null, 0.5],
    ] as const) {
      const model = await openModel(encodeModel(network(rate)), {
        logits: "dropped",
        dropout: "active",
        runtime,
      });
      const a = values(await model.logits(wide, { seed: 1 }));
      expect(values(await model.logits(wide, { seed: 1 }))).toEqual(a);
      expect(values(await model.logits(wide, { seed: 2 }))).not.toEqual(a);
      expect(new Set(a)).toEqual(new Set([0, Math.fround(2 / (1 - used))]));
      // Six standard errors.
      const dropped = a.filter((v) => v === 0).length / a.length;
      expect(Math.abs(dropped - used)).toBeLessThan(6 * Math.sqrt((used * (1 - used)) / a.length));
      await model.release();
    }
  });

  it("reads the rate where older exporters put it", () => {
    const old = network(null);
    const nodes = old.nodes.map((node) =>
      node.op === "Dropout" ? { ...node, attributes: { ratio: { float: 0.9 } } } : node,
    );
    const { sites } = activateDropout(encodeModel({ ...old, nodes }));
    expect(sites.map(({ rate }) => rate)).toEqual([Math.fround(0.9)]);
  });

  it("opens a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "credence-model-"));
    const path = join(folder, "model.onnx");
    await writeFile(path, bytes);
    const model = await openModel(path, { logits: "logits" });
    expect(values(await model.logits(x))).toEqual(expected);
    await model.release();
    await rm(folder, { recursive: true });
  });

  it("refuses what is no model, names it lacks, and rows that do not fit", async () => {
    const attempt = (source: Uint8Array, options = {}) =>
      expect(openModel(source, { runtime, ...options })).rejects;
    await attempt(new Uint8Array()).toMatchObject({ code: "not-a-model" });
    await attempt(new TextEncoder().encode("{}")).toMatchObject({ code: "not-a-model" });
    await attempt(bytes.subarray(0, 100)).toMatchObject({ code: "not-a-model" });
    await attempt(bytes, { embeddings: "nothing" }).toMatchObject({
      code: "unknown-option",
      message: expect.stringContaining('"hidden", "dropped", "logits", "p"'),
    });
    const plain = { ...network(), nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["p"] }] };
    await attempt(encodeModel(plain), { dropout: "active" }).toThrow(/has no Dropout/);
    const model = await openModel(bytes, { runtime });
    await expect(model.logits({ ...x, rows: 2, columns: 7 })).rejects.toMatchObject({
      code: "shape-mismatch",
    });
    await expect(model.logits({ ...x, rows: 3 })).rejects.toMatchObject({ code: "length-mismatch" });
    expect(() => model.embeddings(x)).toThrow(/was not told/);
    await model.release();
  });

  it("never breaks on damaged files", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        await openModel(damaged, { runtime, dropout: "active" }).then(
          (model) => model.release(),
          (error) => expect(["not-a-model", "unknown-option", "session-failed"]).toContain(error.code),
        );
      }),
      { numRuns: 200 },
    );
  });
});
