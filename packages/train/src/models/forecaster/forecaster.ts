import { encodeModel } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { CredenceError, checkCount } from "credence/numeric";
import {
  add,
  concat,
  constant,
  div,
  emit,
  gather,
  input,
  noise,
  parameter,
  relu,
  reshape,
  sub,
  type Tensor,
} from "../../graph/index.js";
import { nonSaturating, r1Penalty } from "../../loss/index.js";
import { createWeights, dense, type Scope, scaled } from "../../nn/index.js";
import { type FloatMatrix, scaleOf, standardise } from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import {
  type Forecaster,
  type ForecasterCard,
  type MixtureForecaster,
  MODEL,
  openGanForecaster,
  openMixtureForecaster,
  openQuantileForecaster,
  type QuantileForecaster,
} from "./forecasterModel.js";
import { completeHead, type HeadOptions, headOf } from "./headOptions.js";
import { type CheckedSeries, checkSeries, contextOf, type Series } from "./series.js";

/** What every forecaster is told. */
export interface ForecasterOptions {
  /** Values before a time that its forecast sees. */
  context: number;
  /** Widths of the hidden layers. Default [64, 64]. */
  hidden?: readonly number[];
}

/** A forecaster that is not trained yet. */
export interface ForecasterDefinition<M> {
  /**
   * Trains on one series or on several; values and covariates are standardised, which becomes a part of the model.
   * @throws CredenceError "not-finite" for gaps, "too-few" where no series is longer than the context, "diverged" where
   * the loss does. An aborted signal rejects with its reason.
   */
  train(series: Series | readonly Series[], options?: EpochOptions): Promise<M>;
}

/**
 * A probabilistic forecaster: a network sees the last values and what is known of the next time, and gives the
 * distribution of the next value. Longer forecasts are drawn value by value, each path going on from its own past, so that
 * they keep the dependence between times.
 *
 * - `head: "mixture"` (default): a mixture of normals, trained by likelihood; has `logProbability`.
 * - `head: "quantiles"`: quantiles that do not cross, trained by the pinball loss; has `quantiles`.
 * - `head: "gan"`: a conditional generative adversarial network, as Fin-GAN (Vuletić, Prenzel & Cucuringu 2024) without its
 *   economic loss; it draws, and knows no probabilities.
 * @param options `components` of the mixture: default 3. `levels` of the quantiles: default .01, .05, .1 … .95, .99.
 * `latent` variables of the generator: default 4.
 * @example
 * ```ts
 * import { forecaster } from "@credence/train/models";
 * const values = Array.from({ length: 120 }, (_, i) => Math.sin(i / 3) + 0.1 * Math.sin(i * i));
 * const model = await forecaster({ context: 8, hidden: [16] }).train({ values }, { epochs: 10, seed: 1 });
 * const paths = await model.forecast({ values }, 5, { samples: 20, seed: 2 });
 * await model.release();
 * [paths.rows, paths.columns]; // → [20, 5]
 * ```
 */
export function forecaster(
  options: ForecasterOptions & { head?: "mixture"; components?: number },
): ForecasterDefinition<MixtureForecaster>;
export function forecaster(
  options: ForecasterOptions & { head: "quantiles"; levels?: readonly number[] },
): ForecasterDefinition<QuantileForecaster>;
export function forecaster(
  options: ForecasterOptions & { head: "gan"; latent?: number },
): ForecasterDefinition<Forecaster>;
export function forecaster(
  options: ForecasterOptions & {
    head?: HeadOptions["kind"];
    components?: number;
    levels?: readonly number[];
    latent?: number;
  },
): ForecasterDefinition<Forecaster> {
  const head = completeHead("forecaster", options);
  const open = { mixture: openMixtureForecaster, quantiles: openQuantileForecaster, gan: openGanForecaster }[
    head.kind
  ];
  return {
    async train(series, training = {}) {
      const { onnx, card } = await train(options, head, series, training);
      return open({ [MODEL]: onnx }, card);
    },
  };
}

const KINDS = {
  mixture: "mixtureForecaster",
  quantiles: "quantileForecaster",
  gan: "ganForecaster",
} as const;

const fn = "forecaster.train";

