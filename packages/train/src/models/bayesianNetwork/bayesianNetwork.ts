import { setImmediate as breathe } from "node:timers/promises";
import { type Estimate, fingerprint, levelOf, proportionEstimate } from "credence/estimate";
import {
  CredenceError,
  checkCount,
  createRandom,
  type Groups,
  groupCodes,
  groupRows,
  sampleInteger,
} from "credence/numeric";
import {
  type BayesianNetwork,
  type BayesianNetworkCard,
  createBayesianNetwork,
} from "./bayesianNetworkModel.js";
import { posteriorStatistics } from "./completions.js";
import { cpdagOf } from "./cpdag.js";
import { toDataUnits } from "./draws.js";
import { expectationMaximisation, incompletePatterns } from "./expectation.js";
import { type Edge, edgesOf } from "./graph.js";
import type { ColumnScale } from "./networkFile.js";
import { shapesOf } from "./statistics.js";
import { learnStructure, type StructureOptions } from "./structure.js";
import { type ColumnOptions, type Data, readTable, sizeOf, type Table } from "./table.js";

export interface BayesianNetworkOptions extends ColumnOptions, StructureOptions {
  /**
   * How many rows the Dirichlet prior of a discrete variable weighs, spread evenly over its cells; 0: none. Default 1.
   */
  equivalentSampleSize?: number;
  /** The most iterations of EM, where entries are missing. Default 200. */
  iterations?: number;
  /** EM ends when the log-likelihood per row changes by less than this. Default 1e-7. */
  tolerance?: number;
}

/** What `onProgress` hears. */
export interface BayesianNetworkProgress {
  readonly stage: "structure" | "parameters" | "uncertainty" | "resamples";
  /** Steps done in this stage. */
  readonly step: number;
  /** BIC of the best structure, or the log-likelihood; null where there is none. */
  readonly score: number | null;
}

export interface BayesianNetworkTraining {
  /** Seed of the search and of draws of missing entries. Default 0. */
  seed?: number;
  /** A cluster id per row, where rows are not independent: intervals then come from weightings of the groups. */
  groups?: Groups;
  /** Called after every step; what it throws stops the training. */
  onProgress?: (progress: BayesianNetworkProgress) => void;
  /** Stops the training after the step under way. */
  signal?: AbortSignal;
}

/** How sure an edge is. */
export interface EdgeStrength {
  readonly edge: Edge;
  /** Share of the resamples with this edge, in either direction. Its interval is that of the simulation alone. */
  readonly strength: Estimate;
  /** Of those, the share with this direction in the CPDAG; undirected edges count half. */
  readonly direction: number;
}

/** A Bayesian network that is not trained yet. */
export interface BayesianNetworkDefinition {
  /**
   * Learns structure and parameters from a table. Entries may be missing (null, undefined or NaN), at random.
   * @throws CredenceError "cyclic-graph", "unknown-option", "length-mismatch", "empty-input", "too-few", "too-large". An
   * aborted signal rejects with its reason.
   */
  train(table: Table, options?: BayesianNetworkTraining): Promise<BayesianNetwork>;
  /**
   * How often each edge is found again in resamples of the rows, or of whole groups (Friedman, Goldszmidt & Wyner 1999): of every
   * edge found at least once, the surest first.
   * @param options `resamples`: default 100. `level`: default 0.95.
   */
  edgeStrengths(
    table: Table,
    options?: BayesianNetworkTraining & { resamples?: number; level?: number },
  ): Promise<EdgeStrength[]>;
}

/**
 * A Bayesian network over the columns of a table: discrete, linear Gaussian, or both (a continuous variable may have discrete
 * parents, but no discrete one a continuous parent). It learns its structure, unless edges are given, and its parameters,
 * also from rows with missing entries; and it answers exactly.
 * @example
 * ```ts
 * import { bayesianNetwork } from "@credence/train/models";
 * const table = { rain: ["no", "no", "yes", "yes"], grass: ["dry", "dry", "wet", "wet"] };
 * const model = await bayesianNetwork({ structure: [["rain", "grass"]], equivalentSampleSize: 4 }).train(table);
 * model.posterior("rain", { grass: "wet" }).cells[1]; // → {"levels":{"rain":"yes"},"probability":0.75,"components":[]}
 * model.estimate({ rain: "yes" }, { grass: "wet" }).method; // → "posterior-draws"
 * ```
 */
