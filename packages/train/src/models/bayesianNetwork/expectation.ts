import { logEvidence, type Mixture, posteriorMixture } from "./infer.js";
import { createNetwork, logJoint, type Network } from "./network.js";
import { addRow, collect, type FamilyShape, fitFamily } from "./statistics.js";
import { type Data, sizeOf } from "./table.js";

/** Rows that know the same: their values (NaN where missing), and how many they are. */
export interface Pattern {
  readonly evidence: Float64Array;
  readonly rows: readonly number[];
}

/** The rows with missing entries, those that are alike together. */
export function incompletePatterns({ columns, rows }: Data): Pattern[] {
  const patterns = new Map<string, { evidence: Float64Array; rows: number[] }>();
  for (let i = 0; i < rows; i++) {
    const evidence = Float64Array.from(columns, (column) => column[i]);
    if (!evidence.some(Number.isNaN)) continue;
    const key = evidence.join();
    const known = patterns.get(key);
    if (known) known.rows.push(i);
    else patterns.set(key, { evidence, rows: [i] });
  }
  return [...patterns.values()];
}

/** The rows without missing entries. */
export function completeRows({ variables, columns, rows }: Data): Data {
  const kept = Array.from({ length: rows }, (_, i) => i).filter((i) =>
    columns.every((column) => !Number.isNaN(column[i])),
  );
  return {
    variables,
    rows: kept.length,
    columns: columns.map((column) => Float64Array.from(kept, (i) => column[i])),
  };
}

/** Above this many configurations of a row's missing entries each family is asked for on its own. */
const MOST_TOGETHER = 4096;

/** Adds what the patterns are expected to contribute to every family's statistics; returns their log-likelihood. */
export function addExpected(
  fn: string,
  network: Network,
  shapes: readonly FamilyShape[],
  patterns: readonly Pattern[],
  statistics: readonly Float64Array[],
): number {
  const { variables } = network;
  const scopes = shapes.map((s) => [...s.discreteParents, ...s.continuousParents, s.child]);
  let logLikelihood = 0;
  for (const { evidence, rows } of patterns) {
    const missing = variables.flatMap((_, i) => (Number.isNaN(evidence[i]) ? [i] : []));
    const touched = shapes.flatMap((_, f) => (scopes[f].some((v) => missing.includes(v)) ? [f] : []));
    const add = (mixture: Mixture, families: readonly number[]) => {
      const { discrete, continuous } = mixture;
      const values = evidence.slice();
      for (const { weight, levels, mean, covariance } of mixture.cells()) {
        discrete.forEach((v, k) => {
          values[v] = levels[k];
        });
        continuous.forEach((v, k) => {
          values[v] = mean[k];
        });
        const between = (a: number, b: number) => {
          const [i, j] = [continuous.indexOf(a), continuous.indexOf(b)];
          return i < 0 || j < 0 ? 0 : covariance[i * continuous.length + j];
        };
        for (const f of families)
          addRow(
            shapes[f],
            statistics[f],
            values,
            weight * rows.length,
            continuous.length ? between : undefined,
          );
      }
    };
    const together = missing.reduce((product, v) => product * (sizeOf(variables[v]) || 1), 1);
    if (together <= MOST_TOGETHER) {
      const mixture = posteriorMixture(fn, network, evidence, missing);
      logLikelihood += rows.length * mixture.logEvidence;
      add(mixture, touched);
    } else {
      logLikelihood += rows.length * logEvidence(fn, network, evidence);
      for (const f of touched) {
        const asked = scopes[f].filter((v) => missing.includes(v));
        add(posteriorMixture(fn, network, evidence, asked), [f]);
      }
    }
    // A family that a row knows completely counts as it does elsewhere.
    shapes.forEach((shape, f) => {
      if (!touched.includes(f)) addRow(shape, statistics[f], evidence, rows.length);
    });
  }
  return logLikelihood;
}

export interface ExpectationMaximisation {
  readonly network: Network;
  /** Log-likelihood of all rows, before each iteration. */
  readonly history: readonly number[];
  readonly converged: boolean;
}

/**
 * Parameters from rows with missing entries by EM (Dempster, Laird & Rubin 1977; Lauritzen 1995), with exact inference. It is
 * right where entries are missing at random; it starts from the rows in which a family is known.
 */
export async function expectationMaximisation(
  fn: string,
  data: Data,
  shapes: readonly FamilyShape[],
  options: {
    equivalentSampleSize: number;
    iterations: number;
    tolerance: number;
    start?: Network;
    onStep?: (iteration: number, logLikelihood: number) => Promise<void> | void;
  },
): Promise<ExpectationMaximisation> {
  const { equivalentSampleSize, iterations, tolerance, start, onStep } = options;
  const fit = (statistics: readonly Float64Array[]) =>
    createNetwork(
      data.variables,
      shapes.map((shape, f) => fitFamily(shape, statistics[f], equivalentSampleSize)),
    );
  const patterns = incompletePatterns(data);
  const complete = completeRows(data);
  const fixed = collect(shapes, complete);
  let network = start ?? fit(collect(shapes, data));
  const history: number[] = [];
  const row = new Float64Array(data.variables.length);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const statistics = fixed.map((of) => of.slice());
    let logLikelihood = addExpected(fn, network, shapes, patterns, statistics);
    for (let i = 0; i < complete.rows; i++) {
      complete.columns.forEach((column, j) => {
        row[j] = column[i];
      });
      logLikelihood += logJoint(network, row);
    }
    const before = history.at(-1) ?? Number.NEGATIVE_INFINITY;
    history.push(logLikelihood);
    network = fit(statistics);
    await onStep?.(iteration + 1, logLikelihood);
    if (Math.abs(logLikelihood - before) <= tolerance * data.rows)
      return { network, history, converged: true };
  }
  return { network, history, converged: false };
}
