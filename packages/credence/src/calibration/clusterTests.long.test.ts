import { describe, expect, it } from "vitest";
import { CLUSTER_TESTS, most, rejections } from "./clusterTests.test-support.js";

const REPETITIONS = 2000;

describe.each(Object.entries(CLUSTER_TESTS))(
  "%s rejects calibrated models at most as often as it says",
  (_, test) => {
    it.each([10, 20, 50])("with %d groups", (groups) => {
      for (const size of [5, 20])
        for (const correlation of [0.2, 0.6, 0.9])
          expect(
            rejections(test, groups, { size, correlation }, REPETITIONS),
            `size ${size}, correlation ${correlation}`,
          ).toBeLessThanOrEqual(most(REPETITIONS));
    });
  },
);
