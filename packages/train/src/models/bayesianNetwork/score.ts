import { LEAST_VARIANCE, regression } from "./statistics.js";
import { type Data, sizeOf } from "./table.js";

/** The BIC of a family: log-likelihood − ½ ln n × free parameters; larger is better. */
export type FamilyScore = (child: number, parents: readonly number[]) => number;

/** A regression in one configuration of discrete parents needs this many rows for each of its parameters. */
const ROWS_PER_PARAMETER = 5;
/** Numbers that are held at most: 64 MB. */
const MOST_HELD = 2 ** 23;

/**
 * The BIC (Schwarz 1978) of families on a table without missing entries, each computed once. A family whose penalty alone
 * exceeds what its child could gain, and one with too few rows in a configuration for its regressions, scores −∞.
 */
export function familyScores(data: Data): FamilyScore {
  const { variables, rows: n, columns } = data;
  const penalty = Math.log(n) / 2;
  const codes = columns.map((column, j) => (sizeOf(variables[j]) ? Int32Array.from(column) : null));
  const multiplesOfLog = Float64Array.from({ length: n + 1 }, (_, m) => (m > 0 ? m * Math.log(m) : 0));
  const joint = new Int32Array(n);
  const cache = new Map<string, number>();

  function discrete(child: number, parents: readonly number[]): number {
    const size = sizeOf(variables[child]);
    const configurations = parents.reduce((product, p) => product * sizeOf(variables[p]), 1);
    const cost = penalty * configurations * (size - 1);
    if (parents.length > 0 && -cost <= score(child, [])) return Number.NEGATIVE_INFINITY;
    joint.set(codes[child] as Int32Array);
    let step = size;
    for (const p of parents) {
      const own = codes[p] as Int32Array;
      for (let i = 0; i < n; i++) joint[i] += step * own[i];
      step *= sizeOf(variables[p]);
    }
    const counts = new Int32Array(configurations * size);
    for (let i = 0; i < n; i++) counts[joint[i]]++;
    let logLikelihood = 0;
    for (let from = 0; from < counts.length; from += size) {
      let total = 0;
      for (let k = from; k < from + size; k++) {
        total += counts[k];
        logLikelihood += multiplesOfLog[counts[k]];
      }
      logLikelihood -= multiplesOfLog[total];
    }
    return logLikelihood - cost;
  }

  const continuous = variables.flatMap(({ kind }, i) => (kind === "continuous" ? [i] : []));
  const place = new Int32Array(variables.length);
  continuous.forEach((v, k) => {
    place[v] = k + 1;
  });
  const side = continuous.length + 1;
  const productsOf = new Map<string, Float64Array>();
  let held = 0;

  /** Sums of products of (1, all continuous columns) in each configuration; every regression on them reads its part. */
  function products(parents: readonly number[], configurations: number): Float64Array {
    const key = parents.join();
    const known = productsOf.get(key);
    if (known) return known;
    const sums = new Float64Array(configurations * side * side);
    held += sums.length;
    if (held > MOST_HELD) {
      productsOf.clear();
      held = sums.length;
    }
    joint.fill(0);
    for (const p of parents) {
      const own = codes[p] as Int32Array;
      const size = sizeOf(variables[p]);
      for (let i = 0; i < n; i++) joint[i] = joint[i] * size + own[i];
    }
    const row = new Float64Array(side).fill(1);
    for (let i = 0; i < n; i++) {
      for (let k = 1; k < side; k++) row[k] = columns[continuous[k - 1]][i];
      const from = joint[i] * side * side;
      for (let a = 0; a < side; a++)
        for (let b = 0; b <= a; b++) sums[from + a * side + b] += row[a] * row[b];
    }
    for (let from = 0; from < sums.length; from += side * side)
      for (let a = 0; a < side; a++)
        for (let b = 0; b < a; b++) sums[from + b * side + a] = sums[from + a * side + b];
    productsOf.set(key, sums);
    return sums;
  }

  function gaussian(child: number, parents: readonly number[]): number {
    const discreteParents = parents.filter((p) => codes[p]);
    const at = [0, ...parents.filter((p) => !codes[p]).map((p) => place[p]), place[child]];
    const k = at.length - 2;
    const configurations = discreteParents.reduce((product, p) => product * sizeOf(variables[p]), 1);
    if (configurations > n) return Number.NEGATIVE_INFINITY;
    const cost = penalty * configurations * (k + 2);
    const sums = products(discreteParents, configurations);
    const own = new Float64Array(at.length ** 2);
    let logLikelihood = 0;
    for (let c = 0; c < configurations; c++) {
      for (let i = 0; i < at.length; i++)
        for (let j = 0; j < at.length; j++) own[i * at.length + j] = sums[(c * side + at[i]) * side + at[j]];
      if (own[0] === 0) continue;
      if (parents.length > 0 && own[0] < ROWS_PER_PARAMETER * (k + 2)) return Number.NEGATIVE_INFINITY;
      const variance = Math.max(regression(own, k).variance, LEAST_VARIANCE);
      logLikelihood -= (own[0] / 2) * (Math.log(2 * Math.PI * variance) + 1);
    }
    return logLikelihood - cost;
  }

  function score(child: number, parents: readonly number[]): number {
    const sorted = [...parents].sort((a, b) => a - b);
    const key = `${child}|${sorted.join()}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const value = sizeOf(variables[child]) ? discrete(child, sorted) : gaussian(child, sorted);
    cache.set(key, value);
    return value;
  }
  return score;
}
