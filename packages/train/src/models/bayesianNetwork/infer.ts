import { CredenceError, cholesky, type Random, sampleNormal } from "credence/numeric";
import { type Bucket, eliminate } from "./eliminate.js";
import { combine, type Factor, reduceFactor, stepsOf } from "./factor.js";
import { densityFactor, type GaussianPart, gaussianParts, type Moments } from "./gaussian.js";
import { allParents, drawForward, drawIndex, type Network, setConfiguration } from "./network.js";
import { sizeOf } from "./table.js";

/** One configuration of the discrete variables of a {@link Mixture}, with the Gaussian that belongs to it. */
export interface MixtureCell extends Moments {
  readonly weight: number;
  /** Level of each of the mixture's discrete variables. */
  readonly levels: Float64Array;
}

/** The exact posterior of some variables: Gaussians, weighted by the probabilities of discrete configurations. */
export interface Mixture {
  /** The queried discrete variables, then the others that the queried continuous ones depend on. */
  readonly discrete: readonly number[];
  readonly sizes: readonly number[];
  readonly continuous: readonly number[];
  /** Probability of each configuration, the last variable fastest. */
  readonly weights: Float64Array;
  /** The configurations with a positive weight. */
  cells(): Generator<MixtureCell>;
}

/** The network given evidence, as factors over the unknown discrete variables. */
function factorsGiven(fn: string, network: Network, evidence: Float64Array, query: readonly number[]) {
  const { variables, families } = network;
  // Nothing but the ancestors of what is asked and known matters.
  const relevant = new Uint8Array(variables.length);
  const mark = (i: number) => {
    if (relevant[i]) return;
    relevant[i] = 1;
    for (const p of allParents(families[i])) mark(p);
  };
  for (const i of query) mark(i);
  evidence.forEach((value, i) => {
    if (!Number.isNaN(value)) mark(i);
  });
  const factors: Factor[] = [];
  families.forEach((family, i) => {
    if (!relevant[i] || family.kind !== "discrete") return;
    const scope = [...family.discreteParents, i];
    const sizes = scope.map((v) => sizeOf(variables[v]));
    factors.push(reduceFactor({ variables: scope, sizes, data: family.table, logScale: 0 }, evidence));
  });
  const parts = gaussianParts(fn, network, evidence, relevant);
  for (const part of parts) factors.push(densityFactor(part));
  return { relevant, factors, parts };
}

/** log P(evidence); a log density where continuous variables are known; −∞ where it is impossible. */
export function logEvidence(fn: string, network: Network, evidence: Float64Array): number {
  const { factors } = factorsGiven(fn, network, evidence, []);
  return logTotal(combine(fn, eliminate(fn, factors, []).rest, []));
}

const logTotal = ({ data, logScale }: Factor): number => Math.log(data.reduce((a, b) => a + b, 0)) + logScale;

/** The posterior of the queried variables, none of which may be known. */
export function posteriorMixture(
  fn: string,
  network: Network,
  evidence: Float64Array,
  query: readonly number[],
): Mixture & { logEvidence: number } {
  const { variables } = network;
  const { factors, parts } = factorsGiven(fn, network, evidence, query);
  const continuous = query.filter((v) => variables[v].kind === "continuous");
  const asked = query.filter((v) => variables[v].kind === "discrete");
  const involved = parts.filter((part) => part.unknown.some((v) => continuous.includes(v)));
  const discrete = [...new Set([...asked, ...involved.flatMap((part) => part.discrete)])];
  const joint = combine(fn, eliminate(fn, factors, discrete).rest, discrete);
  const log = logTotal(joint);
  if (log === Number.NEGATIVE_INFINITY) throw impossible(fn);
  const total = joint.data.reduce((a, b) => a + b, 0);
  const weights = joint.data.map((w) => w / total);
  const { sizes } = joint;
  return {
    discrete,
    sizes,
    continuous,
    weights,
    logEvidence: log,
    *cells() {
      const values = new Float64Array(variables.length);
      for (let c = 0; c < weights.length; c++) {
        if (weights[c] === 0) continue;
        setConfiguration(sizes, discrete, c, values);
        const moments = pick(involved, values, continuous);
        yield { weight: weights[c], levels: Float64Array.from(discrete, (v) => values[v]), ...moments };
      }
    },
  };
}

/** Mean and covariance of some variables from the parts that hold them; different parts are independent. */
function pick(parts: readonly GaussianPart[], values: Float64Array, wanted: readonly number[]): Moments {
  const k = wanted.length;
  const mean = new Float64Array(k);
  const covariance = new Float64Array(k * k);
  for (const part of parts) {
    const { unknown } = part;
    const moments = part.moments[configurationIn(part, values)];
    const at = wanted.map((v) => unknown.indexOf(v));
    for (let i = 0; i < k; i++) {
      if (at[i] < 0) continue;
      mean[i] = moments.mean[at[i]];
      for (let j = 0; j < k; j++)
        if (at[j] >= 0) covariance[i * k + j] = moments.covariance[at[i] * unknown.length + at[j]];
    }
  }
  return { mean, covariance };
}

