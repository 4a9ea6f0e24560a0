import { createBalls, gaussianStatistics, type KernelSums, productEigenvalues } from "credence/fidelity";
import { createRandom, gram, type Matrix, nearestNeighbours, sampleNormal } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { analyseFidelity } from "./analyseFidelity.js";
import type { FeatureSet } from "./features.js";
import { FIDELITY_METRICS, type FidelityReport } from "./fidelity.js";
import { gateFidelity } from "./gateFidelity.js";
import { measure } from "./measure.js";
import { renderFidelityJson, renderFidelityMarkdown, renderFidelityTerminal } from "./renderFidelity.js";
import { renderFidelityHtml } from "./renderFidelityHtml.js";

const random = createRandom(5);

/** The sums of the kernel (xᵀy / columns + 1)³ over all pairs of rows. */
function polynomialSums(real: Matrix, generated: Matrix): KernelSums {
  const powers = (a: Matrix, b?: Matrix) => {
    const { data, rows, columns } = gram(a, b);
    const kernel = (i: number, j: number) => (data[i * columns + j] / a.columns + 1) ** 3;
    const sum = (n: number, term: (i: number) => number) =>
      Float64Array.from({ length: n }, (_, i) => term(i)).reduce((x, y) => x + y, 0);
    return {
      byRow: (own: boolean) =>
        Float64Array.from({ length: rows }, (_, i) =>
          sum(columns, (j) => (own || j !== i ? kernel(i, j) : 0)),
        ),
      byColumn: () => Float64Array.from({ length: columns }, (_, j) => sum(rows, (i) => kernel(i, j))),
    };
  };
  const [within, made, across] = [powers(real), powers(generated), powers(real, generated)];
  const total = (values: Float64Array) => values.reduce((x, y) => x + y, 0);
  return {
    real: within.byRow(false),
    generated: made.byRow(false),
    realToGenerated: across.byRow(true),
    generatedToReal: across.byColumn(),
    allReal: total(within.byRow(true)),
    allGenerated: total(made.byRow(true)),
  };
}

/** What kernels give, in plain TypeScript. */
const slowKernels = {
  nearestNeighbours: async (points: Matrix, k: number, queries: Matrix) =>
    nearestNeighbours(points, k, queries),
  balls: async (a: Matrix, b: Matrix, kept: readonly [number, number]) => createBalls(a, b, kept),
  kernelDistanceSums: async (a: Matrix, b: Matrix) => polynomialSums(a, b),
  gaussianStatistics: async (matrix: Matrix) => gaussianStatistics(matrix),
  productEigenvalues: async (...query: Parameters<typeof productEigenvalues>) => productEigenvalues(...query),
};

/** Rows around the given centres in turn; the centre is the label. */
function draw(
  name: string,
  rows: number,
  centres: readonly number[],
  more: Partial<FeatureSet> = {},
): FeatureSet {
  const data = Float64Array.from({ length: 2 * rows }, (_, p) =>
    p % 2 === 0 ? centres[(p / 2) % centres.length] + sampleNormal(random) : sampleNormal(random),
  );
  return {
    name,
    files: [name],
    matrix: { data, rows, columns: 2 },
    columns: null,
    labels: null,
    groups: null,
    dropped: 0,
    guesses: [],
    ...more,
  };
}
const labelled = (set: FeatureSet, centres: readonly number[]): FeatureSet => ({
  ...set,
  labels: Array.from({ length: set.matrix.rows }, (_, i) => `mode ${centres[i % centres.length]}`),
});
const answer = (report: FidelityReport, question: RegExp) =>
  report.verdict.answers.find((found) => question.test(found.question))?.answer;
const codes = (report: FidelityReport) => report.warnings.map(({ code }) => code);

const real = draw("real", 240, [0, 12]);

