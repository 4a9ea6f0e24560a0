import { describe, expect, it } from "vitest";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { normals, waves } from "./draw.test-support.js";
import { frechetDistance } from "./frechetDistance.js";
import { frechetDistanceSteps } from "./frechetDistanceSteps.js";
import { gaussianStatistics, mergeGaussianStatistics } from "./gaussianStatistics.js";
import { takeRows } from "./samples.js";

const random = createRandom(5);
const quick = { interval: false } as const;

describe("frechetDistance", () => {
  it("equals SciPy's", () => {
    // SciPy 1.10.1 linalg.sqrtm with NumPy 1.24.2 cov; for fewer rows than columns its singular values (sqrtm loses digits).
    expect(frechetDistance(waves(40, 6, 1), waves(30, 6, 2), quick).value).toBeCloseTo(0.40854040382133, 10);
    expect(frechetDistance(waves(12, 20, 1), waves(9, 20, 2), quick).value).toBeCloseTo(15.87898964834826, 6);
  });

  it("is the closed form in one dimension: (Δmean)² + (Δsd)²", () => {
    const a = { data: [-1, 0, 1], rows: 3, columns: 1 };
    const b = { data: [2, 5, 8], rows: 3, columns: 1 };
    expect(frechetDistance(a, b, quick).value).toBeCloseTo(25 + 4, 12);
  });

  it("is symmetric, 0 for identical samples, and indifferent to shifts of both", () => {
    const a = normals(random, 50, 5);
    const b = normals(random, 70, 5, 1, 2);
    const far = (m: Matrix): Matrix => ({
      ...m,
      data: Float64Array.from(m.data as Float64Array, (x) => x + 1e4),
    });
    const value = frechetDistance(a, b, quick).value;
    expect(frechetDistance(b, a, quick).value).toBeCloseTo(value, 10);
    expect(frechetDistance(far(a), far(b), quick).value).toBeCloseTo(value, 6);
    expect(frechetDistance(a, a, quick).value).toBeCloseTo(0, 6);
  });

  it("agrees between the two forms, and copes with constant columns", () => {
    const wide = normals(random, 8, 12);
    const wider = normals(random, 9, 12, 0.5);
    const tall = (m: Matrix) =>
      frechetDistance(gaussianStatistics(m), gaussianStatistics(wider), quick).value;
    expect(frechetDistance(wide, wider, quick).value).toBeCloseTo(tall(wide), 5);
    const constant = (m: Matrix): Matrix => ({
      ...m,
      data: Float64Array.from(m.data as Float64Array, (x, i) => (i % m.columns === 2 ? 3 : x)),
    });
    const a = normals(random, 40, 4);
    const b = normals(random, 40, 4, 1);
    const without = (m: Matrix): Matrix => ({
      data: Array.from(m.data).filter((_, i) => i % 4 !== 2),
      rows: m.rows,
      columns: 3,
    });
    expect(frechetDistance(constant(a), constant(b), quick).value).toBeCloseTo(
      frechetDistance(without(a), without(b), quick).value,
      8,
    );
  });

  it("takes mergeable statistics of chunks", () => {
    const a = normals(random, 100, 3);
    const b = normals(random, 60, 3, 1);
    const chunk = (from: number, to: number) =>
      gaussianStatistics(
        takeRows(
          a,
          Array.from({ length: to - from }, (_, i) => from + i),
        ),
      );
    const chunks = [chunk(0, 11), chunk(11, 70), chunk(70, 100)];
    const merged = chunks.reduce(mergeGaussianStatistics);
    const wanted = frechetDistance(a, b, quick).value;
    expect(frechetDistance(merged, gaussianStatistics(b), quick).value).toBeCloseTo(wanted, 10);
    const withBlocks = frechetDistance(chunks, [
      gaussianStatistics(b),
      gaussianStatistics(normals(random, 60, 3, 1)),
    ]);
    expect(withBlocks.method).toBe("jackknife");
    expect(withBlocks.interval![0]).toBeGreaterThan(-Infinity);
  });

  it("corrects its bias: at equality the corrected value is about 0, the value is not", () => {
    let raw = 0;
    let corrected = 0;
    for (let i = 0; i < 20; i++) {
      const { value, corrected: less } = frechetDistance(normals(random, 100, 8), normals(random, 100, 8), {
        seed: i,
      });
      raw += value / 20;
      corrected += less! / 20;
    }
    expect(raw).toBeGreaterThan(0.4);
    expect(Math.abs(corrected)).toBeLessThan(0.25 * raw);
  });

  it("counts its work to the end, whatever it can say", () => {
    const calls = (real: Matrix, generated: Matrix, options = {}) => {
      const seen: string[] = [];
      frechetDistance(real, generated, {
        ...options,
        onProgress: (done, total) => seen.push(`${done}/${total}`),
      });
      return seen;
    };
    const [many, few, fewer] = [normals(random, 60, 4), normals(random, 6, 4), normals(random, 3, 4)];
    expect(calls(many, many, { blocks: 3 })).toEqual(["1/7", "2/7", "3/7", "4/7", "5/7", "6/7", "7/7"]);
    for (const [sample, options] of [
      [many, quick],
      [few, {}],
      [fewer, {}],
    ] as const)
      expect(calls(sample, sample, options)).toEqual(["1/1"]);
  });

  it("refuses eigenvalues that are not those it asked for", () => {
    const [a, b] = [normals(random, 30, 3), normals(random, 30, 3)].map((m) => [gaussianStatistics(m)]);
    const steps = (answer: Float64Array[]) => {
      const asking = frechetDistanceSteps({ real: a, generated: b }, quick);
      asking.next();
      return () => asking.next(answer);
    };
    expect(steps([])).toThrow(CredenceError);
    expect(steps([new Float64Array(2)])).toThrow(/eigenvalues\[0\]/);
  });

  it("says nothing with fewer than two rows a column, and refuses a single row", () => {
    const { interval, method } = frechetDistance(normals(random, 10, 6), normals(random, 10, 6));
    expect(interval).toEqual([-Infinity, Infinity]);
    expect(method).toContain("two rows per column");
    expect(() => frechetDistance(normals(random, 1, 2), normals(random, 5, 2))).toThrow(/two rows/);
    expect(() => frechetDistance(normals(random, 5, 9), normals(random, 5, 9), { level: 2 })).toThrow(
      /level/,
    );
    const statistics = gaussianStatistics(normals(random, 9, 2));
    for (const [scatter, code] of [
      [new Float64Array(3), "shape-mismatch"],
      [statistics.scatter.map(() => Number.NaN), "not-finite"],
    ] as const)
      expect(() => frechetDistance(statistics, { ...statistics, scatter }, quick)).toThrow(
        expect.objectContaining({ code, place: expect.objectContaining({ argument: "generated.scatter" }) }),
      );
    expect(() =>
      frechetDistance(gaussianStatistics(normals(random, 9, 2)), gaussianStatistics(normals(random, 9, 3))),
    ).toThrow(/3 columns/);
  });
});
