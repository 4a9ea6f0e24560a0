import type { Random } from "credence/numeric";
import { sampleNormal } from "credence/numeric";
import { stepsOf } from "./factor.js";
import { topologicalOrder } from "./graph.js";
import { sizeOf, type Variable } from "./table.js";

/** How a discrete variable depends on its parents. */
export interface DiscreteFamily {
  readonly kind: "discrete";
  readonly discreteParents: readonly number[];
  /** P(level | configuration of the parents): one configuration after another, the last parent fastest. */
  readonly table: Float64Array;
}

/** How a continuous variable depends on its parents: a linear regression for each configuration of the discrete ones. */
export interface GaussianFamily {
  readonly kind: "gaussian";
  readonly discreteParents: readonly number[];
  readonly continuousParents: readonly number[];
  /** One for each configuration. */
  readonly intercepts: Float64Array;
  /** Configurations × continuous parents. */
  readonly weights: Float64Array;
  /** Of the residuals, one for each configuration. */
  readonly variances: Float64Array;
}

export type Family = DiscreteFamily | GaussianFamily;

/** A conditional linear Gaussian network (Lauritzen & Wermuth 1989), of which discrete and linear Gaussian ones are special cases. */
export interface Network {
  readonly variables: readonly Variable[];
  readonly families: readonly Family[];
  /** Every parent before its children. */
  readonly order: readonly number[];
}

/** A network from its families, which must not form a cycle. */
export function createNetwork(variables: readonly Variable[], families: readonly Family[]): Network {
  return { variables, families, order: topologicalOrder(families.map(allParents)) as number[] };
}

/** All parents of a family, ascending. */
export function allParents(family: Family): number[] {
  const continuous = family.kind === "gaussian" ? family.continuousParents : [];
  return [...family.discreteParents, ...continuous].sort((a, b) => a - b);
}

/** The number of a configuration: mixed radix, the last parent fastest. The entry of each parent must be known. */
export function configurationOf(
  variables: readonly Variable[],
  parents: readonly number[],
  values: ArrayLike<number>,
): number {
  let configuration = 0;
  for (const p of parents) configuration = configuration * sizeOf(variables[p]) + values[p];
  return configuration;
}

/** Levels of some discrete variables, from the number of their configuration, written into `values`. */
export function setConfiguration(
  sizes: readonly number[],
  variables: readonly number[],
  configuration: number,
  values: Float64Array,
): void {
  stepsOf(sizes).forEach((step, k) => {
    values[variables[k]] = Math.floor(configuration / step) % sizes[k];
  });
}

/** Mean of a continuous variable given its parents. */
export function conditionalMean(
  family: GaussianFamily,
  configuration: number,
  values: ArrayLike<number>,
): number {
  const { intercepts, weights, continuousParents } = family;
  let mean = intercepts[configuration];
  for (let k = 0; k < continuousParents.length; k++)
    mean += weights[configuration * continuousParents.length + k] * values[continuousParents[k]];
  return mean;
}

/** Log density of a continuous variable given its parents, all of them known. */
export function logResidual({ variables, families }: Network, i: number, values: ArrayLike<number>): number {
  const family = families[i] as GaussianFamily;
  const configuration = configurationOf(variables, family.discreteParents, values);
  const variance = family.variances[configuration];
  const residual = values[i] - conditionalMean(family, configuration, values);
  return -0.5 * (Math.log(2 * Math.PI * variance) + (residual * residual) / variance);
}

/** log p(x) of a row without missing entries. */
export function logJoint(network: Network, values: ArrayLike<number>): number {
  const { variables, families } = network;
  let sum = 0;
  families.forEach((family, i) => {
    if (family.kind === "discrete") {
      const configuration = configurationOf(variables, family.discreteParents, values);
      sum += Math.log(family.table[configuration * sizeOf(variables[i]) + values[i]]);
    } else sum += logResidual(network, i, values);
  });
  return sum;
}

/** Draws what is NaN in `values` along the edges; right where no unknown variable has a known descendant. */
export function drawForward(
  { variables, families, order }: Network,
  values: Float64Array,
  random: Random,
): void {
  for (const i of order) {
    if (!Number.isNaN(values[i])) continue;
    const family = families[i];
    const configuration = configurationOf(variables, family.discreteParents, values);
    if (family.kind === "gaussian")
      values[i] =
        conditionalMean(family, configuration, values) +
        Math.sqrt(family.variances[configuration]) * sampleNormal(random);
    else {
      const size = sizeOf(variables[i]);
      const from = configuration * size;
      values[i] = drawIndex(random, family.table.subarray(from, from + size));
    }
  }
}

/** An index drawn in proportion to the weights, of which one at least is positive. */
export function drawIndex(random: Random, weights: Float64Array): number {
  let total = 0;
  for (let k = 0; k < weights.length; k++) total += weights[k];
  let left = random.uniform() * total;
  let last = 0;
  for (let k = 0; k < weights.length; k++) {
    if (!(weights[k] > 0)) continue;
    if (left < weights[k]) return k;
    left -= weights[k];
    last = k; // rounding may leave a rest after the last positive one
  }
  return last;
}
