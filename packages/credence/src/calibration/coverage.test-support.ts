import { sampleNormal } from "../numeric/distributions.js";
import type { Random } from "../numeric/random.js";
import { normalCdf } from "../numeric/special.js";
import type { Norm } from "./calibrationError.js";

/** A population: confidences p = u^(1/a), u uniform (Beta(a, 1)), and outcomes true with probability truth(p). */
export interface Population {
  readonly name: string;
  readonly a: number;
  readonly truth: (p: number) => number;
  /** Rows per group and how alike they are (copula correlation); absent: independent rows. */
  readonly cluster?: { readonly size: number; readonly correlation: number };
}

const logistic = (p: number, slope: number, intercept = 0) =>
  p <= 0 || p >= 1 ? p : 1 / (1 + Math.exp(-(slope * Math.log(p / (1 - p)) + intercept)));

export const calibrated = (p: number): number => p;
export const slope = (p: number): number => logistic(p, 0.8);
export const gapInOneBin = (p: number): number => (p > 10 / 15 && p <= 11 / 15 ? p - 0.15 : p);
export const overconfident = (p: number): number => p * p;

/** The designs of the published table: every truth at three sizes, and the truths with zero gaps in clusters of 20. */
export function designs(): readonly { readonly population: Population; readonly n: number }[] {
  const truths = {
    calibrated,
    "slope 0.8": slope,
    "gap in one bin": gapInOneBin,
    "gap in every bin": overconfident,
  };
  const cluster = { size: 20, correlation: 0.5 };
  const populations = (clustered: boolean): Population[] =>
    Object.entries(truths).map(([name, truth]) =>
      clustered ? { name: `${name}, clustered`, a: 1, truth, cluster } : { name, a: 1, truth },
    );
  return [
    ...populations(false).flatMap((population) => [500, 2000, 10_000].map((n) => ({ population, n }))),
    ...populations(true).map((population) => ({ population, n: 2000 })),
  ];
}

/** n rows of a population, with group numbers where it is clustered. */
export function draw(population: Population, n: number, random: Random) {
  const { a, truth, cluster } = population;
  const confidences = new Float64Array(n);
  const outcomes = new Uint8Array(n);
  const groups = cluster && new Int32Array(n);
  let shared = [0, 0];
  for (let i = 0; i < n; i++) {
    let u = 0;
    let v = 0;
    if (cluster && groups) {
      if (i % cluster.size === 0) shared = [sampleNormal(random), sampleNormal(random)];
      groups[i] = Math.floor(i / cluster.size);
      const own = Math.sqrt(1 - cluster.correlation);
      const common = Math.sqrt(cluster.correlation);
      u = normalCdf(common * shared[0] + own * sampleNormal(random));
      v = normalCdf(common * shared[1] + own * sampleNormal(random));
    } else {
      u = random.uniform();
      v = random.uniform();
    }
    confidences[i] = u ** (1 / a);
    outcomes[i] = v < truth(confidences[i]) ? 1 : 0;
  }
  return { confidences, outcomes, groups };
}

/** The population binned error with equal-width bins, by the midpoint rule inside each bin. */
export function populationError({ a, truth }: Population, norm: Norm, bins = 15, steps = 4000): number {
  let sum = 0;
  let largest = 0;
  for (let b = 0; b < bins; b++) {
    const from = (b / bins) ** a;
    const weight = ((b + 1) / bins) ** a - from;
    let gap = 0;
    for (let k = 0; k < steps; k++) {
      const p = (from + (weight * (k + 0.5)) / steps) ** (1 / a);
      gap += (truth(p) - p) / steps;
    }
    sum += weight * (norm === "l1" ? Math.abs(gap) : gap * gap);
    largest = Math.max(largest, Math.abs(gap));
  }
  return norm === "max" ? largest : norm === "l1" ? sum : Math.sqrt(sum);
}

/** How often intervals covered, on which side they missed, how wide they were. */
export interface Coverage {
  readonly coverage: number;
  readonly below: number;
  readonly above: number;
  readonly width: number;
}

/** Draws samples and asks the method for an interval on each. */
export function coverageOf(
  population: Population,
  n: number,
  truth: number,
  repetitions: number,
  random: Random,
  interval: (sample: ReturnType<typeof draw>) => readonly [number, number],
): Coverage {
  let below = 0;
  let above = 0;
  let width = 0;
  for (let k = 0; k < repetitions; k++) {
    const [low, high] = interval(draw(population, n, random));
    if (high < truth - 1e-12) below++;
    if (low > truth + 1e-12) above++;
    width += (high - low) / repetitions;
  }
  return {
    coverage: 1 - (below + above) / repetitions,
    below: below / repetitions,
    above: above / repetitions,
    width,
  };
}
