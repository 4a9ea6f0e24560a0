import { type Random, sampleExponential } from "credence/numeric";
import { incompletePatterns, type Pattern } from "./expectation.js";
import { conditionalSampler } from "./infer.js";
import { createNetwork, type Network } from "./network.js";
import { collect, type FamilyShape, fitFamily } from "./statistics.js";
import type { Data } from "./table.js";

/** A table whose missing entries are drawn from their exact posterior under the network. */
export function complete(
  fn: string,
  network: Network,
  data: Data,
  random: Random,
  patterns: readonly Pattern[] = incompletePatterns(data),
): Data {
  const columns = data.columns.map((column) => column.slice());
  for (const { evidence, rows } of patterns) {
    const draw = conditionalSampler(fn, network, evidence);
    for (const i of rows) {
      const values = draw(random);
      columns.forEach((column, j) => {
        column[i] = values[j];
      });
    }
  }
  return { ...data, columns };
}

/** What {@link posteriorStatistics} needs to know. */
interface Posterior {
  readonly fn: string;
  readonly network: Network;
  readonly shapes: readonly FamilyShape[];
  readonly data: Data;
  readonly equivalentSampleSize: number;
  readonly groups: { readonly codes: Int32Array; readonly count: number } | null;
  readonly random: Random;
  readonly onStep: (step: number, steps: number) => Promise<void> | void;
}

/** Steps of data augmentation that are thrown away, and steps from one kept completion to the next. */
const BURN_IN = 10;
const THIN = 2;
/** Completions kept where entries are missing. */
const COMPLETIONS = 20;
const STEPS = BURN_IN + THIN * COMPLETIONS;
/** Weightings of the groups kept where rows come in groups. */
const WEIGHTINGS = 200;

/**
 * Sufficient statistics from which posterior draws of the parameters are made: those of the table, where it is complete;
 * of several completions by data augmentation (Tanner & Wong 1987), where entries are missing; of many weightings of the
 * groups (the Bayesian bootstrap, Rubin 1981), where rows come in groups.
 */
export async function posteriorStatistics(posterior: Posterior): Promise<Float64Array[][]> {
  const { fn, shapes, data, equivalentSampleSize, groups, random, onStep } = posterior;
  const patterns = incompletePatterns(data);
  const missing = patterns.length > 0;
  if (!missing && !groups) return [collect(shapes, data)];
  const tables: Data[] = [];
  let network = posterior.network;
  for (let step = 1; missing && step <= STEPS; step++) {
    await onStep(step, STEPS);
    const table = complete(fn, network, data, random, patterns);
    if (step > BURN_IN && (step - BURN_IN) % THIN === 0) tables.push(table);
    const statistics = collect(shapes, table);
    network = createNetwork(
      data.variables,
      shapes.map((shape, f) => fitFamily(shape, statistics[f], equivalentSampleSize, random)),
    );
  }
  if (!groups) return tables.map((table) => collect(shapes, table));
  return Array.from({ length: WEIGHTINGS }, (_, k) =>
    collect(shapes, tables[k % COMPLETIONS] ?? data, groupWeights(groups, random)),
  );
}

/** Weights of rows that add up to their number: one exponential for each group. */
function groupWeights({ codes, count }: { codes: Int32Array; count: number }, random: Random): Float64Array {
  const shares = Float64Array.from({ length: count }, () => sampleExponential(random));
  const weights = Float64Array.from(codes, (g) => shares[g]);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => (w * weights.length) / total);
}
