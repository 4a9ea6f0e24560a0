import { createRandom, gram, type Matrix, nearestNeighbours, sampleNormal } from "credence/numeric";
import { afterAll, describe, expect, it } from "vitest";
import { startKernels } from "./kernels.js";

const kernels = startKernels();
afterAll(() => kernels.close());

function normal(rows: number, columns: number, seed: number, shift = 0): Matrix {
  const random = createRandom(seed);
  return {
    data: Float64Array.from({ length: rows * columns }, () => shift + sampleNormal(random)),
    rows,
    columns,
  };
}

/** Coordinates from 0, 1, 2: nearly every distance occurs many times. */
function grid(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { data: Float64Array.from({ length: rows * columns }, () => random.uint32() % 3), rows, columns };
}

describe("nearest neighbours by matrix products", () => {
  const cases: [string, Matrix, number, Matrix?][] = [
    ["points among themselves", normal(2500, 20, 1), 3],
    ["queries", normal(1500, 20, 2), 5, normal(1200, 20, 3)],
    ["far from the origin", normal(600, 30, 4, 1e4), 4],
    ["ties without end", grid(700, 5, 5), 6],
    ["ties, queries", grid(400, 4, 6), 3, grid(300, 4, 7)],
    ["all the same", { data: new Float64Array(300 * 3).fill(7), rows: 300, columns: 3 }, 4],
    ["square blocks", normal(2600, 260, 8), 3],
    ["fewer points than candidates", normal(4, 3, 9), 3],
    ["one column", normal(500, 1, 10), 2],
    ["tiny", { ...normal(300, 4, 11), data: Array.from(normal(300, 4, 11).data, (v) => v * 1e-25) }, 3],
  ];
  for (const [name, points, k, queries] of cases)
    it(name, async () => {
      const found = await kernels.nearestNeighbours(points, k, queries);
      const exact = nearestNeighbours(points, k, queries);
      expect(found.indices).toEqual(exact.indices);
      let worst = 0;
      found.distances.forEach((d, i) => {
        worst = Math.max(worst, Math.abs(d - exact.distances[i]) / (exact.distances[i] || 1));
      });
      expect(worst).toBeLessThan(1e-9);
    });

  it("refuses bad input", async () => {
    const x = normal(5, 2, 1);
    await expect(kernels.nearestNeighbours(x, 5)).rejects.toMatchObject({ code: "too-few" });
    await expect(kernels.nearestNeighbours(x, 0)).rejects.toMatchObject({ code: "out-of-range" });
    await expect(kernels.nearestNeighbours(x, 1, normal(2, 3, 1))).rejects.toMatchObject({
      code: "shape-mismatch",
    });
    const bad = { data: [1, Number.NaN], rows: 2, columns: 1 };
    await expect(kernels.nearestNeighbours(bad, 1)).rejects.toMatchObject({
      code: "not-finite",
      place: { index: 1 },
    });
    const queries = { data: [1, 2, Number.POSITIVE_INFINITY, 4], rows: 2, columns: 2 };
    await expect(kernels.nearestNeighbours(x, 1, queries)).rejects.toMatchObject({
      code: "not-finite",
      place: { argument: "queries", index: 2 },
    });
    const signal = AbortSignal.abort();
    await expect(kernels.nearestNeighbours(x, 1, undefined, { signal })).rejects.toThrow(/abort/i);
  });
});

it("calls at the same time do not disturb each other, nor does one that is stopped", async () => {
  const [a, b] = [normal(1500, 20, 1), normal(1200, 20, 2)];
  const stop = new AbortController();
  const stopped = kernels.gram(a, b, { signal: stop.signal });
  const both = Promise.all([kernels.nearestNeighbours(a, 3), kernels.nearestNeighbours(b, 3)]);
  stop.abort();
  await expect(stopped).rejects.toThrow(/abort/i);
  const found = await both;
  for (const [i, points] of [a, b].entries())
    expect(found[i].indices).toEqual(nearestNeighbours(points, 3).indices);
});

describe("Gram matrices", () => {
  it("equals the one of credence", async () => {
    const [a, b] = [normal(70, 9, 1), normal(50, 9, 2)];
    for (const other of [undefined, b]) {
      const [fast, slow] = [await kernels.gram(a, other), gram(a, other)];
      expect([fast.rows, fast.columns]).toEqual([slow.rows, slow.columns]);
      fast.data.forEach((value, i) => {
        if (Math.abs(value - slow.data[i]) > 1e-4)
          throw new Error(`entry ${i}: ${value} instead of ${slow.data[i]}`);
      });
    }
    await expect(kernels.gram(a, normal(2, 3, 1))).rejects.toMatchObject({ code: "shape-mismatch" });
  });
});
