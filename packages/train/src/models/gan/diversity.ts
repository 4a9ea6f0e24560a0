import { prdc } from "credence/fidelity";
import type { Matrix } from "credence/numeric";
import type { LossPoint } from "../../loop/index.js";

/** How much of the data's variety the samples have. */
export interface Diversity {
  /**
   * Mean distance between two samples of the same class, over that between two rows of the data: near 1 for a good model,
   * 0 where all samples are the same.
   */
  readonly spread: number;
  /**
   * Share of different rows that have a sample nearer than their fifth nearest row (Naeem et al. 2020): about 0.97 for
   * samples drawn from the data's own distribution.
   */
  readonly coverage: number;
  /** Energy distance between samples and data (Székely & Rizzo 2013), 0 where their distributions are the same. */
  readonly energyDistance: number;
}

/** What seems wrong with an adversarial network. */
export interface GanWarning {
  /**
   * "collapsed": the samples are much alike; "misses-data": large parts of the data have no sample near them;
   * "one-sided": the discriminator tells all samples from the data, so the generator has little to learn from.
   */
  readonly kind: "collapsed" | "misses-data" | "one-sided";
  /** The number that says so. */
  readonly value: number;
  /** Where it should lie. */
  readonly expected: string;
  readonly message: string;
}

const LEAST_SPREAD = 0.5;
const LEAST_COVERAGE = 0.5;
const LEAST_LOSS = 0.05;

/** Rows that share a class, or all of them. */
type Groups = ArrayLike<number> | null;

/**
 * Compares samples with equally many rows of the data, row i of both being of the same class.
 * @param real Standardised rows.
 */
export function compareWith(real: Matrix, classes: Groups): (samples: Matrix) => Diversity {
  const within = meanDistances(real, classes);
  // Rows that occur many times would have neighbours at distance 0, which no sample can undercut.
  const different = distinctRows(real);
  const k = Math.min(5, different.rows - 1);
  return (samples) => {
    const among = meanDistances(samples, classes);
    return {
      spread: within.sameClass > 0 ? among.sameClass / within.sameClass : 1,
      coverage: k > 0 ? prdc(different, samples, { k, interval: false }).coverage.value : 1,
      energyDistance: 2 * crossDistance(real, samples) - within.all - among.all,
    };
  };
}

/** Each row once. */
function distinctRows({ data, rows, columns }: Matrix): Matrix {
  const seen = new Map<string, Float32Array>();
  for (let i = 0; i < rows; i++) {
    const row = Float32Array.from({ length: columns }, (_, j) => data[i * columns + j]);
    seen.set(Buffer.from(row.buffer).toString("latin1"), row);
  }
  const taken = new Float32Array(seen.size * columns);
  [...seen.values()].forEach((row, i) => {
    taken.set(row, i * columns);
  });
  return { data: taken, rows: seen.size, columns };
}

/** Mean distance between two rows: of any two, a row with itself among them, and of two different ones of one class. */
function meanDistances(x: Matrix, classes: Groups): { all: number; sameClass: number } {
  let total = 0;
  let same = 0;
  let pairs = 0;
  for (let i = 0; i < x.rows; i++)
    for (let j = 0; j < i; j++) {
      const d = distance(x, i, x, j);
      total += d;
      if (classes && classes[i] !== classes[j]) continue;
      same += d;
      pairs++;
    }
  return { all: (2 * total) / x.rows ** 2, sameClass: pairs > 0 ? same / pairs : 0 };
}

function crossDistance(a: Matrix, b: Matrix): number {
  let total = 0;
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < b.rows; j++) total += distance(a, i, b, j);
  return total / (a.rows * b.rows);
}

function distance(a: Matrix, i: number, b: Matrix, j: number): number {
  let squares = 0;
  for (let k = 0; k < a.columns; k++) squares += (a.data[i * a.columns + k] - b.data[j * b.columns + k]) ** 2;
  return Math.sqrt(squares);
}

/** What a point of the loss curve warns of. */
export function warningsOf({ players, measures }: LossPoint): GanWarning[] {
  const warnings: GanWarning[] = [];
  const warn = (kind: GanWarning["kind"], value: number | undefined, least: number, message: string) => {
    if (value !== undefined && value < least)
      warnings.push({ kind, value, expected: `at least ${least}`, message });
  };
  warn(
    "collapsed",
    measures?.spread,
    LEAST_SPREAD,
    "The samples are much more alike than the data. Raise r1, lower the learning rate, or train longer.",
  );
  warn(
    "misses-data",
    measures?.coverage,
    LEAST_COVERAGE,
    "Large parts of the data have no sample near them. Train longer, widen the network, or raise r1.",
  );
  warn(
    "one-sided",
    players?.discriminator,
    LEAST_LOSS,
    "The discriminator tells every sample from the data, and the generator no longer learns. Raise r1, or make the discriminator smaller.",
  );
  return warnings;
}