describe("analyseFidelity", () => {
  it("tells a dropped mode from an invented one, and ranks generators", async () => {
    const dropped = draw("dropped", 200, [0]);
    const invented = draw("invented", 200, [0, 12, 40, 60]);
    const report = await analyseFidelity(real, [dropped, invented]);
    const [first, second] = report.generators;
    expect(first.metrics.recall!.value).toBeLessThan(0.6);
    expect(first.metrics.precision!.value).toBeGreaterThan(0.9);
    expect(second.metrics.precision!.value).toBeLessThan(0.6);
    expect(second.metrics.recall!.value).toBeGreaterThan(0.9);
    for (const { metrics } of report.generators)
      for (const name of FIDELITY_METRICS) {
        const { value, interval, corrected, floor, half } = metrics[name]!;
        expect(interval![0], name).toBeLessThanOrEqual(corrected ?? value);
        expect(interval![1], name).toBeGreaterThanOrEqual(corrected ?? value);
        expect([floor, half].every(Number.isFinite), name).toBe(true);
      }
    expect(first.metrics.auc!.floor!).toBeGreaterThan(0.9);
    expect(report.pairs).toHaveLength(1);
    expect(report.verdict.status).toBe("bad");
    expect(answer(await analyseFidelity(real, [dropped]), /missing/)).toMatch(/something is missing/);
    expect(answer(await analyseFidelity(real, [invented]), /missing/)).toMatch(/samples look wrong/);
  });

  it("is not content where neighbours see nothing but a distance does", async () => {
    // Another spread in many columns: nearest neighbours are all of the tighter sample.
    const wide = (name: string, sd: number): FeatureSet => ({
      ...draw(name, 1, [0]),
      matrix: {
        data: Float64Array.from({ length: 300 * 60 }, () => sd * sampleNormal(random)),
        rows: 300,
        columns: 60,
      },
    });
    const report = await analyseFidelity(wide("real", 1), [wide("wider", 1.2)]);
    const { discriminability, frechet } = report.generators[0].metrics;
    expect(discriminability!.pValue).toBeGreaterThan(0.01);
    expect(frechet!.interval![0]).toBeGreaterThan(0);
    expect(report.verdict.status).not.toBe("good");
    expect(answer(report, /like the data/)).toMatch(/differ all the same/);
  });

  it("finds nothing wrong with a perfect generator", async () => {
    const report = await analyseFidelity(real, [draw("perfect", 240, [0, 12])]);
    expect(report.verdict.status).toBe("good");
    expect(answer(report, /like the data/)).toMatch(/cannot tell them/);
    const { interval } = report.generators[0].metrics.discriminability!;
    expect(interval![0]).toBeLessThan(0.5);
    expect(interval![1]).toBeGreaterThan(0.5);
  });

  it("splits the spread of an ensemble, and finds its worst", async () => {
    const members = [0, 0.1, 0.2, 0.1, 6].map((shift, s) => draw(`seed ${s}`, 200, [shift, 12 + shift]));
    const report = await analyseFidelity(real, [], { members });
    expect(report.ensemble!.worst).toBe("seed 4");
    expect(report.ensemble!.components.auc.seed.value).toBeGreaterThan(
      report.ensemble!.components.auc.generated!.value,
    );
    expect(report.ensemble!.floor!.summary.auc).toBeGreaterThan(0.9);
    expect(report.verdict.headline).toMatch(/^5 models/);
    expect(gateFidelity(report, "ensemble.summary.auc.low < 2").holds).toBe(true);
  });

  it("compares class by class", async () => {
    const centres = [0, 12];
    const skewed = { ...draw("skewed", 300, [0, 0, 12]) };
    const report = await analyseFidelity(labelled(real, centres), [labelled(skewed, [0, 0, 12])]);
    const [zero, twelve] = report.generators[0].classes!;
    expect(zero.generated.value).toBeCloseTo(2 / 3);
    expect(zero.rows).toEqual([120, 200]);
    expect(zero.auc!.value).toBeGreaterThan(0.8);
    expect(twelve.generated.interval![1]).toBeLessThan(0.5);
    await expect(analyseFidelity(labelled(real, [0]), [labelled(skewed, centres)])).rejects.toThrow(
      /class "mode 12" does not occur in real/,
    );
    const never = await analyseFidelity(labelled(real, centres), [labelled(skewed, [0])]);
    expect(never.generators[0].classes![1].reason).toBe("never generated");
  });

  it("gives the same numbers with kernels made elsewhere", async () => {
    const other = draw("other", 200, [1, 12]);
    const [plain, fast] = [
      await analyseFidelity(real, [other]),
      await analyseFidelity(real, [other], { kernels: slowKernels }),
    ];
    for (const name of FIDELITY_METRICS) {
      const [a, b] = [plain.generators[0].metrics[name]!, fast.generators[0].metrics[name]!];
      expect(b.value, name).toBeCloseTo(a.value, 9);
      expect(b.half, name).toBeCloseTo(a.half!, 9);
      expect(b.interval![0], name).toBeCloseTo(a.interval![0], 9);
    }
    const [slow, quick] = await Promise.all(
      [null, slowKernels].map((some) =>
        measure(real.matrix, other.matrix, {
          k: 5,
          level: 0.95,
          seed: 0,
          interval: false,
          groups: {},
          kernels: some,
          onStep: () => {},
        }),
      ),
    );
    for (const name of FIDELITY_METRICS)
      expect(quick.metrics[name]!.value, name).toBeCloseTo(slow.metrics[name]!.value, 9);
  });

  it("has neighbours and eigenvalues found by kernels, the numbers being the same", async () => {
    let asked = 0;
    const kernels = {
      ...slowKernels,
      nearestNeighbours: async (points: Matrix, k: number, queries: Matrix) => {
        asked++;
        return nearestNeighbours(points, k, queries);
      },
    };
    const grouped = (set: FeatureSet): FeatureSet => ({
      ...labelled(set, [0, 12]),
      groups: Array.from({ length: set.matrix.rows }, (_, i) => `g${i % 100}`),
    });
    const sets = [draw("a", 200, [1, 12]), draw("b", 160, [0, 13])].map(grouped);
    const members = [0, 1, 2].map((shift) => draw(`seed ${shift}`, 120, [shift, 12]));
    const [plain, fast] = [
      await analyseFidelity(grouped(real), sets, { members }),
      await analyseFidelity(grouped(real), sets, { members, kernels }),
    ];
    const exact = ({ generators, pairs, ensemble }: FidelityReport) => ({
      generators: generators.map((generator) => ({
        ...generator,
        metrics: { ...generator.metrics, kernel: null },
      })),
      pairs,
      ensemble,
    });
    expect(exact(fast)).toEqual(exact(plain));
    // A curve or test asks four times: on everything, on halves and for the floor; by class; on 41 pairs of half samples.
    const ensemble = 2 + 6 + 2 * (2 * 6 + 1);
    expect(asked).toBe(2 * 3 * 2 * 4 + 2 * 2 * 4 + 41 * 2 * 4 + ensemble);
  });

  it("says what to distrust", async () => {
    const same = await analyseFidelity(real, [{ ...real, name: "again" }]);
    expect(same.warnings[0]).toMatchObject({ code: "same-rows", severity: "alarm" });
    const copied = { ...real.matrix, data: Float64Array.from(real.matrix.data).fill(7, 100) };
    expect(codes(await analyseFidelity(real, [{ ...real, name: "copier", matrix: copied }]))).toContain(
      "copies",
    );
    const swapped = await analyseFidelity({ ...real, name: "generated.npy" }, [draw("train.npy", 100, [0])]);
    expect(codes(swapped)).toContain("swapped");
    const flat = { data: new Float64Array(80).map((_, i) => (i % 2 ? i : 3)), rows: 40, columns: 2 };
    expect(codes(await analyseFidelity({ ...real, matrix: flat }, [real]))).toContain("constant-columns");
    const wide = {
      ...real.matrix,
      data: Float64Array.from(real.matrix.data, (x, i) => (i % 2 ? 1e4 * x : x)),
    };
    const [rough, smooth] = [false, true].map((standardise) =>
      analyseFidelity({ ...real, matrix: wide }, [{ ...draw("b", 100, [0]), dropped: 3 }], { standardise }),
    );
    expect(codes(await rough)).toEqual(["scales", "dropped"]);
    expect(codes(await smooth)).toEqual(["dropped"]);
  });

  it("leaves out what the samples are too small for, with the reason", async () => {
    const few = await analyseFidelity(draw("few", 9, [0]), [draw("b", 10, [0])], { k: 9 });
    expect(few.generators[0].metrics.precision).toBeNull();
    expect(few.generators[0].reasons.precision).toMatch(/k = 9/);
    expect(few.generators[0].metrics.auc).not.toBeNull();
    expect(codes(few)).toContain("few-rows");
    const columns = 30;
    const matrix = (rows: number, seed: number): Matrix => {
      const own = createRandom(seed);
      return { data: Float64Array.from({ length: rows * columns }, () => sampleNormal(own)), rows, columns };
    };
    const thin = await analyseFidelity({ ...real, matrix: matrix(20, 1) }, [
      { ...real, matrix: matrix(25, 2) },
    ]);
    expect(thin.generators[0].metrics.frechet!.interval).toEqual([-Infinity, Infinity]);
    expect(renderFidelityJson(thin)).toContain('"-Infinity"');
    expect(renderFidelityHtml(thin)).toContain("[−∞, ∞]");
  });

  it("uses clusters where they are named", async () => {
    const grouped = (set: FeatureSet): FeatureSet => ({
      ...set,
      groups: Array.from({ length: set.matrix.rows }, (_, i) => `g${i >> 3}`),
    });
    const report = await analyseFidelity(grouped(real), [grouped(draw("b", 200, [0, 12]))]);
    expect(report.generators[0].metrics.precision).toMatchObject({
      groups: 55,
      method: "cluster-half-sampling",
    });
  });

  it.each([
    [
      "other features",
      () =>
        analyseFidelity(real, [{ ...real, matrix: { data: new Float64Array(30), rows: 10, columns: 3 } }]),
      /3 columns, but real has 2.*same extractor/,
    ],
    [
      "other names",
      () => analyseFidelity({ ...real, columns: ["a", "b"] }, [{ ...real, columns: ["a", "c"] }]),
      /column "c": stands where real has "b"/,
    ],
    ["nothing generated", () => analyseFidelity(real, []), /at least one set/],
    [
      "one model",
      () => analyseFidelity(real, [], { members: [draw("only", 20, [0])] }),
      /only only was found; an ensemble is several/,
    ],
    ["hardly a row", () => analyseFidelity(real, [draw("b", 7, [0])]), /b: has 7 rows; eight/],
    ["a level of 95", () => analyseFidelity(real, [real], { level: 95 }), /between 0 and 1/],
    ["no neighbour", () => analyseFidelity(real, [real], { k: 0 }), /at least 1/],
  ])("refuses %s", async (_, run, words) => {
    await expect(run()).rejects.toThrow(words);
    await expect(run()).rejects.toHaveProperty("name", "InputError");
  });
});

