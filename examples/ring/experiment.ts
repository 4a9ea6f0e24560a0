import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DiffusionOptions } from "@credence/train/models";
import type { Matrix } from "credence/numeric";
import { sampleRing } from "./ring.js";

/** One kind of training; its members differ in their seeds. */
export interface Cell {
  readonly name: string;
  /** Residual blocks of the network. */
  readonly depth: number;
  readonly timesteps: NonNullable<DiffusionOptions["timesteps"]>;
  /** Points to train on. */
  readonly points: number;
  /** Members that share a training set: all of them, or two by two. */
  readonly together: number;
  /** Whether the learning rate falls to 0 and the weights are averaged, or the last step is taken as it comes. */
  readonly settles: boolean;
}

const cell = (name: string, depth: number, more: Partial<Cell> = {}): Cell => ({
  name,
  depth,
  timesteps: "per-sample",
  points: 10_000,
  together: Infinity,
  settles: true,
  ...more,
});

/** In the order in which members are trained, round after round. */
export const cells: readonly Cell[] = [
  cell("depth-1", 1),
  cell("depth-2", 2),
  cell("depth-4", 4),
  cell("depth-8", 8),
  cell("per-batch", 4, { timesteps: "per-batch" }),
  cell("points-2500", 4, { points: 2500, together: 2 }),
  cell("points-5000", 4, { points: 5000, together: 2 }),
  cell("points-7500", 4, { points: 7500, together: 2 }),
  ...[1, 2, 4, 8].map((depth) =>
    cell(`unsettled-${depth}`, depth, { timesteps: "per-batch", settles: false }),
  ),
];

/** How every member is trained and sampled; a change makes other members, which do not go with the committed ones. */
export const recipe = {
  steps: 10_000,
  batchSize: 128,
  learningRate: 2e-3,
  clip: 1,
  noiseSteps: 100,
  samples: 4000,
} as const;

/** The real points that every member is held against. */
export const referenceSample = (): Matrix => sampleRing(recipe.samples, 3);

/** The training set that a member of a cell sees. */
export const datasetOf = ({ together }: Cell, member: number): number =>
  together === Infinity ? 0 : Math.floor(member / together);

/** Samples are kept in units of 1/2000: far finer than any two of them are apart. */
const UNIT = 1 / 2000;
const folder = join(import.meta.dirname, "data");
const fileOf = ({ name }: Cell, member: number) => join(folder, `${name}.${member}.bin`);

export const isDone = (of: Cell, member: number): boolean => existsSync(fileOf(of, member));

export function writeSamples(of: Cell, member: number, { data }: Matrix): void {
  const kept = Int16Array.from(data, (value) => Math.max(-32767, Math.min(32767, Math.round(value / UNIT))));
  writeFileSync(fileOf(of, member), new Uint8Array(kept.buffer));
}

/** The samples of a cell's members from the first to the first that is missing. */
export function readSamples(of: Cell, most = Infinity): Matrix[] {
  const members: Matrix[] = [];
  while (members.length < most && isDone(of, members.length)) {
    const bytes = new Uint8Array(readFileSync(fileOf(of, members.length)));
    const data = Float32Array.from(new Int16Array(bytes.buffer), (value) => value * UNIT);
    members.push({ data, rows: data.length / 2, columns: 2 });
  }
  return members;
}
