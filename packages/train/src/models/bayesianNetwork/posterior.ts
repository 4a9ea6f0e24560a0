import type { Matrix } from "credence/numeric";
import { stepsOf } from "./factor.js";
import { posteriorMixture } from "./infer.js";
import type { Network } from "./network.js";
import { type Level, sizeOf } from "./table.js";

/** A Gaussian among those that make up the posterior of continuous variables. */
export interface PosteriorComponent {
  readonly weight: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** A combination of levels of the queried discrete variables. */
export interface PosteriorCell {
  readonly levels: { readonly [name: string]: Level };
  readonly probability: number;
  /** The queried continuous variables given these levels; weights sum to 1. Empty where none is queried. */
  readonly components: readonly PosteriorComponent[];
}

/** The exact posterior of the queried variables. */
export interface Posterior {
  /** The queried discrete variables; the cells run through their levels, the last one fastest. */
  readonly discrete: readonly string[];
  /** The queried continuous variables, in the order of means and covariances. */
  readonly continuous: readonly string[];
  /** Probability of each combination of levels; [1] where no discrete variable is queried. */
  readonly probabilities: Float64Array;
  readonly cells: readonly PosteriorCell[];
  /** Mean of the continuous variables over everything. */
  readonly mean: Float64Array;
  /** Their covariance. */
  readonly covariance: Matrix;
  /** Log probability (density) of the evidence, in nats. */
  readonly logEvidence: number;
}

/** The posterior of some variables given evidence, in the user's terms. */
export function posteriorOf(
  fn: string,
  network: Network,
  evidence: Float64Array,
  query: readonly number[],
): Posterior {
  const { variables } = network;
  const mixture = posteriorMixture(fn, network, evidence, query);
  const asked = query.filter((v) => variables[v].kind === "discrete");
  const sizes = asked.map((v) => sizeOf(variables[v]));
  const steps = stepsOf(sizes);
  const probabilities = new Float64Array(sizes.reduce((a, b) => a * b, 1));
  const k = mixture.continuous.length;
  const components: PosteriorComponent[][] = Array.from(probabilities, () => []);
  const mean = new Float64Array(k);
  const all: PosteriorComponent[] = [];
  for (const cell of mixture.cells()) {
    // The asked ones come first among the mixture's discrete variables.
    const at = steps.reduce((sum, step, i) => sum + cell.levels[i] * step, 0);
    probabilities[at] += cell.weight;
    if (k === 0) continue;
    const covariance = { data: cell.covariance, rows: k, columns: k };
    const component = { weight: cell.weight, mean: cell.mean, covariance };
    components[at].push(component);
    all.push(component);
    for (let i = 0; i < k; i++) mean[i] += cell.weight * cell.mean[i];
  }
  const covariance = new Float64Array(k * k);
  for (const component of all)
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++)
        covariance[i * k + j] +=
          component.weight *
          (component.covariance.data[i * k + j] +
            (component.mean[i] - mean[i]) * (component.mean[j] - mean[j]));
  const cells = Array.from(probabilities, (probability, at): PosteriorCell => {
    const levels = asked.map((v, i) => {
      const variable = variables[v];
      const level = Math.floor(at / steps[i]) % sizes[i];
      return [variable.name, variable.kind === "discrete" ? variable.levels[level] : level];
    });
    return {
      levels: Object.fromEntries(levels),
      probability,
      components: components[at].map((c) => ({ ...c, weight: c.weight / probability })),
    };
  });
  return {
    discrete: asked.map((v) => variables[v].name),
    continuous: mixture.continuous.map((v) => variables[v].name),
    probabilities,
    cells,
    mean,
    covariance: { data: covariance, rows: k, columns: k },
    logEvidence: mixture.logEvidence,
  };
}
