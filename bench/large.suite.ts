/** Memory of the kernels of @credence/runtime with many rows, the features among it. */
import { startKernels } from "@credence/runtime";
import type { Row, Suite } from "./bench.js";
import { normal } from "./normal.js";

export const suite: Suite = {
  name: "large",
  async *rows(): AsyncGenerator<Row> {
    const features = normal(50_000, 2048, 1);
    const kernels = startKernels();
    const once = { bar: "peak < 600 MB", repetitions: 1, warmUp: false };
    yield {
      work: "k = 3 radii, 50000 × 2048 (391 MB)",
      ours: () => kernels.nearestNeighbours(features, 3),
      ...once,
    };
    yield {
      work: "mean and scatter, 50000 × 2048 (391 MB)",
      ours: () => kernels.gaussianStatistics(features),
      ...once,
    };
    await kernels.close();
  },
};