export function bayesianNetwork(options: BayesianNetworkOptions = {}): BayesianNetworkDefinition {
  return {
    train: (table, training = {}) => train(options, table, training),
    edgeStrengths: (table, training = {}) => edgeStrengths(options, table, training),
  };
}

async function train(
  options: BayesianNetworkOptions,
  table: Table,
  training: BayesianNetworkTraining,
): Promise<BayesianNetwork> {
  const fn = "bayesianNetwork.train";
  const { equivalentSampleSize = 1, iterations = 200, tolerance = 1e-7 } = options;
  const { seed = 0 } = training;
  checkCount(fn, "iterations", iterations);
  checkAtLeastZero(fn, "equivalentSampleSize", equivalentSampleSize);
  checkAtLeastZero(fn, "tolerance", tolerance);
  const given = readTable(fn, table, options);
  const { variables, rows } = given;
  const groups = training.groups ? groupCodes(fn, training.groups, { length: rows }, "table") : null;
  const { data, scales } = standardise(given);
  const report = reporter(training);
  const random = createRandom(seed);
  const found = await learnStructure(fn, data, options, random, (step, score) =>
    report("structure", step, score),
  );
  const { parents } = found;
  const shapes = shapesOf(fn, variables, parents);
  for (const { continuousParents, child } of shapes)
    if (!sizeOf(variables[child]) && rows < continuousParents.length + 2)
      throw new CredenceError(
        "too-few",
        { function: fn, argument: "table" },
        `has ${rows} rows, but the regression of ${variables[child].name} needs at least ${continuousParents.length + 2}.`,
      );
  const em = await expectationMaximisation(fn, data, shapes, {
    equivalentSampleSize,
    iterations,
    tolerance,
    onStep: (step, logLikelihood) => report("parameters", step, logLikelihood),
  });
  const missing = incompletePatterns(data).reduce((sum, pattern) => sum + pattern.rows.length, 0);
  const statistics = await posteriorStatistics({
    fn,
    network: em.network,
    shapes,
    data,
    equivalentSampleSize,
    groups,
    random,
    onStep: (step) => report("uncertainty", step, null),
  });
  const edges = edgesOf(variables, parents);
  const card: BayesianNetworkCard = {
    kind: "bayesianNetwork",
    variables,
    edges,
    cpdag: cpdagOf(edges, fixedEdges(data, edges)),
    training: {
      structure:
        typeof options.structure === "string"
          ? options.structure
          : options.structure
            ? "given"
            : "hill-climbing",
      // In the units of the data, not of the standardised columns.
      ...(found.score !== null && {
        bic: found.score - rows * scales.reduce((sum, { deviation }) => sum + Math.log(deviation), 0),
      }),
      equivalentSampleSize,
      seed,
      rows,
      rowsWithMissing: missing,
      ...(groups && { groups: groups.count }),
      fingerprint: fingerprint(given.columns),
      trainedAt: new Date().toISOString(),
    },
    notes: [...constantColumns(given), ...found.notes, ...emNotes(em, missing)],
  };
  const parts = {
    network: toDataUnits(em.network, scales),
    scales,
    statistics,
    posterior: groups ? "groups" : missing > 0 ? "imputed" : "conjugate",
    equivalentSampleSize,
    rows,
    ...(groups && { groups: groups.count }),
  } as const;
  return createBayesianNetwork(parts, card);
}

