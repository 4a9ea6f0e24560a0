import { proportionEstimate, splitRows } from "credence/estimate";
import { expect, it } from "vitest";
import { readDigits } from "../../../../../examples/digits/digits.js";
import { classifier } from "../index.js";

it("reads held-out digits right, at least 97.5 % of them, surely more than 96.5 %", async () => {
  const { data, columns, labels } = readDigits();
  const { train, test } = splitRows([labels], { train: 0.8, test: 0.2 }, { seed: 2 });
  const [known, unseen] = [train, test].map(({ indices }) => ({
    x: Array.from(indices, (row) => data.subarray(row * columns, (row + 1) * columns)),
    y: Int32Array.from(indices, (row) => labels[row]),
  }));
  const model = await classifier({
    shape: [1, 28, 28],
    convolutions: [
      { channels: 16, kernel: 5, pool: 2 },
      { channels: 32, pool: 2 },
    ],
    dropout: 0.4,
  }).train(known.x, known.y, { epochs: 12, batchSize: 64, learningRate: 3e-3, averageDecay: 0.99, seed: 1 });
  const p = await model.predict(unseen.x);
  await model.release();
  const right = Array.from(unseen.y, (label, i) => {
    const row = Array.from({ length: 10 }, (_, j) => p.data[i * 10 + j]);
    return row.indexOf(Math.max(...row)) === label;
  });
  const { value, interval } = proportionEstimate(right);
  expect(value).toBeGreaterThanOrEqual(0.975);
  expect(interval?.[0]).toBeGreaterThanOrEqual(0.965);
});
