import { describe, expect, it } from "vitest";
import { sampleExponential, sampleNormal } from "../numeric/distributions.js";
import { quantileSorted } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { normalCdf, normalQuantile } from "../numeric/special.js";
import { bootstrap, bootstrapReplicates } from "./bootstrap.js";
import { type BootstrapKind, bootstrapInterval } from "./bootstrapInterval.js";
import { atLeast } from "./simulation.test-support.js";
import { sumsBootstrap, sumsReplicates } from "./sumsBootstrap.js";

const meanOf = (x: ArrayLike<number>) => (rows: Int32Array) => {
  let sum = 0;
  for (const row of rows) sum += x[row];
  return sum / rows.length;
};

describe("bootstrap", () => {
  const x = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];

  it("gives the value of all rows, and the same interval for the same seed only", () => {
    const first = bootstrap(10, meanOf(x), { seed: 1 });
    expect(first).toEqual(bootstrap(10, meanOf(x), { seed: 1 }));
    expect(first.interval).not.toEqual(bootstrap(10, meanOf(x), { seed: 2 }).interval);
    expect(first).toMatchObject({ value: 3.9, level: 0.95, method: "bootstrap-bca", n: 10 });
  });

  it("draws n rows with replacement, or whole groups", () => {
    const sizes = new Set<number>();
    let torn = 0;
    const groups = ["a", "b", "b", "c", "c", "c"];
    bootstrapReplicates(
      6,
      (rows) => {
        sizes.add(rows.length);
        const times = new Float64Array(6);
        for (const row of rows) times[row]++;
        if (times[1] !== times[2] || times[3] !== times[4] || times[4] !== times[5]) torn++;
        return 0;
      },
      { groups, resamples: 200 },
    );
    expect(torn).toBe(0);
    expect(Math.min(...sizes)).toBe(3);
    expect(Math.max(...sizes)).toBe(9);
  });

  it("does without the interval on request", () => {
    let calls = 0;
    const statistic = () => ++calls;
    expect(bootstrap(5, statistic, { interval: false })).toEqual({
      value: 1,
      interval: null,
      level: 0.95,
      method: "none",
      n: 5,
    });
    expect(calls).toBe(1);
  });

  it("says nothing about spread from a single unit", () => {
    expect(bootstrap(1, () => 3).interval).toEqual([-Infinity, Infinity]);
    const grouped = bootstrap(3, meanOf(x), { groups: ["a", "a", "a"] });
    expect(grouped).toMatchObject({ interval: [-Infinity, Infinity], groups: 1 });
  });

  it("reports progress and can be stopped by it", () => {
    const seen: number[] = [];
    bootstrap(3, meanOf(x), { resamples: 250, kind: "percentile", onProgress: (done) => seen.push(done) });
    expect(seen[seen.length - 1]).toBe(250);
    expect(seen.length).toBeLessThanOrEqual(101);
    const stop = () => {
      throw new Error("stopped");
    };
    expect(() => bootstrap(3, meanOf(x), { onProgress: stop })).toThrow("stopped");
  });

  it("counts resamples without a value against both ends", () => {
    // Undefined on every resample that misses row 0: about 37 % of them.
    const rare = (rows: Int32Array) => (rows.includes(0) ? rows.length : Number.NaN);
    for (const kind of ["percentile", "basic"] as const)
      expect(bootstrap(50, rare, { kind }).interval).toEqual([-Infinity, Infinity]);
    expect(() => bootstrap(5, () => Number.NaN)).toThrowError(
      expect.objectContaining({ code: "not-finite" }),
    );
  });

  it.each([
    [() => bootstrap(0, () => 0), "out-of-range"],
    [() => bootstrap(5, () => 0, { level: 1 }), "out-of-range"],
    [() => bootstrap(5, () => 0, { resamples: 1 }), "out-of-range"],
    [() => bootstrap(5, () => 0, { groups: ["a"] }), "length-mismatch"],
  ])("refuses bad input %#", (call, code) => {
    expect(call).toThrowError(expect.objectContaining({ code }));
  });
});

describe("bootstrapInterval", () => {
  const random = createRandom(5);
  const replicates = Float64Array.from({ length: 2000 }, () => 10 + sampleExponential(random));
  const sorted = replicates.slice().sort();
  const value = 10.8;

  it("percentile and basic are quantiles and their reflection", () => {
    const [low, high] = [quantileSorted(sorted, 0.05), quantileSorted(sorted, 0.95)];
    expect(bootstrapInterval(value, replicates, 0.9, "percentile")).toEqual([low, high]);
    expect(bootstrapInterval(value, replicates, 0.9, "basic")).toEqual([2 * value - high, 2 * value - low]);
  });

  it("bca follows Efron's formula", () => {
    const jackknife = [10.7, 10.9, 10.75, 10.2, 10.85];
    const m = jackknife.reduce((a, b) => a + b) / 5;
    const a =
      jackknife.reduce((s, v) => s + (m - v) ** 3, 0) /
      (6 * jackknife.reduce((s, v) => s + (m - v) ** 2, 0) ** 1.5);
    const z0 = normalQuantile(replicates.filter((r) => r < value).length / 2000);
    const share = (p: number) => {
      const z = normalQuantile(p);
      return normalCdf(z0 + (z0 + z) / (1 - a * (z0 + z)));
    };
    const [low, high] = bootstrapInterval(value, replicates, 0.9, "bca", jackknife);
    expect(low).toBeCloseTo(quantileSorted(sorted, share(0.05)), 12);
    expect(high).toBeCloseTo(quantileSorted(sorted, share(0.95)), 12);
  });

  it("bca without bias and acceleration is the percentile interval; ties count half", () => {
    const even = Float64Array.from({ length: 101 }, (_, i) => i);
    const [low, high] = bootstrapInterval(50, even, 0.9, "bca", [1, 1, 1]);
    expect(low).toBeCloseTo(5, 9);
    expect(high).toBeCloseTo(95, 9);
    expect(bootstrapInterval(3, [3, 3, 3, 3], 0.9, "bca")).toEqual([3, 3]);
  });

  it("bca gives up where all replicates lie on one side of the value", () => {
    expect(bootstrapInterval(0, [1, 2, 3], 0.9, "bca")).toEqual([-Infinity, Infinity]);
  });
});