function configurationIn({ discrete, sizes }: GaussianPart, values: Float64Array): number {
  const steps = stepsOf(sizes);
  return discrete.reduce((sum, v, k) => sum + values[v] * steps[k], 0);
}

const impossible = (fn: string) =>
  new CredenceError(
    "impossible-evidence",
    { function: fn, argument: "evidence" },
    "has probability 0 under this network, so nothing follows from it; check it, or train with equivalentSampleSize > 0.",
  );

/** Something that draws the unknown variables given the known ones, exactly: elimination, then draws backwards. */
export function conditionalSampler(
  fn: string,
  network: Network,
  evidence: Float64Array,
): (random: Random) => Float64Array {
  const { factors, parts } = factorsGiven(fn, network, evidence, []);
  const { buckets, rest } = eliminate(fn, factors, []);
  if (logTotal(combine(fn, rest, [])) === Number.NEGATIVE_INFINITY) throw impossible(fn);
  const roots = parts.map(({ unknown, moments }) =>
    moments.map(({ covariance }) => semidefiniteRoot(covariance, unknown.length)),
  );
  return (random) => {
    const values = evidence.slice();
    walkBack(buckets, values, (weights) => drawIndex(random, weights));
    parts.forEach((part, p) => {
      const k = part.unknown.length;
      const c = configurationIn(part, values);
      const noise = Float64Array.from({ length: k }, () => sampleNormal(random));
      part.unknown.forEach((v, i) => {
        let x = part.moments[c].mean[i];
        for (let j = 0; j <= i; j++) x += roots[p][c][i * k + j] * noise[j];
        values[v] = x;
      });
    });
    // What is left has no known descendant.
    drawForward(network, values, random);
    return values;
  };
}

/** Goes through the buckets from the last eliminated to the first; each variable is chosen given those after it. */
function walkBack(
  buckets: readonly Bucket[],
  values: Float64Array,
  choose: (weights: Float64Array) => number,
): void {
  for (let b = buckets.length - 1; b >= 0; b--) {
    const { variable, size, factors } = buckets[b];
    const weights = new Float64Array(size).fill(1);
    for (let level = 0; level < size; level++) {
      values[variable] = level;
      for (const { variables, sizes, data } of factors) {
        let at = 0;
        for (let k = 0; k < variables.length; k++) at = at * sizes[k] + values[variables[k]];
        weights[level] *= data[at];
      }
    }
    values[variable] = choose(weights);
  }
}

/** Lower triangular root of a covariance, which may be singular up to rounding. */
function semidefiniteRoot(covariance: Float64Array, n: number): Float64Array {
  const strict = cholesky(covariance, n);
  if (strict) return strict;
  const lower = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    let pivot = covariance[j * n + j];
    for (let k = 0; k < j; k++) pivot -= lower[j * n + k] ** 2;
    if (!(pivot > 1e-12 * covariance[j * n + j])) continue; // this one follows from those before
    lower[j * n + j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      let sum = covariance[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = sum / lower[j * n + j];
    }
  }
  return lower;
}

/**
 * The most probable values of everything unknown together, and the log probability (or density) of evidence and values. The
 * density of Gaussians is largest at their mean, so each discrete configuration counts with the height of its peak.
 */
export function mostProbable(
  fn: string,
  network: Network,
  evidence: Float64Array,
): { values: Float64Array; logProbability: number } {
  const everything = network.variables.map((_, i) => i);
  const { factors, parts } = factorsGiven(fn, network, evidence, everything);
  const heights = parts.map((part): Factor => {
    const k = part.unknown.length;
    const logDensity = part.logDensity.map((log, c) => log + logPeak(part.moments[c].covariance, k));
    return densityFactor({ ...part, logDensity });
  });
  const discrete = factors.slice(0, factors.length - parts.length);
  const { buckets, rest } = eliminate(fn, [...discrete, ...heights], [], "max");
  const logProbability = logTotal(combine(fn, rest, [], "max"));
  if (logProbability === Number.NEGATIVE_INFINITY) throw impossible(fn);
  const values = evidence.slice();
  walkBack(buckets, values, (weights) => weights.indexOf(Math.max(...weights)));
  for (const part of parts) {
    const { mean } = part.moments[configurationIn(part, values)];
    part.unknown.forEach((v, i) => {
      values[v] = mean[i];
    });
  }
  return { values, logProbability };
}

/** Log density of a Gaussian at its mean. */
function logPeak(covariance: Float64Array, n: number): number {
  const lower = semidefiniteRoot(covariance, n);
  let log = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) log -= Math.log(lower[i * n + i]);
  return log;
}
