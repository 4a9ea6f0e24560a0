import {
  cmmd,
  cmmdFromGrams,
  cmmdFromSums,
  coverRadius,
  createBalls,
  type FrechetBlocks,
  frechetBlocks,
  frechetDistance,
  frechetDistanceSteps,
  type GaussianStatistics,
  gaussianStatistics,
  kernelDistance,
  kernelDistanceFromGrams,
  kernelDistanceFromSums,
  missedShares,
  prdc,
  prdcFromBalls,
  precisionRecallCurve,
  precisionRecallCurveSteps,
  probabilisticPrecisionRecall,
  type RowBlock,
} from "credence/fidelity";
import {
  createRandom,
  type Matrix,
  mutuallyWithin,
  nearestNeighbours,
  pointsWithin,
  sampleNormal,
  symmetricEigen,
} from "credence/numeric";
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

/** Coordinates from 0, 1, 2: nearly every distance occurs many times, and lies on some radius. */
function grid(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { data: Float64Array.from({ length: rows * columns }, () => random.uint32() % 3), rows, columns };
}

/** The Fréchet distance with the kernels' eigenvalues. */
async function finished(blocks: FrechetBlocks<GaussianStatistics>, options: { interval?: false }) {
  const steps = frechetDistanceSteps(blocks, options);
  let step = steps.next();
  while (!step.done) step = steps.next(await kernels.productEigenvalues(step.value.first, step.value.others));
  return step.value;
}

/** Those of D^½ Vᵀ S₂ V D^½ for S₁ = V D Vᵀ, ascending. */
function eigenvaluesOfProduct(a: GaussianStatistics, b: GaussianStatistics): Float64Array {
  const d = a.mean.length;
  const { values, vectors } = symmetricEigen(
    a.scatter.map((x) => x / (a.n - 1)),
    d,
  );
  const times = (x: (i: number, k: number) => number, y: (k: number, j: number) => number) =>
    Float64Array.from({ length: d * d }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += x(Math.floor(at / d), k) * y(k, at % d);
      return sum;
    });
  const root = (i: number, k: number) => Math.sqrt(Math.max(values[i], 0)) * vectors![i * d + k];
  const half = times(root, (k, j) => b.scatter[k * d + j] / (b.n - 1));
  const product = times(
    (i, k) => half[i * d + k],
    (k, j) => root(j, k),
  );
  return symmetricEigen(product, d, false).values;
}

describe("pairs within radii", () => {
  const cases: [string, Matrix, Matrix, number, number][] = [
    ["normals", normal(700, 20, 1), normal(500, 20, 2), 4.5, 5],
    ["far from the origin", normal(300, 20, 3, 1e4), normal(200, 20, 4, 1e4), 4.5, 5],
    ["ties on the boundary", grid(200, 6, 5), grid(150, 6, 6), 2, Math.sqrt(3)],
    ["radius 0", grid(200, 4, 7), grid(150, 4, 8), 0, 0],
    ["balls that hold nothing", normal(50, 5, 9), normal(60, 5, 10), -1, 2],
    ["balls that hold everything", normal(33, 5, 9), normal(27, 5, 10), 1e3, Infinity],
    ["several blocks", normal(4500, 3, 11), normal(1000, 3, 12), 0.2, 0.1],
  ];
  for (const [name, a, b, radiusOfA, radiusOfB] of cases)
    it(name, async () => {
      const radii = [new Float64Array(a.rows).fill(radiusOfA), new Float64Array(b.rows).fill(radiusOfB)];
      const found = await kernels.mutuallyWithin(a, b, radii[0], radii[1]);
      expect(found).toEqual(mutuallyWithin(a, b, radii[0], radii[1]));
      expect(await kernels.pointsWithin(b, a, radii[0])).toEqual(pointsWithin(b, a, radii[0]));
    });

  it("refuses bad input", async () => {
    const [a, b] = [normal(5, 2, 1), normal(4, 2, 2)];
    await expect(kernels.mutuallyWithin(a, b, [1], [1])).rejects.toMatchObject({ code: "length-mismatch" });
    await expect(kernels.pointsWithin(a, normal(2, 3, 1), [1, 1])).rejects.toMatchObject({
      code: "shape-mismatch",
    });
  });
});

