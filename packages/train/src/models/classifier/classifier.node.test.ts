import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cholesky, choleskySolve, createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Classifier, classifier, load } from "../index.js";

/** Three overlapping clouds in the plane. */
function clouds(n: number, seed: number) {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
  const data = Float32Array.from({ length: 2 * n }, (_, i) => {
    const angle = (2 * Math.PI * labels[i >> 1]) / 3;
    return 2 * (i % 2 ? Math.sin(angle) : Math.cos(angle)) + sampleNormal(random);
  });
  return { x: { data, rows: n, columns: 2 }, labels };
}
const { x, labels } = clouds(600, 1);
const test = clouds(600, 2);
const options = { hidden: [16], dropout: 0.1 };

let folder: string;
let model: Classifier;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-classifier-"));
  model = await classifier(options).train(x, labels, { epochs: 20, learningRate: 0.01, seed: 3 });
});
afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true });
});

function accuracy(
  { data, columns }: { data: ArrayLike<number>; columns: number },
  truth: Int32Array,
): number {
  let right = 0;
  truth.forEach((label, i) => {
    let best = 0;
    for (let j = 1; j < columns; j++) if (data[i * columns + j] > data[i * columns + best]) best = j;
    if (best === label) right++;
  });
  return right / truth.length;
}

describe("classifier", () => {
  it("comes close to the best possible accuracy", async () => {
    // The best possible accuracy on these clouds is 0.926.
    const probabilities = await model.predict(test.x);
    expect(accuracy(probabilities, test.labels)).toBeGreaterThan(0.9);
    for (let i = 0; i < 600; i++) {
      const row = Array.from(probabilities.data).slice(3 * i, 3 * i + 3);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
  });

  it("gives the same weights for the same seed, bit for bit, also beside another training", async () => {
    const again = () => classifier(options).train(x, labels, { epochs: 2, seed: 5 });
    const models = [await again(), ...(await Promise.all([again(), again()]))];
    const [first, ...others] = await Promise.all(models.map((m) => m.logits(test.x)));
    for (const other of others) expect(other.data).toEqual(first.data);
    const different = await classifier(options).train(x, labels, { epochs: 2, seed: 6 });
    expect((await different.logits(test.x)).data).not.toEqual(first.data);
    for (const m of [...models, different]) await m.release();
  });

  it("does not depend on the batch that a row is predicted in", async () => {
    const all = await model.logits(test.x);
    const one = await model.logits([test.x.data.subarray(0, 2)]);
    expect(Array.from(one.data)).toEqual(Array.from(all.data).slice(0, 3));
  });

  it("gives the embeddings that the logits are linear in", async () => {
    const { data, rows, columns } = await model.embeddings(test.x);
    expect([rows, columns]).toEqual([600, 16]);
    const logits = (await model.logits(test.x)).data;
    // Least squares of the first logit on the embeddings leaves nothing.
    const size = columns + 1;
    const design = Array.from({ length: rows }, (_, i) => [
      1,
      ...Array.from({ length: columns }, (_, j) => data[i * columns + j]),
    ]);
    const normal = Float64Array.from({ length: size * size }, (_, at) => {
      const [a, b] = [Math.floor(at / size), at % size];
      return design.reduce((sum, row) => sum + row[a] * row[b], a === b ? 1e-6 : 0);
    });
    const right = Float64Array.from({ length: size }, (_, a) =>
      design.reduce((sum, row, i) => sum + row[a] * logits[3 * i], 0),
    );
    const fitted = choleskySolve(cholesky(normal, size) as Float64Array, size, right);
    design.forEach((row, i) => {
      expect(row.reduce((sum, value, j) => sum + value * fitted[j], 0)).toBeCloseTo(logits[3 * i], 2);
    });
  });

  it("refuses smoothed labels with the focal loss, which would not be smoothed", async () => {
    const both = classifier({ loss: "focal", labelSmoothing: 0.1 });
    await expect(both.train(x, labels)).rejects.toMatchObject({ code: "unknown-option" });
  });

  it("keeps dropout active on request, reproducibly", async () => {
    const [a, b] = await model.predictWithDropout(test.x, { passes: 2, seed: 1 });
    expect(a.data).not.toEqual(b.data);
    const [again] = await model.predictWithDropout(test.x, { passes: 1, seed: 1 });
    expect(again.data).toEqual(a.data);
    const draws = await model.predictWithDropout(test.x, { passes: 40, seed: 2 });
    const plain = await model.predict(test.x);
    const mean = draws.reduce((sum, d) => sum + d.data[0] / 40, 0);
    expect(Math.abs(mean - plain.data[0])).toBeLessThan(0.15);
  });

  it("saves and loads exactly", async () => {
    await model.save(folder);
    const loaded = await load(folder, "classifier");
    expect((await loaded.predict(test.x)).data).toEqual((await model.predict(test.x)).data);
    expect(loaded.card.classes).toBe(3);
    expect(loaded.card.history).toHaveLength(20);
    await loaded.release();
  });

  it("refuses damaged and foreign folders", async () => {
    const code = "not-a-model";
    const onnx = join(folder, "model.onnx");
    const card = join(folder, "card.json");
    await model.save(folder);
    const [bytes, text] = [await readFile(onnx), await readFile(card, "utf8")];
    await truncate(onnx, bytes.length - 10);
    await expect(load(folder, "classifier")).rejects.toMatchObject({
      code,
      message: expect.stringContaining("damaged"),
    });
    await writeFile(onnx, bytes);
    for (const broken of [
      "",
      "{",
      "null",
      "{}",
      text.replace("classifier", "flow"),
      text.replace('"version": 1', '"version": 9'),
    ]) {
      await writeFile(card, broken);
      await expect(load(folder, "classifier")).rejects.toMatchObject({ code });
    }
    await expect(load(join(folder, "nowhere"))).rejects.toMatchObject({ code });
  });

  it("learns shapes in images by convolution", async () => {
    // A bar that lies or stands, anywhere in an 8 × 8 image: no single pixel tells.
    const random = createRandom(4);
    const rows = Array.from({ length: 400 }, (_, i) => {
      const image = new Float32Array(64);
      const [at, along] = [random.uint32() % 8, random.uint32() % 5];
      for (let k = 0; k < 4; k++) image[i % 2 ? at * 8 + along + k : (along + k) * 8 + at] = 1;
      return image;
    });
    const truth = Int32Array.from(rows, (_, i) => i % 2);
    const net = classifier({ shape: [1, 8, 8], convolutions: [{ channels: 8, pool: 2 }], hidden: [16] });
    const bars = await net.train(rows.slice(0, 300), truth.subarray(0, 300), {
      epochs: 15,
      learningRate: 0.01,
      batchSize: 32,
    });
    expect(accuracy(await bars.predict(rows.slice(300)), truth.subarray(300))).toBeGreaterThan(0.95);
    await bars.release();
  });

  it("stops early, at the best validation loss", async () => {
    const noisy = clouds(60, 7);
    const validation = { data: test.x, labels: test.labels };
    const stopped = await classifier({ hidden: [64] }).train(noisy.x, noisy.labels, {
      epochs: 200,
      learningRate: 0.05,
      validation,
      patience: 5,
    });
    const { history } = stopped.card;
    expect(history.length).toBeLessThan(200);
    const losses = history.map(({ validation: loss }) => loss as number);
    expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 6);
    const { data } = await stopped.predict(test.x);
    const logLoss = test.labels.reduce((sum, y, i) => sum - Math.log(data[3 * i + y]), 0) / 600;
    expect(logLoss).toBeCloseTo(Math.min(...losses), 5);
    await stopped.release();
  });

  it("refuses bad input", async () => {
    const refused = (data: unknown, y: ArrayLike<number>, o = {}, t = {}) =>
      expect(classifier({ hidden: [4], ...o }).train(data as never, y, { epochs: 1, ...t })).rejects;
    const rows = [
      [1, 2],
      [3, 4],
    ];
    await refused([[1, 2], [3]], [0, 1]).toMatchObject({ code: "length-mismatch" });
    await refused(
      [
        [1, Number.NaN],
        [3, 4],
      ],
      [0, 1],
    ).toMatchObject({ code: "not-finite", place: { index: 1 } });
    await refused(
      [
        [1, 1e39],
        [3, 4],
      ],
      [0, 1],
    ).toMatchObject({ code: "not-finite" });
    await refused([], []).toMatchObject({ code: "empty-input" });
    await refused(rows, [0]).toMatchObject({ code: "length-mismatch" });
    await refused(rows, [0, -1]).toMatchObject({ code: "unknown-class" });
    await refused(rows, [0, 0.5]).toMatchObject({ code: "unknown-class" });
    await refused(rows, [0, 2], { classes: 2 }).toMatchObject({ code: "unknown-class", place: { index: 1 } });
    await refused(rows, [0, 1], { shape: [3] }).toMatchObject({ code: "shape-mismatch" });
    await refused(rows, [0, 1], { convolutions: [{ channels: 2 }] }).toMatchObject({
      code: "shape-mismatch",
    });
    await refused(rows, [0, 1], { dropout: 1 }).toMatchObject({ code: "out-of-range" });
    await refused(rows, [0, 1], { labelSmoothing: 1 }).toMatchObject({ code: "out-of-range" });
    await refused(rows, [0, 1], { loss: "focal", gamma: -1 }).toMatchObject({ code: "out-of-range" });
    await refused(rows, [0, 1], {}, { epochs: 0 }).toMatchObject({ code: "out-of-range" });
    await refused(rows, [0, 1], {}, { memoryLimit: 10 }).toMatchObject({ code: "too-large" });
    await refused(rows, [0, 1], {}, { validation: { data: [[1]], labels: [0] } }).toMatchObject({
      code: "shape-mismatch",
    });
    await expect(model.predict([[1, 2, 3]])).rejects.toMatchObject({ code: "shape-mismatch" });
  });
});
