import { CredenceError, checkCount, checkNotEmpty, type Matrix } from "credence/numeric";
import type {
  BoundedDensity,
  BoundOptions,
  ConditionalBoundedDensity,
  ConditionalSampler,
  Sampler,
  Trained,
} from "../capabilities.js";
import { type ModelFiles, saveModel } from "../card.js";
import { rowsWithColumns } from "../columns.js";
import { type Rows, toLabels } from "../rows.js";
import { variationalBound } from "./bound.js";
import type { DiffusionCard } from "./diffusionCard.js";
import { type DiffusionSampleOptions, drawSamples } from "./drawSamples.js";
import { openStartEstimator } from "./estimateStart.js";

/**
 * A trained diffusion model of p(x). Estimates of the clean sample are held within the range of the training data, in
 * sampling and in the bound.
 */
export interface Diffusion extends Trained<DiffusionCard>, Sampler, BoundedDensity {
  /** `count` samples, one a row. Equal seeds give equal samples, bit for bit. */
  sample(count: number, options?: DiffusionSampleOptions): Promise<Matrix>;
  /**
   * An unbiased estimate of the variational lower bound of log p(x) of each row, in nats, in the units of the data (Ho et
   * al. 2020, eq. 5). The steps have the variances that fit the network best (Bao et al. 2022), the last one too; sampling
   * takes the smaller ones of DDPM, and none in the last step.
   * @param options `samples`: draws of noise and time for each row, the times stratified. Default 32.
   */
  logProbabilityBound(x: Rows, options?: BoundOptions): Promise<Float64Array>;
}

/** A trained diffusion model of p(x | y); as {@link Diffusion}, given classes. */
export interface ConditionalDiffusion
  extends Trained<DiffusionCard>,
    ConditionalSampler,
    ConditionalBoundedDensity {
  /**
   * One sample for each class that is asked for.
   * @param options `guidance`: see {@link ConditionalDiffusionOptions}. Default: the model's.
   */
  sample(
    classes: ArrayLike<number>,
    options?: DiffusionSampleOptions & { guidance?: number },
  ): Promise<Matrix>;
  /** As for {@link Diffusion}, of log p(x | y), without guidance. */
  logProbabilityBound(x: Rows, classes: ArrayLike<number>, options?: BoundOptions): Promise<Float64Array>;
}

const MODEL = "model.onnx";

/** Opens a diffusion model from its files. */
export const openDiffusion = (files: ModelFiles, card: DiffusionCard): Promise<Diffusion> =>
  createDiffusion(files[MODEL], card);

/** Opens a diffusion model given classes from its files. */
export const openConditionalDiffusion = (
  files: ModelFiles,
  card: DiffusionCard,
): Promise<ConditionalDiffusion> => createConditionalDiffusion(files[MODEL], card);

export async function createDiffusion(onnx: Uint8Array, card: DiffusionCard): Promise<Diffusion> {
  const estimator = await openStartEstimator(onnx, card);
  return {
    card,
    async sample(count, options = {}) {
      const fn = "Diffusion.sample";
      checkCount(fn, "count", count);
      return drawSamples(estimator, fn, count, null, options);
    },
    async logProbabilityBound(x, options = {}) {
      const fn = "Diffusion.logProbabilityBound";
      return variationalBound(
        estimator,
        fn,
        rowsWithColumns(fn, "x", x, card.features),
        null,
        card.errors,
        options,
      );
    },
    save: (directory) => saveModel(directory, { [MODEL]: onnx }, card),
    release: () => estimator.release(),
  };
}

export async function createConditionalDiffusion(
  onnx: Uint8Array,
  card: DiffusionCard,
): Promise<ConditionalDiffusion> {
  const estimator = await openStartEstimator(onnx, card);
  const labelled = (fn: string, classes: ArrayLike<number>, rows: number, guidance: number) => ({
    labels: toLabels(fn, "classes", classes, rows, card.classes ?? undefined).labels,
    guidance,
  });
  return {
    card,
    async sample(classes, { guidance = card.guidance, ...options } = {}) {
      const fn = "ConditionalDiffusion.sample";
      checkNotEmpty(fn, "classes", classes);
      checkGuidance(fn, guidance);
      return drawSamples(
        estimator,
        fn,
        classes.length,
        labelled(fn, classes, classes.length, guidance),
        options,
      );
    },
    async logProbabilityBound(x, classes, options = {}) {
      const fn = "ConditionalDiffusion.logProbabilityBound";
      const matrix = rowsWithColumns(fn, "x", x, card.features);
      return variationalBound(
        estimator,
        fn,
        matrix,
        labelled(fn, classes, matrix.rows, 1),
        card.errors,
        options,
      );
    },
    save: (directory) => saveModel(directory, { [MODEL]: onnx }, card),
    release: () => estimator.release(),
  };
}

/** Refuses a guidance that is negative or not finite. */
export function checkGuidance(fn: string, guidance: number): void {
  if (!(guidance >= 0 && Number.isFinite(guidance)))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "guidance", value: guidance },
      "must be 0 or more.",
    );
}
