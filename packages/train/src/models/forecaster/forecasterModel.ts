import { openModel, type TensorData } from "@credence/runtime";
import {
  CredenceError,
  checkCount,
  createRandom,
  type Matrix,
  type Random,
  sampleNormal,
} from "credence/numeric";
import type { LossPoint } from "../../loop/index.js";
import type { SampleOptions, Trained } from "../capabilities.js";
import { type Card, type ModelFiles, saveModel } from "../card.js";
import { runRows } from "../runRows.js";
import { type HeadOptions, headOf } from "./headOptions.js";
import { type CheckedSeries, checkSeries, contextOf, type Series } from "./series.js";

/** What a saved forecaster says about itself. */
export interface ForecasterCard extends Card {
  readonly kind: "mixtureForecaster" | "quantileForecaster" | "ganForecaster";
  /** Values before a time that its forecast sees. */
  readonly context: number;
  /** Columns of the covariates. */
  readonly covariates: number;
  readonly head: HeadOptions;
  readonly hidden: readonly number[];
  /** What was taken from values, and what they were divided by. */
  readonly scale: { readonly mean: number; readonly deviation: number };
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve, in standardised units. */
  readonly history: readonly LossPoint[];
}

/** How forecasts are drawn. */
export interface ForecastOptions extends SampleOptions {
  /** Draws. Default 200. */
  samples?: number;
}

/** Which times of a series. */
export interface BacktestOptions {
  /** The first time. Default: the first that has enough values before it. */
  from?: number;
  signal?: AbortSignal;
}

/** A trained forecaster: p(next value | values before, covariates), and so, step by step, of any number of values. */
export interface Forecaster extends Trained<ForecasterCard> {
  /**
   * Possible futures: `samples` × `horizon`, each row a path that goes on from the end of the history.
   * @param history At least `context` values; covariates for these and for the times to forecast.
   */
  forecast(history: Series, horizon: number, options?: ForecastOptions): Promise<Matrix>;
  /**
   * Forecasts of each value from those before it, one step ahead: times × `samples`, what `crpsEnsemble` takes. Only the
   * past is seen.
   */
  backtest(series: Series, options?: ForecastOptions & BacktestOptions): Promise<Matrix>;
}

/** A forecaster with an explicit density. */
export interface MixtureForecaster extends Forecaster {
  /** The log density of each value given those before it, in nats, in the units of the data. Their sum is that of the path. */
  logProbability(series: Series, options?: BacktestOptions): Promise<Float64Array>;
}

/** A forecaster of quantiles. */
export interface QuantileForecaster extends Forecaster {
  /** Of each value given those before it: times × levels. */
  quantiles(series: Series, options?: BacktestOptions): Promise<Matrix>;
}

export const openMixtureForecaster = async (
  files: ModelFiles,
  card: ForecasterCard,
): Promise<MixtureForecaster> => {
  const core = await openCore(files, card);
  return { ...core.forecaster, logProbability: core.logProbability };
};

export const openQuantileForecaster = async (
  files: ModelFiles,
  card: ForecasterCard,
): Promise<QuantileForecaster> => {
  const core = await openCore(files, card);
  return { ...core.forecaster, quantiles: core.quantiles };
};

export const openGanForecaster = async (files: ModelFiles, card: ForecasterCard): Promise<Forecaster> =>
  (await openCore(files, card)).forecaster;

export const MODEL = "model.onnx";

/** Times drawn for together, so that the memory of all draws at once is not needed. */
const TIMES = 256;