async function edgeStrengths(
  options: BayesianNetworkOptions,
  table: Table,
  training: BayesianNetworkTraining & { resamples?: number; level?: number },
): Promise<EdgeStrength[]> {
  const fn = "bayesianNetwork.edgeStrengths";
  const { seed = 0, resamples = 100 } = training;
  const level = levelOf(fn, training);
  checkCount(fn, "resamples", resamples, 2);
  const { data } = standardise(readTable(fn, table, options));
  const { variables, columns, rows } = data;
  const units = training.groups
    ? groupRows(groupCodes(fn, training.groups, { length: rows }, "table"))
    : null;
  const report = reporter(training);
  const random = createRandom(seed);
  const counts = new Map<string, { edge: Edge; hits: Uint8Array; forward: number }>();
  for (let b = 0; b < resamples; b++) {
    const drawn = units
      ? units.flatMap(() => [...units[sampleInteger(random, units.length)]])
      : Array.from({ length: rows }, () => sampleInteger(random, rows));
    const resample: Data = {
      variables,
      rows: drawn.length,
      columns: columns.map((column) => Float64Array.from(drawn, (i) => column[i])),
    };
    const { parents } = await learnStructure(fn, resample, options, random.fork(), async () =>
      training.signal?.throwIfAborted(),
    );
    const edges = edgesOf(variables, parents);
    const { directed, undirected } = cpdagOf(edges, fixedEdges(data, edges));
    const add = ([x, y]: Edge, share: number) => {
      const edge: Edge = x < y ? [x, y] : [y, x];
      const key = JSON.stringify(edge);
      const entry = counts.get(key) ?? { edge, hits: new Uint8Array(resamples), forward: 0 };
      entry.hits[b] = 1;
      entry.forward += x < y ? share : 1 - share;
      counts.set(key, entry);
    };
    for (const edge of directed) add(edge, 1);
    for (const edge of undirected) add(edge, 0.5);
    await report("resamples", b + 1, null);
  }
  return [...counts.values()]
    .map(({ edge, hits, forward }): EdgeStrength => {
      const strength = proportionEstimate(hits, { level });
      const share = forward / hits.reduce((a, h) => a + h, 0);
      // Named in the direction that was found more often.
      return share >= 0.5
        ? { edge, strength, direction: share }
        : { edge: [edge[1], edge[0]], strength, direction: 1 - share };
    })
    .sort((a, b) => b.strength.value - a.strength.value || (a.edge.join() < b.edge.join() ? -1 : 1));
}

/** Tells of progress, lets others run now and then, and stops where the signal says so. */
function reporter({ onProgress, signal }: BayesianNetworkTraining) {
  let last = performance.now();
  return async (stage: BayesianNetworkProgress["stage"], step: number, score: number | null) => {
    onProgress?.({ stage, step, score });
    if (performance.now() - last > 50) {
      await breathe();
      last = performance.now();
    }
    signal?.throwIfAborted();
  };
}

/** Continuous columns with mean 0 and deviation 1 (a constant one is only centred). */
function standardise(data: Data): { data: Data; scales: ColumnScale[] } {
  const scales = data.columns.map((column, j): ColumnScale => {
    if (data.variables[j].kind === "discrete") return { mean: 0, deviation: 1 };
    const known = column.filter((x) => !Number.isNaN(x));
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    const variance = known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length;
    return { mean, deviation: Math.sqrt(variance) || 1 };
  });
  const columns = data.columns.map((column, j) =>
    column.map((x) => (x - scales[j].mean) / scales[j].deviation),
  );
  return { data: { ...data, columns }, scales };
}

/** Edges that types alone direct. */
const fixedEdges = ({ variables }: Data, edges: readonly Edge[]): Edge[] => {
  const kinds = new Map(variables.map(({ name, kind }) => [name, kind]));
  return edges.filter(([parent, child]) => kinds.get(parent) !== kinds.get(child));
};

function constantColumns({ variables, columns }: Data): string[] {
  return variables.flatMap(({ name }, j) => {
    const known = columns[j].filter((x) => !Number.isNaN(x));
    return known.every((x) => x === known[0])
      ? [`The column ${name} has one value only; nothing can be learnt from it.`]
      : [];
  });
}

function emNotes(em: { converged: boolean; history: readonly number[] }, missing: number): string[] {
  if (missing === 0) return [];
  const end = em.converged
    ? `ended after ${em.history.length} iterations`
    : `had not converged after ${em.history.length} iterations`;
  return [`${missing} rows have missing entries; they were taken to be missing at random. EM ${end}.`];
}

function checkAtLeastZero(fn: string, argument: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0))
    throw new CredenceError("out-of-range", { function: fn, argument, value }, "must be a number ≥ 0.");
}
