import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { meanEstimate } from "./delta.js";
import { atLeast } from "./simulation.test-support.js";
import { sidakLevel, simultaneousEstimates, simultaneousLevel } from "./simultaneous.js";

const normals = (count: number, seed: number) => {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, () => sampleNormal(random));
};

describe("simultaneousLevel", () => {
  it("is the level itself for one estimate, or for copies of one", () => {
    const x = normals(200, 1);
    expect(simultaneousLevel({ data: x, rows: 200, columns: 1 }, { level: 0.9 })).toBeCloseTo(0.9, 6);
    const copies = Float64Array.from({ length: 800 }, (_, i) => x[Math.floor(i / 4)] * ((i % 4) + 1));
    expect(simultaneousLevel({ data: copies, rows: 200, columns: 4 }, { level: 0.9 })).toBeCloseTo(0.9, 2);
  });

  it("is Šidák's for independent estimates", () => {
    const k = 12;
    const data = new Float64Array(1200 * k);
    normals(1200, 2).forEach((x, i) => {
      data[i * k + (i % k)] = x;
    });
    const found = simultaneousLevel({ data, rows: 1200, columns: k });
    expect(found).toBeLessThanOrEqual(sidakLevel(0.95, k));
    expect(found).toBeCloseTo(sidakLevel(0.95, k), 3);
  });

  it("lies between for correlated estimates, with more estimates than groups too", () => {
    const k = 30;
    const rows = 200;
    const own = normals(rows * k, 3);
    const shared = normals(rows, 4);
    const data = own.map((x, i) => x + 2 * shared[Math.floor(i / k)]);
    const groups = Array.from({ length: rows }, (_, i) => i % 10);
    for (const options of [{}, { groups }]) {
      const found = simultaneousLevel({ data, rows, columns: k }, options);
      expect(found).toBeGreaterThan(0.955);
      expect(found).toBeLessThan(sidakLevel(0.95, k) - 0.001);
    }
  });

  it("is seeded", () => {
    const shared = normals(100, 6);
    const data = normals(300, 5).map((x, i) => x + shared[Math.floor(i / 3)]);
    const matrix = { data, rows: 100, columns: 3 };
    expect(simultaneousLevel(matrix, { seed: 1 })).toBe(simultaneousLevel(matrix, { seed: 1 }));
    expect(simultaneousLevel(matrix, { seed: 1 })).not.toBe(simultaneousLevel(matrix, { seed: 2 }));
  });
});

describe("simultaneousEstimates", () => {
  it("of one estimate is the t interval, by rows and by groups", () => {
    const x = normals(60, 6);
    const mean = x.reduce((a, b) => a + b, 0) / 60;
    const groups = Array.from(x, (_, i) => i % 12);
    for (const options of [{}, { groups }]) {
      const [one] = simultaneousEstimates([mean], { data: x, rows: 60, columns: 1 }, options);
      const t = meanEstimate(x, options).interval!;
      expect(one.interval![0]).toBeCloseTo(t[0], 5);
      expect(one.interval![1]).toBeCloseTo(t[1], 5);
    }
  });

  it("knows the units of each slice: an estimate with fewer than two is infinite", () => {
    const data = [1, 0, -1, 0, 2, 5, -2, 0];
    const [a, b] = simultaneousEstimates([0, 1], { data, rows: 4, columns: 2 }, {}, [4, 1]);
    expect(a.n).toBe(4);
    expect(Number.isFinite(a.interval![0])).toBe(true);
    expect(b).toMatchObject({ n: 1, interval: [-Infinity, Infinity] });
    expect(
      simultaneousEstimates([0, 1], { data, rows: 4, columns: 2 }, { interval: false })[0].interval,
    ).toBeNull();
  });

  it("covers all of twenty overlapping slices of clustered rows together", () => {
    const random = createRandom(7);
    const runs = 150;
    const [groupsCount, size, k] = [60, 5, 20];
    const rows = groupsCount * size;
    const groups = Array.from({ length: rows }, (_, i) => Math.floor(i / size));
    let joint = 0;
    let naive = 0;
    for (let run = 0; run < runs; run++) {
      const values = new Float64Array(k);
      const counts = new Float64Array(k);
      const member = new Uint8Array(rows * k);
      const y = new Float64Array(rows);
      let shared = 0;
      for (let i = 0; i < rows; i++) {
        if (i % size === 0) shared = sampleNormal(random);
        y[i] = shared + sampleNormal(random);
        for (let j = 0; j < k; j++)
          if (random.uniform() < 0.3) {
            member[i * k + j] = 1;
            values[j] += y[i];
            counts[j]++;
          }
      }
      const data = Float64Array.from(member, (m, at) => {
        const j = at % k;
        return m ? (y[Math.floor(at / k)] - values[j] / counts[j]) * (rows / counts[j]) : 0;
      });
      const means = values.map((v, j) => v / counts[j]);
      const matrix = { data, rows, columns: k };
      const inside = (estimates: ReturnType<typeof simultaneousEstimates>) =>
        estimates.every(({ interval }) => interval![0] <= 0 && 0 <= interval![1]);
      if (inside(simultaneousEstimates(means, matrix, { groups, draws: 2000, seed: run }))) joint++;
      const apart = Array.from(means, (mean, j) => {
        const only = Float64Array.from({ length: rows }, (_, i) => data[i * k + j]);
        return simultaneousEstimates([mean], { data: only, rows, columns: 1 }, { groups, draws: 100 })[0];
      });
      if (inside(apart)) naive++;
    }
    expect(joint).toBeGreaterThanOrEqual(atLeast(0.93, runs));
    expect(naive).toBeLessThan(runs * 0.85);
  });

  it.each([
    [() => sidakLevel(1, 3), "out-of-range"],
    [() => sidakLevel(0.9, 0), "out-of-range"],
    [() => simultaneousLevel({ data: [], rows: 0, columns: 1 }), "empty-input"],
    [() => simultaneousEstimates([1, 2], { data: [1, 2], rows: 2, columns: 1 }), "length-mismatch"],
    [() => simultaneousLevel({ data: [1, 2], rows: 2, columns: 1 }, { groups: ["a"] }), "length-mismatch"],
  ])("refuses bad input %#", (call, code) => {
    expect(call).toThrowError(expect.objectContaining({ code }));
  });
});
