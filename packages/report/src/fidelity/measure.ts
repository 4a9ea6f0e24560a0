import type { Estimate } from "credence/estimate";
import {
  classifierTwoSampleTestSteps,
  kernelDistance,
  kernelDistanceFromSums,
  type PrecisionRecallCurve,
  precisionRecallCurveSteps,
  type SampleGroups,
} from "credence/fidelity";
import { CredenceError, type Matrix } from "credence/numeric";
import type { FidelityMetric } from "./fidelity.js";
import type { FidelityKernels } from "./fidelityKernels.js";
import { finishWith } from "./finishWith.js";
import { frechetWith } from "./frechetWith.js";
import { prdcWith } from "./prdcWith.js";

/** What two samples are compared with. */
export interface MeasureOptions {
  readonly k: number;
  readonly level: number;
  readonly seed: number;
  /** false: values alone, several times as fast. */
  readonly interval: boolean;
  readonly groups: SampleGroups;
  readonly kernels: FidelityKernels | null;
  readonly onStep: (name: string) => void;
}

/** All metrics of two samples; those that cannot be computed are left out, and `reasons` says why. */
export interface Measured {
  readonly metrics: { [name in FidelityMetric]?: Estimate & { corrected?: number | null; pValue?: number } };
  readonly reasons: { [name in FidelityMetric]?: string };
  readonly curve: PrecisionRecallCurve | null;
}

/** Compares two samples by every metric. */
export async function measure(
  real: Matrix,
  generated: Matrix,
  { k, level, seed, interval, groups, kernels, onStep }: MeasureOptions,
): Promise<Measured> {
  const metrics: Measured["metrics"] = {};
  const reasons: Measured["reasons"] = {};
  const common = { level, seed, groups, ...(!interval && { interval: false as const }) };
  const clustered = groups.real !== undefined || groups.generated !== undefined;
  const attempt = async (names: readonly FidelityMetric[], step: string, make: () => unknown) => {
    onStep(step);
    try {
      Object.assign(metrics, await make());
    } catch (error) {
      // What the samples are too small for is left out; anything else is a fault.
      if (!(error instanceof CredenceError && (error.code === "too-few" || error.code === "too-large")))
        throw error;
      for (const name of names) reasons[name] = reasonOf(error);
    }
  };
  let curve: PrecisionRecallCurve | null = null;
  await attempt(["auc", "overlap", "f8", "fEighth"], "precision–recall curve", async () => {
    const options = { ...common, angles: 90, resamples: 100 };
    curve = await finishWith(kernels, precisionRecallCurveSteps(real, generated, options));
    const { auc, overlap, f8, fEighth } = curve;
    return { auc, overlap, f8, fEighth };
  });
  await attempt(["precision", "recall", "density", "coverage"], "precision, recall, density, coverage", () =>
    prdcWith(kernels, real, generated, { ...common, k }),
  );
  await attempt(["frechet"], "Fréchet distance", async () => ({
    frechet: await frechetWith(kernels, real, generated, common),
  }));
  await attempt(["kernel"], "kernel distance", async () => {
    if (!kernels || clustered) return { kernel: kernelDistance(real, generated, common) };
    return { kernel: kernelDistanceFromSums(await kernels.kernelDistanceSums(real, generated), common) };
  });
  await attempt(["discriminability"], "two-sample test", async () => {
    const steps = classifierTwoSampleTestSteps(real, generated, common);
    const { accuracy, pValue } = await finishWith(kernels, steps);
    return { discriminability: { ...accuracy, pValue } };
  });
  return { metrics, reasons, curve };
}

/** The words of an error, without the name of the function. */
const reasonOf = ({ message }: CredenceError): string => message.replace(/^\w+: /, "");
