import { openModel, startRuntime, tensorData } from "@credence/runtime";
import { checkCount, createRandom, type Matrix, sampleNormal } from "credence/numeric";
import type { ConditionalSampler, SampleOptions, Sampler, Trained } from "../capabilities.js";
import { type ModelFiles, saveModel } from "../card.js";
import { rowsWithColumns } from "../columns.js";
import { type Rows, toLabels } from "../rows.js";
import { runRows } from "../runRows.js";
import type { ConditionalGanCard, GanCard, GanFacts } from "./ganCard.js";
import { GENERATOR } from "./ganNet.js";
import { type Inversion, type InversionOptions, invertRows } from "./invert.js";

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
