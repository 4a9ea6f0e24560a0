import { addRow, familyShape, LEAST_VARIANCE, regression } from "./statistics.js";
import { type Data, sizeOf } from "./table.js";

/** The BIC of a family: log-likelihood − ½ ln n × free parameters; larger is better. */
export type FamilyScore = (child: number, parents: readonly number[]) => number;

/** A regression in one configuration of discrete parents needs this many rows for each of its parameters. */
const ROWS_PER_PARAMETER = 5;

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

  // All products of continuous columns at once: most families of a linear Gaussian network need nothing else.
  const continuous = variables.flatMap(({ kind }, i) => (kind === "continuous" ? [i] : []));
  const place = new Int32Array(variables.length);
  continuous.forEach((v, k) => {
    place[v] = k + 1;
  });
  const side = continuous.length + 1;
  const everything = new Float64Array(side * side);
  const ones = new Float64Array(n).fill(1);
  const vectors = [ones, ...continuous.map((v) => columns[v])];
  for (let a = 0; a < side; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += vectors[a][i] * vectors[b][i];
      everything[a * side + b] = everything[b * side + a] = sum;
    }

  function gaussian(child: number, parents: readonly number[]): number {
    const shape = familyShape("bayesianNetwork", variables, child, parents);
    const { configurations, width, discreteParents, continuousParents } = shape;
    const k = continuousParents.length;
    const cost = penalty * configurations * (k + 2);
    if (configurations > n) return Number.NEGATIVE_INFINITY;
    const products = new Float64Array(configurations * width);
    if (discreteParents.length === 0) {
      const at = [0, ...continuousParents.map((v) => place[v]), place[child]];
      at.forEach((a, i) => {
        at.forEach((b, j) => {
          products[i * at.length + j] = everything[a * side + b];
        });
      });
    } else {
      const values = new Float64Array(variables.length);
      const scope = [...parents, child];
      for (let i = 0; i < n; i++) {
        for (const v of scope) values[v] = columns[v][i];
        addRow(shape, products, values, 1);
      }
    }
    let logLikelihood = 0;
    for (let c = 0; c < configurations; c++) {
      const own = products.subarray(c * width, (c + 1) * width);
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