describe("the report", () => {
  it("can be read as JSON, Markdown, terminal text and HTML", async () => {
    const hostile = "<b>|x";
    const members = [0, 1, 2].map((s) => draw(`${hostile}${s}`, 60, [0, 12]));
    const report = await analyseFidelity(real, [draw(hostile, 100, [0, 12]), draw("b", 90, [0])], {
      members,
    });
    const json = JSON.parse(renderFidelityJson(report));
    expect(json.generators[0].metrics.auc.value).toBe(report.generators[0].metrics.auc!.value);
    expect(json.generators[0].curve.radius).toHaveLength(90);
    expect(json.ensemble.band.low).toHaveLength(90);
    expect(renderFidelityMarkdown(report)).toContain("## All numbers of \\<b\\>");
    const terminal = renderFidelityTerminal(report, { width: 80 });
    for (const line of terminal.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(terminal).toContain("Where does the spread come from?");
    const page = renderFidelityHtml(report);
    expect(page).not.toContain(hostile);
    expect(page).toMatch(/<p class="status \w+">(Like|Nearly like|Not like) the data<\/p>/);
    expect(page.match(/<figure>/g)).toHaveLength(3);
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    const notes = report.methods.map(({ id }) => id);
    for (const [, at] of page.matchAll(/href="#method-([\w-]+)"/g)) expect(notes).toContain(at);
  });

  it("answers gates", async () => {
    const report = await analyseFidelity(real, [draw("b", 100, [0])]);
    expect(gateFidelity(report, "recall.high < 0.9 and generators[0].metrics.auc < 0.9").holds).toBe(true);
    expect(gateFidelity(report, "auc.low > 0.99").holds).toBe(false);
    expect(() => gateFidelity(report, "fid > 1")).toThrow(/there is no "fid"/);
  });
});
