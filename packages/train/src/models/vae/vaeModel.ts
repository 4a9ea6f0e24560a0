import {
  CredenceError,
  checkCount,
  checkOneOf,
  createRandom,
  type Matrix,
  sampleNormal,
} from "credence/numeric";
import type {
  BoundedDensity,
  BoundOptions,
  ConditionalBoundedDensity,
  ConditionalSampler,
  SampleOptions,
  Sampler,
  Trained,
} from "../capabilities.js";
import { type ModelFiles, saveModel } from "../card.js";
import { rowsWithColumns } from "../columns.js";
import { splitMissing } from "../missing.js";
import { type FloatMatrix, type Rows, toLabels, toMatrix } from "../rows.js";
import { importanceBound } from "./importanceBound.js";
import { type ImputeOptions, imputeRows } from "./impute.js";
import { type Classes, openNetworks } from "./latents.js";
import type { ConditionalVaeCard, VaeCard, VaeFacts } from "./vaeCard.js";

/** How a variational autoencoder draws. */
export interface VaeSampleOptions extends SampleOptions {
  /**
   * "draw": x from p(x | z), which is a draw from the model; "mean": the mean of p(x | z), which leaves the observation
   * noise out, as pictures are mostly shown. Default "draw".
   */
  observation?: "draw" | "mean";
}

/** q(z | x): normal, independent in each latent variable. */
export interface Encoding {
  readonly mean: Matrix;
  readonly logVariance: Matrix;
}

interface Stop {
  signal?: AbortSignal;
}

/** A trained variational autoencoder, p(x). */
export interface Vae extends Sampler, BoundedDensity, Trained<VaeCard> {
  sample(count: number, options?: VaeSampleOptions): Promise<Matrix>;
  /**
   * The importance-weighted bound of log p(x) of each row (Burda, Grosse & Salakhutdinov 2016), in nats: its expectation
   * lies below log p(x) and rises towards it with `samples` (default 64).
   *
   * Gaussian likelihood: of the density in the units of the data. Bernoulli: of the probability of a row of zeros and
   * ones; for shares between, of its expected logarithm when each value is drawn as 0 or 1 with its share as the chance,
   * which no density of grey values is.
   */
  logProbabilityBound(x: Rows, options?: BoundOptions): Promise<Float64Array>;
  /** q(z | x) of each row. */
  encode(x: Rows, options?: Stop): Promise<Encoding>;
  /** The mean of p(x | z) for each row of latent variables, in the units of the data. */
  decode(z: Rows, options?: Stop): Promise<Matrix>;
  /** Rows decoded from the mean of their encoding. */
  reconstruct(x: Rows, options?: Stop): Promise<Matrix>;
  /**
   * Fills in missing values (NaN) with draws given the values seen: completed copies of the rows, one matrix for each
   * draw. By Metropolis-within-Gibbs (Mattei & Frellsen 2018), after a start by pseudo-Gibbs.
   */
  impute(x: Rows, options?: ImputeOptions): Promise<Matrix[]>;
}

/** A trained variational autoencoder, p(x | y). */
export interface ConditionalVae
  extends ConditionalSampler,
    ConditionalBoundedDensity,
    Trained<ConditionalVaeCard> {
  sample(classes: ArrayLike<number>, options?: VaeSampleOptions): Promise<Matrix>;
  /** As {@link Vae.logProbabilityBound}, of log p(x | y). */
  logProbabilityBound(x: Rows, classes: ArrayLike<number>, options?: BoundOptions): Promise<Float64Array>;
  /** q(z | x, y) of each row. */
  encode(x: Rows, classes: ArrayLike<number>, options?: Stop): Promise<Encoding>;
  /** The mean of p(x | z, y) for each row of latent variables, in the units of the data. */
  decode(z: Rows, classes: ArrayLike<number>, options?: Stop): Promise<Matrix>;
  /** Rows decoded from the mean of their encoding. */
  reconstruct(x: Rows, classes: ArrayLike<number>, options?: Stop): Promise<Matrix>;
  /** As {@link Vae.impute}, given the class. */
  impute(x: Rows, classes: ArrayLike<number>, options?: ImputeOptions): Promise<Matrix[]>;
}

/** Opens a variational autoencoder from its files. */
export async function openVae(files: ModelFiles, card: VaeCard): Promise<Vae> {
  const all = await createAbilities(files, card);
  return {
    card,
    async sample(count, options) {
      checkCount("Vae.sample", "count", count);
      return all.sample(count, null, options);
    },
    logProbabilityBound: async (x, options) =>
      all.bound(all.rows("Vae.logProbabilityBound", x), null, options),
    encode: async (x, options) => all.encode(all.rows("Vae.encode", x), null, options),
    decode: async (z, options) => all.decode(all.latents("Vae.decode", z), null, options),
    reconstruct: async (x, options) => all.reconstruct(all.rows("Vae.reconstruct", x), null, options),
    impute: async (x, options) => all.impute(x, null, options),
    save: (directory) => saveModel(directory, files, card),
    release: all.release,
  };
}

