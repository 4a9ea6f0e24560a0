import { openModel, type TensorData } from "@credence/runtime";
import { checkCount, checkNotEmpty, createRandom, type Matrix } from "credence/numeric";
import { noise } from "../../graph/index.js";
import { draw } from "../../graph/noise.js";
import type {
  ConditionalDensity,
  ConditionalSampler,
  Density,
  SampleOptions,
  Sampler,
  Trained,
} from "../capabilities.js";
import { type ModelFiles, saveModel } from "../card.js";
import { rowsWithColumns } from "../columns.js";
import { type FloatMatrix, toLabels } from "../rows.js";
import { runRows } from "../runRows.js";
import type { FlowCard } from "./flowCard.js";

/** A trained flow of p(x), with its exact density. */
export interface Flow extends Trained<FlowCard>, Sampler, Density {}

/** A trained flow of p(x | y), with its exact density. */
export interface ConditionalFlow extends Trained<FlowCard>, ConditionalSampler, ConditionalDensity {}

export const DENSITY = "density.onnx";
export const SAMPLER = "sampler.onnx";

export async function createFlow(files: ModelFiles, card: FlowCard): Promise<Flow> {
  const { sample, logProbability, release } = await createEngine(files, card);
  return {
    card,
    async sample(count, options = {}) {
      checkCount("Flow.sample", "count", count);
      return sample(count, null, options);
    },
    async logProbability(x, { signal } = {}) {
      return logProbability(rowsWithColumns("Flow.logProbability", "x", x, card.features), null, signal);
    },
    save: (directory) => saveModel(directory, files, card),
    release,
  };
}

export async function createConditionalFlow(files: ModelFiles, card: FlowCard): Promise<ConditionalFlow> {
  const { sample, logProbability, release } = await createEngine(files, card);
  const labelsOf = (fn: string, classes: ArrayLike<number>, rows: number) =>
    toLabels(fn, "classes", classes, rows, card.classes ?? undefined).labels;
  return {
    card,
    async sample(classes, options = {}) {
      const fn = "ConditionalFlow.sample";
      checkNotEmpty(fn, "classes", classes);
      return sample(classes.length, labelsOf(fn, classes, classes.length), options);
    },
    async logProbability(x, classes, { signal } = {}) {
      const fn = "ConditionalFlow.logProbability";
      const matrix = rowsWithColumns(fn, "x", x, card.features);
      return logProbability(matrix, labelsOf(fn, classes, matrix.rows), signal);
    },
    save: (directory) => saveModel(directory, files, card),
    release,
  };
}

async function createEngine(files: ModelFiles, { features, dequantise }: FlowCard) {
  const [density, sampler] = await Promise.all([openModel(files[DENSITY]), openModel(files[SAMPLER])]);
  const told = (labels: Int32Array | null): { [name: string]: TensorData } =>
    labels
      ? { label: { type: "int64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) } }
      : {};
  return {
    async sample(
      count: number,
      labels: Int32Array | null,
      { seed = 0, signal }: SampleOptions,
    ): Promise<Matrix> {
      const z = draw(createRandom(seed), noise([count, features], { kind: "normal" }));
      const { sample } = await runRows(sampler, { z, ...told(labels) }, ["sample"], signal);
      const data =
        dequantise === null ? sample : sample.map((value) => Math.floor(value / dequantise) * dequantise);
      return { data, rows: count, columns: features };
    },
    async logProbability(
      { data, rows }: FloatMatrix,
      labels: Int32Array | null,
      signal?: AbortSignal,
    ): Promise<Float64Array> {
      const x = { type: "float32", shape: [rows, features], data } as const;
      const { logProbability } = await runRows(density, { x, ...told(labels) }, ["logProbability"], signal);
      return Float64Array.from(logProbability);
    },
    async release() {
      await Promise.all([density.release(), sampler.release()]);
    },
  };
}
