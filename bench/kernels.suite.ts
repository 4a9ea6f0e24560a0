/** The kernels of @credence/runtime: distances to the third neighbour, against PyTorch. */
import { startKernels } from "@credence/runtime";
import type { Row, Suite } from "./bench.js";
import { normal } from "./normal.js";

export const suite: Suite = {
  name: "kernels",
  async *rows(): AsyncGenerator<Row> {
    for (const [columns, bar] of [
      [64, "≤ 0.30 s"],
      [2048, "≤ 2.4 s"],
    ] as const) {
      const points = normal(10_000, columns, 1);
      const kernels = startKernels();
      yield {
        work: `k = 3 radii, ${points.rows} × ${columns}`,
        bar,
        ours: () => kernels.nearestNeighbours(points, 3),
        peers: { torch: "radii" },
        inputs: { x: points.data },
        repetitions: 3,
      };
      await kernels.close();
    }
  },
};
