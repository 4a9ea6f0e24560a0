import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { coxTest } from "./calibrationSlope.js";
import { consistencyResamplingTest } from "./consistencyResamplingTest.js";
import { calibrated, draw } from "./coverage.test-support.js";
import { kolmogorovSmirnovTest, kuiperTest } from "./cumulativeTests.js";
import { kernelCalibrationTest } from "./kernelCalibrationError.js";
import { spiegelhalterTest } from "./spiegelhalterTest.js";

export const CLUSTER_TESTS = {
  spiegelhalterTest,
  coxTest,
  kolmogorovSmirnovTest,
  kuiperTest,
  consistencyResamplingTest,
  kernelCalibrationTest,
};

/** How often a test at 5 % rejects a calibrated model whose rows come in `groups` clusters. */
export function rejections(
  test: (typeof CLUSTER_TESTS)[keyof typeof CLUSTER_TESTS],
  groups: number,
  cluster: { readonly size: number; readonly correlation: number },
  repetitions: number,
  resamples = 199,
): number {
  const random = createRandom(5);
  let rejected = 0;
  for (let k = 0; k < repetitions; k++) {
    const sample = draw({ name: "", a: 1, truth: calibrated, cluster }, groups * cluster.size, random);
    const options = { groups: sample.groups, resamples, seed: k };
    if (test(sample.confidences, sample.outcomes, options).pValue <= 0.05) rejected++;
  }
  return rejected;
}

/** The most rejections that chance lets a test at 5 % have: passed once in 10⁵ such simulations. */
export const most = (repetitions: number): number => binomialQuantile(1 - 1e-5, repetitions, 0.05);
