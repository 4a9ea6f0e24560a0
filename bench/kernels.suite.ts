/** The kernels of @credence/runtime: distances to the third neighbour, against PyTorch. */
import { startKernels } from "@credence/runtime";
import { createRandom, sampleNormal } from "credence/numeric";
import type { Row, Suite } from "./bench.js";

export const suite: Suite = {
  name: "kernels",
  async *rows(): AsyncGenerator<Row> {
    // First, so that nothing of the other rows is in memory.
    const [rows, columns] = [50_000, 2048];
    const random = createRandom(1);
    const data = Float32Array.from({ length: rows * columns }, () => sampleNormal(random));
    const kernels = startKernels();
    const large = {
      bar: "< 600 MB beyond the 391 MB of features",
      repetitions: 1,
      warmUp: false,
    };
    yield {
      work: `k = 3 radii, ${rows} × ${columns}`,
      ours: () => kernels.nearestNeighbours({ data, rows, columns }, 3),
      ...large,
    };
    yield {
      work: `mean and scatter, ${rows} × ${columns}`,
      ours: () => kernels.gaussianStatistics({ data, rows, columns }),
      ...large,
    };
    await kernels.close();
    for (const [columns, bar] of [
      [64, "≤ 0.30 s"],
      [2048, "≤ 2.4 s"],
    ] as const) {
      const rows = 10_000;
      const random = createRandom(1);
      const data = Float32Array.from({ length: rows * columns }, () => sampleNormal(random));
      const kernels = startKernels();
      yield {
        work: `k = 3 radii, ${rows} × ${columns}`,
        bar,
        ours: () => kernels.nearestNeighbours({ data, rows, columns }, 3),
        peers: { torch: "radii" },
        inputs: { x: data },
        repetitions: 3,
      };
      await kernels.close();
    }
  },
};