/** Opens a conditional variational autoencoder from its files. */
export async function openConditionalVae(
  files: ModelFiles,
  card: ConditionalVaeCard,
): Promise<ConditionalVae> {
  const all = await createAbilities(files, card);
  const given = (fn: string, classes: ArrayLike<number>, rows: number): Int32Array =>
    toLabels(fn, "classes", classes, rows, card.classes).labels;
  return {
    card,
    async sample(classes, options) {
      checkCount("ConditionalVae.sample", "classes.length", classes.length);
      return all.sample(classes.length, given("ConditionalVae.sample", classes, classes.length), options);
    },
    async logProbabilityBound(x, classes, options) {
      const fn = "ConditionalVae.logProbabilityBound";
      const rows = all.rows(fn, x);
      return all.bound(rows, given(fn, classes, rows.rows), options);
    },
    async encode(x, classes, options) {
      const rows = all.rows("ConditionalVae.encode", x);
      return all.encode(rows, given("ConditionalVae.encode", classes, rows.rows), options);
    },
    async decode(z, classes, options) {
      const latents = all.latents("ConditionalVae.decode", z);
      return all.decode(latents, given("ConditionalVae.decode", classes, latents.rows), options);
    },
    async reconstruct(x, classes, options) {
      const rows = all.rows("ConditionalVae.reconstruct", x);
      return all.reconstruct(rows, given("ConditionalVae.reconstruct", classes, rows.rows), options);
    },
    async impute(x, classes, options) {
      const count = "data" in x ? x.rows : x.length;
      return all.impute(x, given("ConditionalVae.impute", classes, count), options);
    },
    save: (directory) => saveModel(directory, files, card),
    release: all.release,
  };
}

/** What both kinds can do, with or without classes. */
async function createAbilities(files: ModelFiles, facts: VaeFacts) {
  const { latent, features } = facts;
  const networks = await openNetworks(files, facts);
  const asMatrix = (data: Float32Array, columns: number): Matrix => ({
    data,
    rows: data.length / columns,
    columns,
  });
  return {
    rows: (fn: string, x: Rows) => rowsWithColumns(fn, "x", x, features),
    latents(fn: string, z: Rows): FloatMatrix {
      const matrix = toMatrix(fn, "z", z);
      if (matrix.columns === latent) return matrix;
      throw new CredenceError(
        "shape-mismatch",
        { function: fn, argument: "z" },
        `has ${matrix.columns} columns, but the model has ${latent} latent variables.`,
      );
    },
    async sample(
      count: number,
      classes: Classes,
      { seed = 0, signal, observation = "draw" }: VaeSampleOptions = {},
    ): Promise<Matrix> {
      checkOneOf("Vae.sample", "observation", observation, ["draw", "mean"]);
      const random = createRandom(seed);
      const z = Float32Array.from({ length: count * latent }, () => sampleNormal(random));
      const observed = await networks.decode(z, classes, signal);
      const data =
        observation === "mean"
          ? observed.mean
          : observed.mean.map((_, at) => observed.draw(Math.floor(at / features), at % features, random));
      return asMatrix(data, features);
    },
    async bound(x: FloatMatrix, classes: Classes, options: BoundOptions = {}): Promise<Float64Array> {
      if (options.samples !== undefined) checkCount("Vae.logProbabilityBound", "samples", options.samples);
      return importanceBound(networks, x, classes, latent, options);
    },
    async encode(x: FloatMatrix, classes: Classes, { signal }: Stop = {}): Promise<Encoding> {
      const { center, logVariance } = await networks.encode(x, classes, signal);
      return { mean: asMatrix(center, latent), logVariance: asMatrix(logVariance, latent) };
    },
    decode: async ({ data }: FloatMatrix, classes: Classes, { signal }: Stop = {}): Promise<Matrix> =>
      asMatrix((await networks.decode(data, classes, signal)).mean, features),
    async reconstruct(x: FloatMatrix, classes: Classes, { signal }: Stop = {}): Promise<Matrix> {
      const { center } = await networks.encode(x, classes, signal);
      return asMatrix((await networks.decode(center, classes, signal)).mean, features);
    },
    async impute(x: Rows, classes: Classes, options: ImputeOptions = {}): Promise<Matrix[]> {
      const fn = "Vae.impute";
      const { draws = 1, sweeps } = options;
      checkCount(fn, "draws", draws);
      if (sweeps !== undefined) checkCount(fn, "sweeps", sweeps);
      const given = splitMissing(fn, "x", x);
      rowsWithColumns(fn, "x", given.matrix, features);
      const completed: Matrix[] = [];
      for (let draw = 0; draw < draws; draw++)
        completed.push(await imputeRows(networks, given, classes, latent, options, draw));
      return completed;
    },
    release: () => networks.release(),
  };
}
