import { join } from "node:path";
import { diffusion, type EpochOptions, flow, gan, vae } from "@credence/train/models";
import type { Matrix } from "credence/numeric";
import type { Images } from "../digits/digits.js";
import { type PrincipalComponents, principalComponents } from "./principalComponents.js";

/** Trainings of each generator, from seeds 1, 2, … */
export const MEMBERS = 5;
/** Samples of each training, as many of each digit. */
export const SAMPLES = 1000;
/** Where the features of all samples are kept. */
export const folder = join(import.meta.dirname, "data");

/** The classes that samples are asked for, in this order. */
export const CLASSES = Int32Array.from({ length: SAMPLES }, (_, i) => i % 10);

/** Coordinates that the flow and the diffusion model learn in; they hold 87 % of the variance. */
const COMPONENTS = 64;

/** A trained generator, for a moment. */
interface Drawing {
  sample(classes: Int32Array, options: { seed: number }): Promise<Matrix>;
  release(): Promise<void>;
}

type Training = Pick<EpochOptions, "seed" | "checkpoint" | "onProgress">;

/** How each generator is trained. */
export const generators: {
  readonly [name: string]: (train: Images, training: Training) => Promise<Drawing>;
} = {
  VAE: async (train, training) => {
    const model = await vae({
      latent: 8,
      hidden: [128, 128],
      likelihood: "bernoulli",
      beta: 2,
      classes: 10,
    }).train(train, train.labels, { epochs: 40, learningRate: 3e-3, averageDecay: 0.99, ...training });
    return {
      sample: (classes, options) => model.sample(classes, { ...options, observation: "mean" }),
      release: () => model.release(),
    };
  },
  GAN: (train, training) =>
    gan({ latent: 32, hidden: [256, 256], classes: 10 }).train(train, train.labels, {
      epochs: 40,
      learningRate: 1e-3,
      ...training,
    }),
  flow: async (train, training) => {
    const components = componentsOf(train);
    const model = await flow({ couplings: "affine", hidden: [128, 128], classes: 10 }).train(
      components.encode(train),
      train.labels,
      { epochs: 40, averageDecay: 0.99, ...training },
    );
    return decoded(model, components);
  },
  diffusion: async (train, training) => {
    const components = componentsOf(train);
    const network = { kind: "mlp", blocks: 3, width: 256 } as const;
    const model = await diffusion({ predict: "velocity", network, classes: 10 }).train(
      components.encode(train),
      train.labels,
      { epochs: 50, ...training },
    );
    return decoded(model, components);
  },
};

const decoded = (model: Drawing, components: PrincipalComponents): Drawing => ({
  sample: async (classes, options) => components.decode(await model.sample(classes, options)),
  release: () => model.release(),
});

/** Made once. */
let made: PrincipalComponents | undefined;
export function componentsOf(train: Images): PrincipalComponents {
  made ??= principalComponents(train, COMPONENTS);
  return made;
}

/** Ink from 0 to 1, as the classifier knows it. */
export function clipped({ data, ...size }: Matrix): Matrix {
  return { ...size, data: Float32Array.from(data, (ink) => Math.min(Math.max(ink, 0), 1)) };
}
