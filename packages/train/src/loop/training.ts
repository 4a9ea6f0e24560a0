import type { TensorData, Tensors } from "@credence/runtime";
import type { Feeds, Tensor, Updates } from "../graph/index.js";
import type { Optimiser, Schedule } from "../optim/index.js";
import type { MemoryEstimate } from "./memory.js";

/** A point of the loss curve. */
export interface LossPoint {
  /** Steps done. */
  readonly step: number;
  /** Mean training loss since the point before. */
  readonly loss: number;
  /** The validation loss, where one is computed. */
  readonly validation?: number;
  /** Mean losses of the other players since the point before, in a game of several. */
  readonly players?: Losses;
  /** What else validation measured. */
  readonly measures?: Losses;
}

/** Numbers by name. */
export interface Losses {
  readonly [name: string]: number;
}

/** What `onProgress` hears after every step. */
export interface Progress {
  /** Steps done, and to do. */
  readonly step: number;
  readonly steps: number;
  /** Training loss of this step. */
  readonly loss: number;
  /** Losses of the other players in this step, in a game of several. */
  readonly players?: Losses;
  /** The curve so far. */
  readonly history: readonly LossPoint[];
  /** What the training was estimated to need. */
  readonly memory: MemoryEstimate;
}

/** Options that every training takes. */
export interface TrainOptions {
  /** Seed of initial values, order and noise. Default 0. */
  seed?: number;
  /** Threads of one operator. Default 1; more may change the last bits. */
  threads?: number;
  /** Called after every step; what it throws stops the training. */
  onProgress?: (progress: Progress) => void;
  /** Stops the training after the step under way; with a checkpoint folder, nothing done is lost. */
  signal?: AbortSignal;
  /** Where to keep checkpoints. A training that finds one of its own there goes on from it. */
  checkpoint?: {
    directory: string /** Steps between checkpoints. Default: those between points of the loss curve. */;
    every?: number;
  };
  /** The most memory it may need, in bytes. Default: what is free. */
  memoryLimit?: number;
}

/** A training, spelt out. */
export interface Fit extends TrainOptions {
  /** The graph to descend: one number, made from inputs, noise and parameters. */
  readonly loss: Tensor;
  readonly parameters: readonly Tensor[];
  /**
   * Further players, in a game of several: each step moves the parameters of each down its own loss, all from the same
   * values. Default: none.
   */
  readonly players?: { readonly [name: string]: Player };
  readonly optimiser: Optimiser;
  /** Default 1e-3. */
  readonly learningRate?: number;
  /** Default: constant. */
  readonly schedule?: Schedule;
  /** Largest norm of all gradients of one player together. Default: no limit. */
  readonly clip?: number;
  /** Decay of a moving average of the parameters, which is then what is validated and returned. Default: none. */
  readonly averageDecay?: number;
  /** Other kept tensors that change at every step, such as running averages. */
  readonly updates?: Updates;
  readonly steps: number;
  /** The inputs of a step (from 0). It must depend on the step alone, or resuming is not exact. */
  readonly batch: (step: number) => Feeds;
  /** Steps between points of the loss curve, at which validation happens. Default: a tenth of the steps. */
  readonly every?: number;
  readonly validation?: Validation;
  /** Points without a better validation loss after which to stop, and return to the best. Default: never. */
  readonly patience?: number;
  /** What tells this training from others, for its checkpoints. */
  readonly identity?: string;
}

/** One of several that each descend a loss of their own. */
export interface Player {
  readonly loss: Tensor;
  /** What it moves, and nobody else does. */
  readonly parameters: readonly Tensor[];
}

/** How to measure the model between steps. */
export interface Validation {
  /** The graph outside training, over the same parameters. Its batches may be of any size. */
  readonly output: Tensor;
  /** The validation loss, from runs of that graph; with other measures for the loss curve, where there are some. */
  readonly loss: (
    run: (feeds: Feeds) => Promise<TensorData>,
  ) => Promise<number | { loss: number; measures: Losses }>;
}

/** What a training leaves. */
export interface Fitted {
  /** Values of parameters and other kept tensors: the best where validated with patience, else the last. */
  readonly values: Tensors;
  readonly history: readonly LossPoint[];
  /** Steps done. */
  readonly steps: number;
  /** Whether validation stopped it before the last step. */
  readonly stoppedEarly: boolean;
  readonly memory: MemoryEstimate;
}
