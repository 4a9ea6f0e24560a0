import { expect, it } from "vitest";
import { CLUSTER_TESTS, most, rejections } from "./clusterTests.test-support.js";

it.each(Object.entries(CLUSTER_TESTS))("%s holds its level with ten groups", (_, test) => {
  expect(rejections(test, 10, { size: 20, correlation: 0.9 }, 400, 99)).toBeLessThanOrEqual(most(400));
});
