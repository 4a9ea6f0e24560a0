import { openModel, startRuntime, tensorData } from "@credence/runtime";
import { checkCount, createRandom, type Matrix, sampleNormal } from "credence/numeric";
import type { LossPoint } from "../../loop/index.js";
import type { ConditionalSampler, SampleOptions, Sampler, Trained } from "../capabilities.js";
import { type Card, type ModelFiles, saveModel } from "../card.js";
import { rowsWithColumns } from "../columns.js";
import { type Rows, toLabels } from "../rows.js";
import { runRows } from "../runRows.js";
import type { Diversity, GanWarning } from "./diversity.js";
import { type GanArchitecture, GENERATOR } from "./ganNet.js";
import { type Inversion, type InversionOptions, invertRows } from "./invert.js";

/** What an adversarial network says about itself. */
export interface GanFacts {
  /** Number of latent variables. */
  readonly latent: number;
  /** Values of one sample. */
  readonly features: number;
  /** What the data were standardised with, a number for each column, or channel where a `shape` is given. */
  readonly scale: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  readonly options: GanArchitecture & { readonly r1?: number; readonly loss?: string };
  /** How much of the data's variety the samples have. */
  readonly diversity: Diversity;
  /** What seemed wrong at the end; empty for a good model. */
  readonly warnings: readonly GanWarning[];
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve. */
  readonly history: readonly LossPoint[];
}

export interface GanCard extends GanFacts, Card {
  readonly kind: "gan";
}

export interface ConditionalGanCard extends GanFacts, Card {
  readonly kind: "conditionalGan";
  readonly classes: number;
}

/** A trained adversarial network: it draws from p(x), and knows no probabilities. */
export interface Gan extends Sampler, Trained<GanCard> {
  /**
   * Finds the latents whose samples come nearest to rows, by gradient descent through the generator (AnoGAN, Schlegl et al.
   * 2017). A row that no sample comes near is unlike the data.
   */
  invert(x: Rows, options?: InversionOptions): Promise<Inversion>;
}

/** A trained adversarial network that draws from p(x | y). */
export interface ConditionalGan extends ConditionalSampler, Trained<ConditionalGanCard> {
  /** As {@link Gan.invert}, among samples of a class. */
  invert(x: Rows, classes: ArrayLike<number>, options?: InversionOptions): Promise<Inversion>;
}

/** Opens an adversarial network from its files. */
export async function openGan(files: ModelFiles, card: GanCard): Promise<Gan> {
  const all = await createAbilities(files, card, null);
  return {
    card,
    async sample(count, options) {
      checkCount("Gan.sample", "count", count);
      return all.sample(count, null, options);
    },
    invert: async (x, options) => all.invert("Gan.invert", x, null, options),
    save: (directory) => saveModel(directory, files, card),
    release: all.release,
  };
}

/** Opens a conditional adversarial network from its files. */
export async function openConditionalGan(
  files: ModelFiles,
  card: ConditionalGanCard,
): Promise<ConditionalGan> {
  const all = await createAbilities(files, card, card.classes);
  return {
    card,
    async sample(classes, options) {
      const fn = "ConditionalGan.sample";
      checkCount(fn, "classes.length", classes.length);
      const { labels } = toLabels(fn, "classes", classes, classes.length, card.classes);
      return all.sample(classes.length, labels, options);
    },
    async invert(x, classes, options) {
      const fn = "ConditionalGan.invert";
      const { labels } = toLabels(fn, "classes", classes, "data" in x ? x.rows : x.length, card.classes);
      return all.invert(fn, x, labels, options);
    },
    save: (directory) => saveModel(directory, files, card),
    release: all.release,
  };
}

/** What both kinds can do, with or without classes. */
async function createAbilities(files: ModelFiles, facts: GanFacts, classCount: number | null) {
  const { latent, features } = facts;
  const runtime = startRuntime();
  const generator = await openModel(files[GENERATOR], { runtime });
  async function sample(
    count: number,
    classes: Int32Array | null,
    { seed = 0, signal }: SampleOptions = {},
  ): Promise<Matrix> {
    const random = createRandom(seed);
    const z = Float32Array.from({ length: count * latent }, () => sampleNormal(random));
    const feeds = {
      z: tensorData("float32", [count, latent], z),
      ...(classes && { classes: tensorData("int64", [count], classes) }),
    };
    const { samples } = await runRows(generator, feeds, ["samples"], signal);
    return { data: samples, rows: count, columns: features };
  }
  return {
    sample,
    async invert(
      fn: string,
      x: Rows,
      classes: Int32Array | null,
      options: InversionOptions = {},
    ): Promise<Inversion> {
      const matrix = rowsWithColumns(fn, "x", x, features);
      return invertRows(
        fn,
        files,
        facts,
        matrix,
        classes && { classes, count: classCount as number },
        options,
      );
    },
    release: () => runtime.close(),
  };
}
