import { prdcFromBalls } from "credence/fidelity";
import { createRandom, type Matrix, nearestNeighbours } from "credence/numeric";
import { expect, it } from "vitest";
import { startKernels } from "./kernels.js";

function uniform(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { data: Float32Array.from({ length: rows * columns }, () => random.uniform()), rows, columns };
}

it("the balls of 50 000 × 2048 rows need less than 600 MB beyond the rows", async () => {
  const [real, generated] = [uniform(50_000, 2048, 1), uniform(2000, 2048, 2)];
  const kernels = startKernels();
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const balls = await kernels.balls(real, generated, [5, 5]);
  clearInterval(watch);
  await kernels.close();
  expect((most - before) / 1e6).toBeLessThan(600);
  expect(prdcFromBalls(...balls, { interval: false }).density.value).toBeGreaterThanOrEqual(0);

  // The rows lie in the worker by parts: those found must be the nearest of all parts.
  const { own } = balls[0];
  const rows = [0, 3000, 20_000, 49_999];
  const some = new Float32Array(rows.length * 2048);
  rows.forEach((row, i) => {
    for (let j = 0; j < 2048; j++) some[i * 2048 + j] = real.data[row * 2048 + j];
  });
  const exact = nearestNeighbours(real, 6, { data: some, rows: rows.length, columns: 2048 });
  rows.forEach((row, i) => {
    expect(own.indices.slice(row * 5, row * 5 + 5)).toEqual(exact.indices.slice(i * 6 + 1, i * 6 + 6));
  });
});