async function openCore(files: ModelFiles, card: ForecasterCard) {
  const model = await openModel(files[MODEL]);
  const { context, covariates, scale, head: options } = card;
  const width = context + covariates;
  const head = options.kind === "gan" ? null : headOf(options);
  const latent = options.kind === "gan" ? options.latent : 0;

  /** What the network says of rows of contexts: parameters of the head, or the values that a generator makes of z. */
  async function run(
    contexts: Float32Array<ArrayBuffer>,
    random: Random,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const rows = contexts.length / width;
    const feeds: { [name: string]: TensorData } = {
      context: { type: "float32", shape: [rows, width], data: contexts },
    };
    if (latent > 0) {
      const data = Float32Array.from({ length: rows * latent }, () => sampleNormal(random));
      feeds.z = { type: "float32", shape: [rows, latent], data };
    }
    return (await runRows(model, feeds, ["next"], signal)).next;
  }

  const unscaled = (value: number) => scale.mean + scale.deviation * value;

  /** `samples` draws for each row of contexts: rows × samples. */
  async function draw(
    contexts: Float32Array<ArrayBuffer>,
    samples: number,
    random: Random,
    signal?: AbortSignal,
  ) {
    const rows = contexts.length / width;
    const result = new Float64Array(rows * samples);
    if (head) {
      const parameters = await run(contexts, random, signal);
      for (let i = 0; i < result.length; i++)
        result[i] = unscaled(head.draw(parameters, Math.floor(i / samples) * head.width, random));
      return result;
    }
    const repeated = new Float32Array(rows * samples * width);
    for (let i = 0; i < rows * samples; i++) {
      const from = Math.floor(i / samples) * width;
      repeated.set(contexts.subarray(from, from + width), i * width);
    }
    (await run(repeated, random, signal)).forEach((value, i) => {
      result[i] = unscaled(value);
    });
    return result;
  }

  function timesOf(
    fn: string,
    given: Series,
    from = context,
  ): { series: CheckedSeries; from: number; count: number } {
    const series = checkSeries(fn, "series", given, { width: covariates });
    checkCount(fn, "from", from, context);
    const count = series.values.length - from;
    if (count < 1)
      throw new CredenceError(
        "too-few",
        { function: fn, argument: "series.values", value: series.values.length },
        `the first forecast is that of value ${from}, which sees the ${context} before it; give at least ${from + 1} values.`,
      );
    return { series, from, count };
  }

  const contextsOf = (series: CheckedSeries, from: number, count: number) => {
    const contexts = new Float32Array(count * width);
    for (let i = 0; i < count; i++) contextOf(series, from + i, context, contexts, i * width);
    return contexts;
  };

  /** Parameters of the head for each time. */
  async function parametersOf(fn: string, given: Series, { from: first, signal }: BacktestOptions) {
    const { series, from, count } = timesOf(fn, given, first);
    return {
      series,
      from,
      count,
      parameters: await run(contextsOf(series, from, count), createRandom(0), signal),
    };
  }

  const forecaster: Forecaster = {
    card,
    async forecast(history, horizon, { samples = 200, seed = 0, signal } = {}) {
      const fn = "Forecaster.forecast";
      checkCount(fn, "horizon", horizon);
      checkCount(fn, "samples", samples);
      const ahead = covariates > 0 ? horizon : 0;
      const series = checkSeries(fn, "history", history, { ahead, width: covariates });
      const { length } = series.values;
      if (length < context)
        throw new CredenceError(
          "too-few",
          { function: fn, argument: "history.values", value: length },
          `a forecast sees ${context} values; give at least as many.`,
        );
      const random = createRandom(seed);
      const paths = new Float64Array(samples * horizon);
      const path = new Float64Array(length + horizon);
      path.set(series.values);
      for (let step = 0; step < horizon; step++) {
        const contexts = new Float32Array(samples * width);
        for (let s = 0; s < samples; s++) {
          path.set(paths.subarray(s * horizon, s * horizon + step), length);
          contextOf({ ...series, values: path }, length + step, context, contexts, s * width);
        }
        const next = await draw(contexts, 1, random, signal);
        for (let s = 0; s < samples; s++) paths[s * horizon + step] = next[s];
      }
      return { data: paths, rows: samples, columns: horizon };
    },
    async backtest(given, { samples = 200, seed = 0, signal, from: first } = {}) {
      const fn = "Forecaster.backtest";
      checkCount(fn, "samples", samples);
      const { series, from, count } = timesOf(fn, given, first);
      const random = createRandom(seed);
      const data = new Float64Array(count * samples);
      for (let i = 0; i < count; i += TIMES) {
        const contexts = contextsOf(series, from + i, Math.min(TIMES, count - i));
        data.set(await draw(contexts, samples, random, signal), i * samples);
      }
      return { data, rows: count, columns: samples };
    },
    save: (directory) => saveModel(directory, files, card),
    release: () => model.release(),
  };

  return {
    forecaster,
    async logProbability(given: Series, options: BacktestOptions = {}) {
      const { series, from, count, parameters } = await parametersOf(
        "MixtureForecaster.logProbability",
        given,
        options,
      );
      const components = parameters.length / count / 3;
      return Float64Array.from({ length: count }, (_, i) => {
        const value = (series.values[from + i] - scale.mean) / scale.deviation;
        const logs = Array.from({ length: components }, (_, c) => {
          const at = i * 3 * components + c;
          const logDeviation = parameters[at + 2 * components];
          const z = (value - parameters[at + components]) / Math.exp(logDeviation);
          return parameters[at] - logDeviation - (z * z + Math.log(2 * Math.PI)) / 2;
        });
        const most = Math.max(...logs);
        const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
        return most + Math.log(sum) - Math.log(scale.deviation);
      });
    },
    async quantiles(given: Series, options: BacktestOptions = {}): Promise<Matrix> {
      const { count, parameters } = await parametersOf("QuantileForecaster.quantiles", given, options);
      return {
        data: Float64Array.from(parameters, unscaled),
        rows: count,
        columns: parameters.length / count,
      };
    },
  };
}
