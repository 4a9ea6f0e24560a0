import { describe, expect, it } from "vitest";
import type { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { allDistances, modes, normals } from "./draw.test-support.js";
import { prdc } from "./prdc.js";
import { precisionRecall } from "./precisionRecall.js";

/** The definitions, from whole distance matrices. */
function brute(real: Matrix, generated: Matrix, k: number, closed: boolean) {
  const radii = (sample: Matrix) => allDistances(sample, sample).map((list) => list.sort((a, b) => a - b)[k]);
  const inside = (d: number, r: number) => (closed || r === 0 ? d <= r : d < r);
  const cross = allDistances(real, generated);
  const realRadii = radii(real);
  const generatedRadii = radii(generated);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const columns = cross[0].map((_, j) => cross.map((list) => list[j]));
  return {
    precision: mean(columns.map((list) => Number(list.some((d, i) => inside(d, realRadii[i]))))),
    recall: mean(cross.map((list) => Number(list.some((d, j) => inside(d, generatedRadii[j]))))),
    density: mean(columns.map((list) => list.filter((d, i) => inside(d, realRadii[i])).length)) / k,
    coverage: mean(cross.map((list, i) => Number(list.some((d) => inside(d, realRadii[i]))))),
  };
}

const random = createRandom(11);
const lattice = (rows: number): Matrix => ({
  data: Float64Array.from({ length: rows * 2 }, () => Math.floor(random.uniform() * 5)),
  rows,
  columns: 2,
});

describe("prdc", () => {
  it.each([
    ["normals", normals(random, 120, 12), normals(random, 90, 12, 0.5), 5],
    ["k = 1", normals(random, 40, 3), normals(random, 60, 3, 1), 1],
    ["ties and coinciding rows", lattice(60), lattice(45), 4],
    [
      "all rows equal",
      { data: new Float64Array(20), rows: 10, columns: 2 },
      { data: new Float64Array(16), rows: 8, columns: 2 },
      3,
    ],
  ] as const)("equals its definition: %s", (_, real, generated, k) => {
    const found = prdc(real, generated, { k, interval: false });
    const wanted = brute(real, generated, k, false);
    for (const name of ["precision", "recall", "density", "coverage"] as const)
      expect(found[name].value, name).toBeCloseTo(wanted[name], 12);
    const closed = precisionRecall(real, generated, { k, interval: false });
    const closedWanted = brute(real, generated, k, true);
    expect(closed.precision.value).toBeCloseTo(closedWanted.precision, 12);
    expect(closed.recall.value).toBeCloseTo(closedWanted.recall, 12);
  });

  it("gives the same value with and without intervals, and intervals around it", () => {
    const real = normals(random, 200, 2);
    const generated = normals(random, 150, 2, 0.7);
    const quick = prdc(real, generated, { interval: false });
    const full = prdc(real, generated, { resamples: 50 });
    for (const name of ["precision", "recall", "density", "coverage"] as const) {
      expect(full[name].value).toBe(quick[name].value);
      const [low, high] = full[name].interval!;
      expect(low).toBeLessThan(full[name].value);
      expect(high).toBeGreaterThan(full[name].value);
    }
    expect(full.precision.n).toBe(350);
  });

  it("half samples see the radii of the half: kept neighbours suffice", () => {
    // On all rows of each half computed anew, the spread must be that of the shortcut.
    const real = normals(random, 80, 2);
    const generated = normals(random, 80, 2, 0.5);
    const whole = prdc(real, generated, { resamples: 400, seed: 3 });
    const width = (e: { interval: readonly [number, number] | null }) => e.interval![1] - e.interval![0];
    expect(width(whole.coverage)).toBeGreaterThan(0.1);
    expect(width(whole.coverage)).toBeLessThan(0.5);
  });

  it("knows which sample is real: a dropped mode costs recall, an invented one precision", () => {
    const both = modes(random, 400, [0, 10], [0.5, 0.5]);
    const one = modes(random, 400, [0], [1]);
    const dropped = prdc(both, one, { interval: false });
    expect(dropped.precision.value).toBeGreaterThan(0.95);
    expect(dropped.recall.value).toBeLessThan(0.6);
    expect(dropped.coverage.value).toBeLessThan(0.6);
    const invented = prdc(one, both, { interval: false });
    expect(invented.precision.value).toBeLessThan(0.6);
    expect(invented.recall.value).toBeGreaterThan(0.95);
  });

  it("claims no certainty where every row is inside", () => {
    const real = normals(random, 60, 2);
    const { precision, coverage } = prdc(real, real, { resamples: 50 });
    expect(precision.value).toBe(1);
    expect(precision.interval![0]).toBeLessThan(0.95);
    expect(precision.method).toContain("clopper-pearson");
    expect(coverage.value).toBe(1);
  });

  it("takes groups: copies of rows do not make it surer", () => {
    const base = normals(random, 60, 2);
    const other = normals(random, 60, 2, 0.5);
    const copied = (m: Matrix): Matrix => ({
      data: Float64Array.from({ length: 4 * m.rows * 2 }, (_, i) => m.data[i % (m.rows * 2)] + 1e-9 * i),
      rows: 4 * m.rows,
      columns: 2,
    });
    const ids = Array.from({ length: 240 }, (_, i) => i % 60);
    const options = { k: 8, resamples: 200 };
    const naive = prdc(copied(base), copied(other), options).density;
    const clustered = prdc(copied(base), copied(other), {
      ...options,
      groups: { real: ids, generated: ids },
    }).density;
    const width = ({ interval }: typeof naive) => interval![1] - interval![0];
    expect(clustered.groups).toBe(120);
    expect(width(clustered)).toBeGreaterThan(1.3 * width(naive));
  });

  it("refuses bad input by name", () => {
    const good = normals(random, 10, 2);
    const codeOf = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return (error as CredenceError).code;
      }
      return "none";
    };
    const broken = { ...good, data: Float64Array.from(good.data) };
    broken.data[7] = Number.NaN;
    broken.data[12] = Infinity;
    expect(codeOf(() => prdc(good, normals(random, 5, 2)))).toBe("too-few");
    expect(codeOf(() => prdc(good, normals(random, 10, 3)))).toBe("shape-mismatch");
    expect(codeOf(() => prdc(good, { data: [], rows: 0, columns: 2 }))).toBe("empty-input");
    expect(codeOf(() => prdc(good, { data: [1], rows: 2, columns: 2 }))).toBe("length-mismatch");
    expect(codeOf(() => prdc(good, good, { k: 0 }))).toBe("out-of-range");
    expect(codeOf(() => prdc(good, good, { level: 1 }))).toBe("out-of-range");
    expect(codeOf(() => prdc(good, good, { groups: { real: [1] } }))).toBe("length-mismatch");
    expect(() => prdc(good, broken, { k: 1 })).toThrow(/generated\[7\] is NaN: 2 of 10 rows/);
    expect(prdc(good, broken, { k: 1, dropNonFinite: true, interval: false }).precision.n).toBe(18);
  });
});
