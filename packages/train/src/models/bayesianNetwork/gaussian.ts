import { CredenceError, cholesky, choleskySolve } from "credence/numeric";
import { cellsOf, type Factor } from "./factor.js";
import { configurationOf, logResidual, type Network, setConfiguration } from "./network.js";
import { sizeOf } from "./table.js";

/** Mean and covariance (row-major) of the unknown variables of a part. */
export interface Moments {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Continuous variables that depend on each other only: jointly Gaussian for each configuration of `discrete`. */
export interface GaussianPart {
  /** The unknown continuous variables. */
  readonly unknown: readonly number[];
  /** The unknown discrete parents of the part. */
  readonly discrete: readonly number[];
  readonly sizes: readonly number[];
  /** Log density of the part's known variables, for each configuration. */
  readonly logDensity: Float64Array;
  /** Of the unknown variables given the known ones, for each configuration. */
  readonly moments: readonly Moments[];
}

const NOTHING: Moments = { mean: new Float64Array(), covariance: new Float64Array() };

/**
 * The continuous side of a network given evidence, for the variables marked relevant. A known variable separates its
 * children from itself: there its value is a constant.
 */
export function gaussianParts(
  fn: string,
  network: Network,
  evidence: Float64Array,
  relevant: Uint8Array,
): GaussianPart[] {
  const { families, order } = network;
  const part = new Int32Array(families.length).fill(-1);
  const groups: number[][] = [];
  const known = (v: number) => !Number.isNaN(evidence[v]);
  let settled = 0;
  for (const i of order) {
    const family = families[i];
    if (!relevant[i] || family.kind === "discrete") continue;
    if (known(i) && family.discreteParents.every(known) && family.continuousParents.every(known)) {
      // Nothing is open here: most variables of a row with few missing entries need no more than this.
      settled += logResidual(network, i, evidence);
      continue;
    }
    part[i] = groups.length;
    groups.push([i]);
    for (const p of family.continuousParents) {
      if (known(p) || part[p] === part[i]) continue;
      // Join: the parent's part swallows this one's.
      const [into, from] = [part[p], part[i]];
      for (const v of groups[from]) part[v] = into;
      groups[into].push(...groups[from]);
      groups[from] = [];
    }
  }
  const place = new Int32Array(families.length);
  order.forEach((v, k) => {
    place[v] = k;
  });
  const constant: GaussianPart = {
    unknown: [],
    discrete: [],
    sizes: [],
    logDensity: Float64Array.of(settled),
    moments: [NOTHING],
  };
  const parts = groups
    .filter((nodes) => nodes.length > 0)
    .map((nodes) =>
      describe(
        fn,
        network,
        evidence,
        nodes.sort((a, b) => place[a] - place[b]),
      ),
    );
  return settled === 0 ? parts : [constant, ...parts];
}

function describe(
  fn: string,
  network: Network,
  evidence: Float64Array,
  nodes: readonly number[],
): GaussianPart {
  const { variables, families } = network;
  const known = nodes.filter((v) => !Number.isNaN(evidence[v]));
  const unknown = nodes.filter((v) => Number.isNaN(evidence[v]));
  const discrete = [...new Set(nodes.flatMap((v) => families[v].discreteParents))]
    .filter((v) => Number.isNaN(evidence[v]))
    .sort((a, b) => a - b);
  const sizes = discrete.map((v) => sizeOf(variables[v]));
  const cells = cellsOf(fn, sizes);
  cellsOf(fn, [cells, unknown.length ** 2 || 1]);
  const logDensity = new Float64Array(cells);
  const moments: Moments[] = [];
  const values = evidence.slice();
  for (let c = 0; c < cells; c++) {
    setConfiguration(sizes, discrete, c, values);
    const joint = jointMoments(network, values, evidence, nodes);
    const { logDensity: log, ...rest } = condition(fn, joint, nodes, known, unknown, evidence);
    logDensity[c] = log;
    moments.push(rest);
  }
  return { unknown, discrete, sizes, logDensity, moments };
}

/** Mean and covariance of all nodes of a part, along the edges; all discrete parents have their level in `values`. */
function jointMoments(
  { variables, families }: Network,
  values: Float64Array,
  evidence: Float64Array,
  nodes: readonly number[],
): Moments {
  const m = nodes.length;
  const mean = new Float64Array(m);
  const covariance = new Float64Array(m * m);
  nodes.forEach((v, i) => {
    const family = families[v];
    if (family.kind === "discrete") return;
    const { continuousParents, weights, intercepts, variances } = family;
    const configuration = configurationOf(variables, family.discreteParents, values);
    mean[i] = intercepts[configuration];
    covariance[i * m + i] = variances[configuration];
    continuousParents.forEach((p, k) => {
      const weight = weights[configuration * continuousParents.length + k];
      if (!Number.isNaN(evidence[p])) {
        mean[i] += weight * evidence[p];
        return;
      }
      const a = nodes.indexOf(p);
      mean[i] += weight * mean[a];
      for (let j = 0; j < i; j++) covariance[i * m + j] += weight * covariance[a * m + j];
    });
    for (let j = 0; j < i; j++) covariance[j * m + i] = covariance[i * m + j];
    continuousParents.forEach((p, k) => {
      if (!Number.isNaN(evidence[p])) return;
      const weight = weights[configuration * continuousParents.length + k];
      covariance[i * m + i] += weight * covariance[nodes.indexOf(p) * m + i];
    });
  });
  return { mean, covariance };
}

/** Conditions a joint Gaussian on its known variables. */
function condition(
  fn: string,
  { mean, covariance }: Moments,
  nodes: readonly number[],
  known: readonly number[],
  unknown: readonly number[],
  evidence: Float64Array,
): Moments & { logDensity: number } {
  if (known.length === 0) return { mean, covariance, logDensity: 0 };
  const m = nodes.length;
  const [o, u] = [known, unknown].map((of) => of.map((v) => nodes.indexOf(v)));
  const [k, h] = [o.length, u.length];
  const block = Float64Array.from(
    { length: k * k },
    (_, i) => covariance[o[Math.floor(i / k)] * m + o[i % k]],
  );
  const lower = cholesky(block, k);
  if (!lower)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "evidence" },
      `the known variables ${known.join(", ")} (by number) determine each other, so their density is not finite; leave one of them out.`,
    );
  const residual = Float64Array.from(o, (at, i) => evidence[known[i]] - mean[at]);
  const solved = choleskySolve(lower, k, residual);
  let logDensity = -0.5 * k * Math.log(2 * Math.PI);
  for (let i = 0; i < k; i++) logDensity -= Math.log(lower[i * k + i]) + 0.5 * residual[i] * solved[i];
  const result = { mean: new Float64Array(h), covariance: new Float64Array(h * h), logDensity };
  for (let i = 0; i < h; i++) {
    const cross = Float64Array.from(o, (at) => covariance[u[i] * m + at]);
    const gain = choleskySolve(lower, k, cross);
    result.mean[i] = mean[u[i]] + cross.reduce((sum, c, a) => sum + c * solved[a], 0);
    for (let j = 0; j < h; j++) {
      let value = covariance[u[i] * m + u[j]];
      for (let a = 0; a < k; a++) value -= gain[a] * covariance[o[a] * m + u[j]];
      result.covariance[i * h + j] = value;
    }
  }
  return result;
}

/** What a part says about its discrete parents: the density of what is known of it. */
export function densityFactor({ discrete, sizes, logDensity }: GaussianPart): Factor {
  const most = logDensity.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (most === Number.NEGATIVE_INFINITY)
    return { variables: discrete, sizes, data: new Float64Array(logDensity.length), logScale: 0 };
  return { variables: discrete, sizes, data: logDensity.map((l) => Math.exp(l - most)), logScale: most };
}