describe("sumsBootstrap", () => {
  const random = createRandom(8);
  const rows = 60;
  const data = Float64Array.from({ length: rows * 2 }, () => random.uniform());
  const ratio = (sums: ArrayLike<number>) => sums[0] / sums[1];
  const byRows = (indices: Int32Array) => {
    const sums = [0, 0];
    for (const i of indices) {
      sums[0] += data[2 * i];
      sums[1] += data[2 * i + 1];
    }
    return ratio(sums);
  };

  it.each(["percentile", "basic", "bca"] as BootstrapKind[])("is the bootstrap of the rows (%s)", (kind) => {
    const fast = sumsBootstrap({ data, rows, columns: 2 }, ratio, { kind, resamples: 300 });
    const slow = bootstrap(rows, byRows, { kind, resamples: 300 });
    expect(fast.value).toBeCloseTo(slow.value, 12);
    expect(fast.interval![0]).toBeCloseTo(slow.interval![0], 12);
    expect(fast.interval![1]).toBeCloseTo(slow.interval![1], 12);
    expect(fast.method).toBe(slow.method);
  });

  it("is the cluster bootstrap with groups", () => {
    const groups = Array.from({ length: rows }, (_, i) => `g${i % 7}`);
    const fast = sumsBootstrap({ data, rows, columns: 2 }, ratio, { groups, resamples: 300 });
    const slow = bootstrap(rows, byRows, { groups, resamples: 300 });
    expect(fast.interval![0]).toBeCloseTo(slow.interval![0], 12);
    expect(fast).toMatchObject({ method: "cluster-bootstrap-bca", n: rows, groups: 7 });
  });

  it("does without interval, and with a single unit", () => {
    const matrix = { data: [1, 2], rows: 1, columns: 2 };
    expect(sumsBootstrap(matrix, ratio, { interval: false }).interval).toBeNull();
    expect(sumsBootstrap(matrix, ratio).interval).toEqual([-Infinity, Infinity]);
    expect(() => sumsBootstrap({ data: [0, 0], rows: 1, columns: 2 }, ratio)).toThrowError(/not a number/);
    expect(sumsReplicates(matrix, ratio, { resamples: 5 })).toEqual(new Float64Array(5).fill(0.5));
  });
});

describe("coverage", () => {
  it("bca of a mean and of a standard deviation is near its level at n = 60", () => {
    const random = createRandom(11);
    const runs = 300;
    let mean = 0;
    let sd = 0;
    for (let run = 0; run < runs; run++) {
      const x = Float64Array.from({ length: 60 }, () => sampleExponential(random));
      const covers = ([low, high]: readonly [number, number]) => low <= 1 && 1 <= high;
      if (
        covers(
          sumsBootstrap({ data: x, rows: 60, columns: 1 }, ([s]) => s / 60, { resamples: 500, seed: run })
            .interval!,
        )
      )
        mean++;
      const y = Float64Array.from({ length: 120 }, (_, i) => {
        const z = i % 2 ? 0 : sampleNormal(random);
        return z;
      });
      for (let i = 0; i < 60; i++) y[2 * i + 1] = y[2 * i] ** 2;
      const deviation = ([a, b]: ArrayLike<number> & Iterable<number>) => Math.sqrt(b / 60 - (a / 60) ** 2);
      if (
        covers(
          sumsBootstrap({ data: y, rows: 60, columns: 2 }, deviation, { resamples: 500, seed: run })
            .interval!,
        )
      )
        sd++;
    }
    expect(mean).toBeGreaterThanOrEqual(atLeast(0.92, runs));
    expect(sd).toBeGreaterThanOrEqual(atLeast(0.91, runs));
  });

  it("needs the groups: by row an interval for correlated rows is far too short", () => {
    const random = createRandom(12);
    const runs = 200;
    let byGroup = 0;
    let byRow = 0;
    const groups = Array.from({ length: 400 }, (_, i) => Math.floor(i / 10));
    for (let run = 0; run < runs; run++) {
      let shared = 0;
      const x = Float64Array.from({ length: 400 }, (_, i) => {
        if (i % 10 === 0) shared = sampleNormal(random);
        return shared + 0.5 * sampleNormal(random);
      });
      const options = { resamples: 400, seed: run, kind: "percentile" as const };
      const covers = ([low, high]: readonly [number, number]) => low <= 0 && 0 <= high;
      const matrix = { data: x, rows: 400, columns: 1 };
      if (covers(sumsBootstrap(matrix, ([s]) => s / 400, { ...options, groups }).interval!)) byGroup++;
      if (covers(sumsBootstrap(matrix, ([s]) => s / 400, options).interval!)) byRow++;
    }
    expect(byGroup).toBeGreaterThanOrEqual(atLeast(0.92, runs));
    expect(byRow).toBeLessThan(runs * 0.7);
  });
});
