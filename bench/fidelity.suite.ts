/** Fidelity metrics on wide features and many rows, by the kernels of @credence/runtime, against NumPy, SciPy and torch. */
import { startKernels } from "@credence/runtime";
import {
  cmmdFromSums,
  coverRadius,
  ensemblePrecisionRecall,
  frechetDistanceSteps,
  kernelDistanceFromSums,
  neighboursForHalves,
  prdcFromBalls,
} from "credence/fidelity";
import type { Row, Suite } from "./bench.js";
import { normal } from "./normal.js";

const quick = { interval: false } as const;

export const suite: Suite = {
  name: "fidelity",
  async *rows(): AsyncGenerator<Row> {
    const kernels = startKernels();
    for (const [rows, columns, bar] of [
      [10_000, 64, "≤ 1.2 s"],
      [5_000, 2048, "≤ 2.5 s"],
    ] as const) {
      const [real, generated] = [normal(rows, columns, 1, 0), normal(rows, columns, 2, 0.1)];
      const inputs = { real: real.data, generated: generated.data };
      yield {
        work: `precision, recall, density, coverage, ${rows} × ${columns}`,
        bar,
        ours: async () => prdcFromBalls(...(await kernels.balls(real, generated, [5, 5])), quick),
        peers: { "NumPy, whole distance matrices": `prdc_${columns}` },
        inputs,
        repetitions: 1,
      };
      yield {
        work: `the same with intervals from 200 half samples, ${rows} × ${columns}`,
        ours: async () => {
          const kept = neighboursForHalves(5, rows);
          return prdcFromBalls(...(await kernels.balls(real, generated, [kept, kept])));
        },
        repetitions: 1,
      };
      if (columns === 64)
        yield {
          work: `probabilistic precision and recall, ${rows} × ${columns}`,
          bar: "≤ 1.5 s",
          ours: async () => {
            const radii = [];
            for (const sample of [real, generated])
              radii.push(coverRadius(await kernels.nearestNeighbours(sample, 4)));
            return kernels.missedShares(real, generated, radii[0], radii[1]);
          },
          peers: { "NumPy, whole distance matrices": "probabilistic" },
          inputs,
          repetitions: 1,
        };
      else {
        yield {
          work: `kernel distance, 100 subsets of 1000, ${rows} × ${columns}`,
          bar: "≤ 3 s",
          ours: async () =>
            kernelDistanceFromSums(
              await kernels.kernelDistanceSums(real, generated, { subsets: { count: 100, size: 1000 } }),
              quick,
            ),
          peers: { "NumPy, a product a subset": "kid" },
          inputs,
          repetitions: 1,
        };
        yield {
          work: `CMMD, ${rows} × ${columns}`,
          bar: "≤ 2.5 s",
          ours: async () => cmmdFromSums(await kernels.cmmdSums(real, generated), quick),
          peers: { torch: "cmmd" },
          inputs,
          repetitions: 1,
        };
        yield {
          work: `Fréchet distance, ${rows} × ${columns}`,
          bar: "≤ 5 s",
          ours: async () => {
            const blocks = {
              real: [await kernels.gaussianStatistics(real)],
              generated: [await kernels.gaussianStatistics(generated)],
            };
            const steps = frechetDistanceSteps(blocks, quick);
            let step = steps.next();
            while (!step.done)
              step = steps.next(await kernels.productEigenvalues(step.value.first, step.value.others));
            return step.value;
          },
          peers: { "NumPy, eigenvalues": "frechet" },
          inputs,
          repetitions: 1,
        };
      }
    }
    await kernels.close();
    const models = Array.from({ length: 30 }, (_, s) => normal(10_000, 2, 10 + s, 0.002 * s));
    const real = normal(10_000, 2, 1, 0);
    yield {
      work: "precision–recall curves of 30 models × 10000 rows × 2, 202 slopes, with band and variance components",
      bar: "≤ 30 s, < 500 MB",
      ours: () => ensemblePrecisionRecall(real, models),
      repetitions: 1,
    };
  },
};