describe("metrics from kernels equal those from rows", () => {
  const [real, generated] = [normal(400, 30, 1), normal(300, 30, 2, 0.1)];

  it("prdc, with its intervals", async () => {
    const kept = [30, 30] as const;
    const balls = await kernels.balls(real, generated, kept);
    expect(balls).toEqual(createBalls(real, generated, kept));
    expect(prdcFromBalls(...balls, { interval: false })).toEqual(prdc(real, generated, { interval: false }));
  });

  it("probabilistic precision and recall", async () => {
    const radii = [real, generated].map((sample) => coverRadius(nearestNeighbours(sample, 4)));
    for (const [a, b, factor] of [
      [real, generated, 1],
      [real, real, 1],
      [grid(150, 3, 3), grid(100, 3, 4), 0.5],
    ] as const) {
      const fast = await kernels.missedShares(a, b, factor * radii[0], factor * radii[1]);
      const slow = missedShares(a, b, factor * radii[0], factor * radii[1]);
      for (const side of [0, 1] as const)
        fast[side].forEach((value, i) => {
          if (Math.abs(value - slow[side][i]) > 1e-4 * slow[side][i])
            throw new Error(`${side} ${i}: ${value} instead of ${slow[side][i]}`);
        });
    }
    const [missed] = missedShares(real, generated, radii[0], radii[1]);
    const { precision } = probabilisticPrecisionRecall(real, generated, { interval: false });
    expect(1 - missed.reduce((a, b) => a + b, 0) / missed.length).toBeCloseTo(precision.value, 12);
  });

  it("the kernel distance, all pairs and subsets", async () => {
    const grams = await kernels.grams(real, generated);
    const fast = kernelDistanceFromGrams(grams, 30);
    const slow = kernelDistance(real, generated);
    expect(fast.value).toBeCloseTo(slow.value, 5);
    expect(fast.interval![0]).toBeCloseTo(slow.interval![0], 5);
    const subsets = { count: 10, size: 50 };
    expect(kernelDistanceFromGrams(grams, 30, { subsets }).value).toBeCloseTo(
      kernelDistance(real, generated, { subsets }).value,
      5,
    );
  });

  it("CMMD, also far from the origin", async () => {
    const far = [normal(80, 8, 1, 1e3), normal(70, 8, 2, 1e3)] as const;
    for (const [a, b] of [[real, generated] as const, far]) {
      const fast = cmmdFromGrams(await kernels.grams(a, b, { center: true }));
      const slow = cmmd(a, b);
      expect(fast.value).toBeCloseTo(slow.value, 3);
      expect(fast.corrected).toBeCloseTo(slow.corrected, 3);
      expect(fast.interval![1]).toBeCloseTo(slow.interval![1], 3);
    }
  });

  it("the kernel distance and CMMD from sums", async () => {
    // Several blocks of 512 rows, some of which meet themselves.
    const [a, b] = [normal(1100, 12, 5), normal(600, 12, 6, 0.1)];
    for (const options of [
      {},
      { degree: 2, scale: 0.1, offset: 0.5 },
      { seed: 3, subsets: { count: 7, size: 200 } },
    ]) {
      const fast = kernelDistanceFromSums(await kernels.kernelDistanceSums(a, b, options));
      const slow = kernelDistance(a, b, options);
      expect(fast.value).toBeCloseTo(slow.value, 5);
      expect(fast.interval![0]).toBeCloseTo(slow.interval![0], 5);
      expect(fast.method).toBe(slow.method);
      expect(fast.n).toBe(slow.n);
    }
    const far = [normal(80, 8, 1, 1e3), normal(70, 8, 2, 1e3)] as const;
    // Nothing is near anything but itself, which rounding must not hide.
    const large = far.map(({ data, ...shape }) => ({ data: Array.from(data, (v) => v * 1e5), ...shape }));
    for (const [[x, y], options] of [
      [[a, b], {}],
      [[a, b], { sigma: 2 }],
      [far, {}],
      [large, {}],
    ] as const) {
      const fast = cmmdFromSums(await kernels.cmmdSums(x, y, options));
      const slow = cmmd(x, y, options);
      expect(fast.value).toBeCloseTo(slow.value, 3);
      expect(fast.corrected).toBeCloseTo(slow.corrected, 3);
      expect(fast.interval![1]).toBeCloseTo(slow.interval![1], 3);
    }
    await expect(kernels.cmmdSums(a, normal(5, 3, 1))).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(kernels.cmmdSums(a, b, { sigma: 0 })).rejects.toMatchObject({ code: "out-of-range" });
    // Cubes beyond float32.
    const huge = [normal(60, 2, 1), normal(50, 2, 2, 0.5)].map(({ data, ...shape }) => ({
      data: Array.from(data, (v) => v * 1e12),
      ...shape,
    }));
    for (const options of [{}, { subsets: { count: 3, size: 20 } }]) {
      const fast = kernelDistanceFromSums(await kernels.kernelDistanceSums(huge[0], huge[1], options));
      const slow = kernelDistance(huge[0], huge[1], options);
      expect(fast.value / slow.value).toBeCloseTo(1, 4);
      expect(fast.interval![0] / slow.interval![0]).toBeCloseTo(1, 4);
    }
  });

  it("the Fréchet distance", async () => {
    const [a, b] = [await kernels.gaussianStatistics(real), await kernels.gaussianStatistics(generated)];
    const wanted = gaussianStatistics(real);
    expect(a.mean).toEqual(wanted.mean);
    a.scatter.forEach((value, i) => {
      if (Math.abs(value - wanted.scatter[i]) > 1e-10) throw new Error(`${i}: ${value}`);
    });
    const wantedDistance = frechetDistance(real, generated, { interval: false }).value;
    expect((await finished({ real: [a], generated: [b] }, { interval: false })).value).toBeCloseTo(
      wantedDistance,
      9,
    );
  });

  it("the Fréchet distance with its interval, from blocks", async () => {
    const [x, y] = [normal(70, 8, 5), normal(60, 8, 6, 0.4)];
    const blocks = frechetBlocks(x, y);
    const statistics = async (list: readonly RowBlock[]) => {
      const made: GaussianStatistics[] = [];
      for (const block of list) made.push(await kernels.gaussianStatistics(block.matrix()));
      return made;
    };
    const [a, b] = [await statistics(blocks.real), await statistics(blocks.generated)];
    const found = await finished({ real: a, generated: b }, {});
    const wanted = frechetDistance(x, y);
    expect(found.corrected).toBeCloseTo(wanted.corrected!, 8);
    expect(found.interval![0]).toBeCloseTo(wanted.interval![0], 8);
    expect(found.interval![1]).toBeCloseTo(wanted.interval![1], 8);
  });

  it("the eigenvalues of products of covariances, by their definition", async () => {
    // More rows than columns, repeated columns, fewer rows than columns, and a constant.
    const wide = normal(200, 90, 3);
    const samples = [
      wide,
      { ...wide, data: Float64Array.from(wide.data, (_, at) => wide.data[at - (at % 90 >= 60 ? 30 : 0)]) },
      normal(40, 90, 4, 0.1),
      { ...wide, data: new Float64Array(200 * 90).fill(3) },
    ].map(gaussianStatistics);
    for (const [i, list] of [
      [0, [0, 1, 2]],
      [1, [0]],
      [2, [1, 3]],
      [3, [2]],
    ] as const) {
      const others = list.map((j) => samples[j]);
      const found = await kernels.productEigenvalues(samples[i], others);
      expect(found.length).toBe(others.length);
      found.forEach((values, p) => {
        const wanted = eigenvaluesOfProduct(samples[i], others[p]);
        expect(values.length).toBe(90);
        values.forEach((value, at) => {
          if (!(Math.abs(value - wanted[at]) <= 1e-11 * wanted[89]))
            throw new Error(`${i} ${p} ${at}: ${value}`);
        });
      });
    }
    expect(await kernels.productEigenvalues(samples[0], [])).toEqual([]);
  });

  it("precision–recall curves that ask for neighbours, number for number", async () => {
    const [x, y] = [grid(120, 12, 1), normal(110, 12, 2, 0.3)];
    for (const options of [{}, { family: "coverage" }] as const) {
      const steps = precisionRecallCurveSteps(x, y, { ...options, angles: 5, resamples: 20 });
      let step = steps.next();
      while (!step.done) {
        const { points, k, queries } = step.value;
        step = steps.next(await kernels.nearestNeighbours(points, k, queries));
      }
      expect(step.value).toEqual(precisionRecallCurve(x, y, { ...options, angles: 5, resamples: 20 }));
    }
  });

  it("refuses statistics that do not belong together", async () => {
    const [a, b] = [gaussianStatistics(normal(9, 3, 1)), gaussianStatistics(normal(9, 4, 1))];
    const wrong = { code: "shape-mismatch", place: { argument: "others", index: 1 } };
    await expect(kernels.productEigenvalues(a, [a, b])).rejects.toMatchObject(wrong);
    const one = gaussianStatistics(normal(1, 3, 1));
    await expect(kernels.productEigenvalues(a, [one])).rejects.toMatchObject({ code: "too-few" });
    await expect(kernels.productEigenvalues(one, [a])).rejects.toMatchObject({ code: "too-few" });
  });

  it("the Fréchet distance, over several panels and of singular covariances", async () => {
    const wide = [normal(400, 150, 3), normal(300, 150, 4, 0.1)] as const;
    const repeated = wide.map(({ data, rows, columns }) => ({
      data: Float64Array.from(data, (_, at) => data[at - (at % columns >= 100 ? 50 : 0)]),
      rows,
      columns,
    }));
    const few = [normal(60, 150, 3), normal(60, 150, 4, 0.1)];
    for (const pair of [wide, repeated, few]) {
      const [a, b] = pair.map(gaussianStatistics);
      const { value } = await finished({ real: [a], generated: [b] }, { interval: false });
      const wanted = frechetDistance(a, b, { interval: false }).value;
      expect(Math.abs(value / wanted - 1)).toBeLessThan(1e-9);
    }
  });
});
