import type { Random } from "./random.js";
import { logGamma } from "./special.js";

/** A standard normal draw (Marsaglia's polar method). */
export function sampleNormal(random: Random): number {
  for (;;) {
    const u = 2 * random.uniform() - 1;
    const v = 2 * random.uniform() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** A standard exponential draw. */
export function sampleExponential(random: Random): number {
  return -Math.log(1 - random.uniform());
}

/** A draw from Gamma(shape, 1), shape > 0 (Marsaglia & Tsang 2000). */
export function sampleGamma(random: Random, shape: number): number {
  if (shape < 1) return sampleGamma(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = sampleNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from Beta(a, b). */
export function sampleBeta(random: Random, a: number, b: number): number {
  const x = sampleGamma(random, a);
  return x / (x + sampleGamma(random, b));
}

/** A whole number, uniform on [0, n). */
export function sampleInteger(random: Random, n: number): number {
  return Math.floor(random.uniform() * n);
}

/** A draw from binomial(n, p): by inversion where np is small, else by transformed rejection (Hörmann 1993, BTRS). */
export function sampleBinomial(random: Random, n: number, p: number): number {
  if (p > 0.5) return n - sampleBinomial(random, n, 1 - p);
  if (n === 0 || p === 0) return 0;
  return n * p < 10 ? binomialInversion(random, n, p) : binomialRejection(random, n, p);
}

function binomialInversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  for (;;) {
    let u = random.uniform();
    let mass = Math.exp(n * Math.log1p(-p));
    for (let k = 0; k <= n; k++) {
      if (u < mass) return k;
      u -= mass;
      mass *= (odds * (n - k)) / (k + 1);
    }
  }
}

function binomialRejection(random: Random, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  for (;;) {
    const v = random.uniform();
    const u = random.uniform() - 0.5;
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    const height = Math.log((v * alpha) / (a / (us * us) + b));
    const accept =
      logGamma(mode + 1) +
      logGamma(n - mode + 1) -
      logGamma(k + 1) -
      logGamma(n - k + 1) +
      (k - mode) * logOdds;
    if (height <= accept) return k;
  }
}

/** Counts of n draws over cells with the given probabilities (which sum to 1), written into `counts`. */
export function sampleMultinomial(
  random: Random,
  n: number,
  probabilities: ArrayLike<number>,
  counts: Float64Array,
): void {
  let left = n;
  let mass = 1;
  const last = probabilities.length - 1;
  for (let i = 0; i < last; i++) {
    const p = mass > 0 ? Math.min(1, probabilities[i] / mass) : 0;
    counts[i] = left > 0 ? sampleBinomial(random, left, p) : 0;
    left -= counts[i];
    mass -= probabilities[i];
  }
  counts[last] = left;
}

/** Shuffles in place (Fisher–Yates). */
export function shuffle<T extends { length: number; [index: number]: unknown }>(random: Random, items: T): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = sampleInteger(random, i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}