async function train(
  { context, hidden = [64, 64] }: ForecasterOptions,
  head: HeadOptions,
  given: Series | readonly Series[],
  training: EpochOptions,
): Promise<{ onnx: Uint8Array; card: ForecasterCard }> {
  checkCount(fn, "context", context);
  for (const units of hidden) checkCount(fn, "hidden", units);
  const { contexts, targets, covariates } = windowsOf(given, context);
  const { seed = 0 } = training;
  const identity = fingerprint([contexts.data, targets.data]);
  const scale = scaleOf(targets);
  standardise(targets, scale);
  const width = contexts.columns;
  const center = scaleOf(contexts);
  // Past values are on the scale of those to come.
  center.mean.fill(scale.mean[0], 0, context);
  center.deviation.fill(scale.deviation[0], 0, context);
  standardise(contexts, center);

  const body = (scope: Scope, x: Tensor, outputs: number) => {
    let h = x;
    hidden.forEach((units, i) => {
      h = relu(dense(scope, `hidden ${i + 1}`, h, units));
    });
    return dense(scope, "out", h, outputs, { initialise: scaled(1) });
  };
  const weights = { forecaster: createWeights(seed), discriminator: createWeights(seed + 0.5) };
  const network = (x: Tensor, z: Tensor | null, isTraining: boolean): Tensor => {
    const scope = weights.forecaster.scope({ training: isTraining });
    if (head.kind === "gan") return body(scope, concat([x, z as Tensor], 1), 1);
    const described = headOf(head);
    return described.shape(body(scope, x, described.width));
  };
  const judge = (x: Tensor, value: Tensor) =>
    body(weights.discriminator.scope({ training: true }).within("discriminator"), concat([x, value], 1), 1);

  let discriminatorLoss: Tensor;
  const fitted = await trainEpochs(
    {
      fn,
      rows: targets.rows,
      weights: weights.forecaster,
      loss(rows) {
        const x = gather(parameter("contexts", [targets.rows, width], contexts.data), rows);
        const values = gather(parameter("targets", [targets.rows], targets.data), rows);
        if (head.kind !== "gan") return headOf(head).loss(network(x, null, true), values);
        const size = rows.shape[0];
        const real = reshape(values, [size, 1]);
        const judged = judge(x, real);
        const fake = network(x, noise([size, head.latent], { kind: "normal" }), true);
        const losses = nonSaturating(judged, judge(x, fake));
        discriminatorLoss = add(losses.discriminator, r1Penalty(judged, real, 1));
        return losses.generator;
      },
      ...(head.kind === "gan" && {
        players: () => ({
          discriminator: { loss: discriminatorLoss, parameters: weights.discriminator.parameters() },
        }),
        adam: { beta1: 0, beta2: 0.99 },
      }),
      identity: [identity, context, hidden, head],
    },
    head.kind === "gan" ? { ...training, averageDecay: training.averageDecay ?? 0.99 } : training,
    100,
  );

  const raw = input("context", [1, width]);
  const z = head.kind === "gan" ? input("z", [1, head.latent]) : null;
  const [shift, factor] = [center.mean, center.deviation].map((list) => constant(list, [width]));
  const { model } = emit(
    { next: network(div(sub(raw, shift), factor), z, false) },
    { batch: "rows", values: fitted.values },
  );
  return {
    onnx: encodeModel(model),
    card: {
      kind: KINDS[head.kind],
      context,
      covariates,
      head,
      hidden,
      scale: { mean: scale.mean[0], deviation: scale.deviation[0] },
      training: { data: identity, ...fitted.facts },
      history: fitted.history,
    },
  };
}

/** Every value that has enough before it, and what its forecast sees. */
function windowsOf(given: Series | readonly Series[], context: number) {
  const list: CheckedSeries[] = [];
  let width: number | null = null;
  for (const [i, one] of (Array.isArray(given)
    ? (given as readonly Series[])
    : [given as Series]
  ).entries()) {
    const series = checkSeries(fn, Array.isArray(given) ? `series[${i}]` : "series", one, { width });
    width = series.covariates.columns;
    list.push(series);
  }
  const covariates = width ?? 0;
  const count = list.reduce((sum, { values }) => sum + Math.max(0, values.length - context), 0);
  if (count < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "series", value: count },
      `with a context of ${context} values the series hold ${count} to learn from; give longer ones, or a shorter context.`,
    );
  const contexts = matrix(count, context + covariates);
  const targets = matrix(count, 1);
  let at = 0;
  for (const series of list)
    for (let time = context; time < series.values.length; time++, at++) {
      contextOf(series, time, context, contexts.data, at * contexts.columns);
      targets.data[at] = series.values[time];
    }
  return { contexts, targets, covariates };
}

const matrix = (rows: number, columns: number): FloatMatrix => ({
  data: new Float32Array(rows * columns),
  rows,
  columns,
});
