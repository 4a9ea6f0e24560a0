import { decomposeEntropy, decomposeVariance, type EntropyDecomposition } from "credence/ensemble";
import { type Estimate, levelOf, pointEstimate } from "credence/estimate";
import { CredenceError, checkCount, createRandom, type Matrix, quantileSorted } from "credence/numeric";
import type { Density, SampleOptions, Sampler, Trained } from "../capabilities.js";
import { type Card, type ModelFiles, saveModel } from "../card.js";
import type { Rows } from "../rows.js";
import { complete } from "./completions.js";
import type { Cpdag } from "./cpdag.js";
import { drawNetworks } from "./draws.js";
import type { Edge } from "./graph.js";
import { conditionalSampler, logEvidence, mostProbable } from "./infer.js";
import type { Network } from "./network.js";
import { type NetworkParts, readNetwork, writeNetwork } from "./networkFile.js";
import { type Posterior, posteriorOf } from "./posterior.js";
import {
  type Cell,
  decode,
  encodeCell,
  type Level,
  readRows,
  type Table,
  unknownColumn,
  type Variable,
} from "./table.js";

/** What is known: a level or a number for some variables; null and undefined say nothing. */
export interface Assignment {
  readonly [name: string]: Cell;
}

/** What a saved Bayesian network says about itself. */
export interface BayesianNetworkCard extends Card {
  readonly kind: "bayesianNetwork";
  readonly variables: readonly Variable[];
  readonly edges: readonly Edge[];
  /** What data can tell about the edges. */
  readonly cpdag: Cpdag;
  readonly training: { readonly [fact: string]: number | string };
  /** What a reader should know: constant columns, how missing values were treated, EM that did not end. */
  readonly notes: readonly string[];
}

/** How the interval of {@link BayesianNetwork.estimate} is made. */
export interface BayesianEstimateOptions {
  /** false: only the value. Default true. */
  interval?: boolean;
  /** Nominal probability of the interval, in (0, 1). Default 0.95. */
  level?: number;
  /** Draws of the parameters. Default 400. */
  draws?: number;
  /** Default 0. */
  seed?: number;
}

/** A trained Bayesian network: it samples, has an explicit density, and answers questions exactly. */
export interface BayesianNetwork extends Sampler, Density, Trained<BayesianNetworkCard> {
  readonly variables: readonly Variable[];
  readonly edges: readonly Edge[];
  readonly cpdag: Cpdag;
  /** The conditional distributions, by variable: tables, or regressions in the units of the data. */
  readonly network: Network;
  /**
   * The exact posterior of one or more variables.
   * @throws CredenceError "impossible-evidence" for evidence of probability 0, "unknown-option" for unknown names.
   */
  posterior(query: string | readonly string[], evidence?: Assignment): Posterior;
  /** P(evidence), in [0, 1]; a density where it names continuous variables. 0 where it is impossible. */
  probability(evidence: Assignment): number;
  /** The most probable values of all other variables together (most probable explanation), and their log probability with the evidence. */
  mostProbable(evidence?: Assignment): {
    values: { [name: string]: Level };
    logProbability: number;
  };
  /**
   * P(event | evidence) for an event of discrete variables, or the mean of one continuous variable, with a credible
   * interval from posterior draws of the parameters. It holds for this structure, and says nothing of others.
   */
  estimate(query: Assignment | string, evidence?: Assignment, options?: BayesianEstimateOptions): Estimate;
  /**
   * What is uncertain about a variable, by the law of total uncertainty over posterior draws: entropy in nats of a discrete one,
   * variance of a continuous one. Aleatoric: more rows would not take it away. Epistemic: they would.
   */
  uncertainty(
    variable: string,
    evidence?: Assignment,
    options?: { draws?: number; seed?: number },
  ): EntropyDecomposition<number>;
  /** Rows drawn from the network, given evidence where there is some; level indices for discrete variables. {@link toTable} names them. */
  sample(count: number, options?: SampleOptions & { evidence?: Assignment }): Promise<Matrix>;
  /**
   * log p of what each row knows; missing entries are summed out. In nats.
   * @param x A table with names, whose missing columns count as missing entries; or rows of level indices and values.
   */
  logProbability(x: Table | Rows, options?: { signal?: AbortSignal }): Promise<Float64Array>;
  /**
   * The rows with missing entries filled in from their exact posterior.
   * @param options `method`: "best" is the most probable level or the mean, each entry by itself; "draw" draws all missing entries of a
   * row together, with `seed` (default 0). Default "best".
   */
  impute(
    x: Table | Rows,
    options?: { method?: "best" | "draw"; seed?: number },
  ): Promise<{ [name: string]: (Level | null)[] }>;
  /** Rows of level indices and values as named columns. */
  toTable(rows: Rows): { [name: string]: (Level | null)[] };
}

const FILE = "network.json";

/** Opens a Bayesian network from its files. */
export const openBayesianNetwork = async (
  files: ModelFiles,
  card: BayesianNetworkCard,
): Promise<BayesianNetwork> => createBayesianNetwork(readNetwork(files[FILE]), card);

/** A network that answers questions. */
export function createBayesianNetwork(parts: NetworkParts, card: BayesianNetworkCard): BayesianNetwork {
  const { network } = parts;
  const { variables } = network;
  const names = variables.map(({ name }) => name);

  function indexOf(fn: string, name: string): number {
    const index = names.indexOf(name);
    if (index < 0) throw unknownColumn(fn, name, names);
    return index;
  }
  function encode(fn: string, evidence: Assignment): Float64Array {
    const values = new Float64Array(variables.length).fill(Number.NaN);
    for (const [name, value] of Object.entries(evidence)) {
      const i = indexOf(fn, name);
      values[i] = encodeCell(fn, variables[i], value);
    }
    return values;
  }
  function queryOf(fn: string, query: string | readonly string[], evidence: Float64Array): number[] {
    const asked = [...new Set(typeof query === "string" ? [query] : query)].map((name) => indexOf(fn, name));
    for (const i of asked)
      if (!Number.isNaN(evidence[i]))
        throw new CredenceError(
          "unknown-option",
          { function: fn, argument: "query", value: names[i] },
          "is in the evidence as well; ask for what is not known.",
        );
    return asked;
  }
  /** A value for each draw of the parameters. */
  function withDraws<T>(
    options: { draws?: number; seed?: number },
    fn: string,
    ask: (of: Network) => T,
  ): T[] {
    const { draws = 400, seed = 0 } = options;
    checkCount(fn, "draws", draws, 2);
    return drawNetworks(parts, draws, createRandom(seed)).map(ask);
  }

  return {
    card,
    network,
    variables,
    edges: card.edges,
    cpdag: card.cpdag,
    posterior(query, evidence = {}) {
      const fn = "BayesianNetwork.posterior";
      const known = encode(fn, evidence);
      return posteriorOf(fn, network, known, queryOf(fn, query, known));
    },
    probability(evidence) {
      const fn = "BayesianNetwork.probability";
      return Math.exp(logEvidence(fn, network, encode(fn, evidence)));
    },
    mostProbable(evidence = {}) {
      const fn = "BayesianNetwork.mostProbable";
      const { values, logProbability } = mostProbable(fn, network, encode(fn, evidence));
      const columns = Array.from(values, (value) => Float64Array.of(value));
      const decoded = Object.entries(decode({ variables, rows: 1, columns }));
      return {
        values: Object.fromEntries(decoded.map(([name, [value]]) => [name, value as Level])),
        logProbability,
      };
    },
    estimate(query, evidence = {}, options = {}) {
      const fn = "BayesianNetwork.estimate";
      const level = levelOf(fn, options);
      const known = encode(fn, evidence);
      const ask = typeof query === "string" ? meanOf(fn, query, known) : probabilityOf(fn, query, known);
      const value = ask(network);
      if (options.interval === false) return pointEstimate(value, level, parts.rows);
      const sorted = Float64Array.from(withDraws(options, fn, ask)).sort();
      return {
        value,
        interval: [quantileSorted(sorted, (1 - level) / 2), quantileSorted(sorted, (1 + level) / 2)],
        level,
        method: METHODS[parts.posterior],
        n: parts.rows,
        ...(parts.groups !== undefined && { groups: parts.groups }),
      };
    },
    uncertainty(name, evidence = {}, options = {}) {
      const fn = "BayesianNetwork.uncertainty";
      const known = encode(fn, evidence);
      const query = queryOf(fn, name, known);
      const draws = withDraws(options, fn, (of) => posteriorOf(fn, of, known, query));
      if (variables[query[0]].kind === "discrete")
        return decomposeEntropy(draws.map(({ probabilities }) => probabilities));
      const row = (data: number[]): Matrix => ({ data, rows: 1, columns: data.length });
      const means = row(draws.map(({ mean }) => mean[0]));
      const variances = row(draws.map(({ covariance }) => covariance.data[0]));
      const { total, aleatoric, epistemic } = decomposeVariance(means, variances);
      return { total: total[0], aleatoric: aleatoric[0], epistemic: epistemic[0] };
    },
    async sample(count, { seed = 0, signal, evidence = {} } = {}) {
      const fn = "BayesianNetwork.sample";
      checkCount(fn, "count", count);
      const draw = conditionalSampler(fn, network, encode(fn, evidence));
      const random = createRandom(seed);
      const data = new Float64Array(count * variables.length);
      for (let i = 0; i < count; i++) {
        signal?.throwIfAborted();
        data.set(draw(random), i * variables.length);
      }
      return { data, rows: count, columns: variables.length };
    },
    async logProbability(x, { signal } = {}) {
      const fn = "BayesianNetwork.logProbability";
      const { rows, columns } = readRows(fn, variables, x);
      const known = new Map<string, number>();
      return Float64Array.from({ length: rows }, (_, i) => {
        signal?.throwIfAborted();
        const evidence = Float64Array.from(columns, (column) => column[i]);
        const key = evidence.join();
        const value = known.get(key) ?? logEvidence(fn, network, evidence);
        known.set(key, value);
        return value;
      });
    },
    async impute(x, { method = "best", seed = 0 } = {}) {
      const fn = "BayesianNetwork.impute";
      const data = readRows(fn, variables, x);
      if (method === "draw") return decode(complete(fn, network, data, createRandom(seed)));
      if (method !== "best")
        throw new CredenceError(
          "unknown-option",
          { function: fn, argument: "method", value: method },
          'must be "best" or "draw".',
        );
      const columns = data.columns.map((column) => column.slice());
      for (let i = 0; i < data.rows; i++) {
        const evidence = Float64Array.from(data.columns, (column) => column[i]);
        evidence.forEach((value, j) => {
          if (!Number.isNaN(value)) return;
          const { probabilities, mean } = posteriorOf(fn, network, evidence, [j]);
          columns[j][i] =
            variables[j].kind === "discrete" ? probabilities.indexOf(Math.max(...probabilities)) : mean[0];
        });
      }
      return decode({ ...data, columns });
    },
    toTable: (rows) => decode(readRows("BayesianNetwork.toTable", variables, rows)),
    save: (directory) => saveModel(directory, { [FILE]: writeNetwork(parts) }, card),
    // There is no worker to end.
    release: async () => {},
  };

  function meanOf(fn: string, name: string, known: Float64Array): (of: Network) => number {
    const query = queryOf(fn, name, known);
    if (variables[query[0]].kind === "discrete")
      throw new CredenceError(
        "unknown-option",
        { function: fn, argument: "query", value: name },
        `is discrete and has no mean; ask for an event, such as { ${JSON.stringify(name)}: level }.`,
      );
    return (of) => posteriorOf(fn, of, known, query).mean[0];
  }
  function probabilityOf(fn: string, event: Assignment, known: Float64Array): (of: Network) => number {
    const wanted = encode(fn, event);
    const named = names.filter((_, i) => !Number.isNaN(wanted[i]));
    const query = queryOf(fn, named, known);
    const continuous = query.find((i) => variables[i].kind === "continuous");
    if (query.length === 0 || continuous !== undefined)
      throw new CredenceError(
        "unknown-option",
        { function: fn, argument: "query", value: continuous === undefined ? "nothing" : names[continuous] },
        "an event gives levels of discrete variables; for the mean of a continuous variable pass its name.",
      );
    return (of) => {
      const { discrete, cells } = posteriorOf(fn, of, known, query);
      const cell = cells.find(({ levels }) =>
        discrete.every((name, k) => encodeCell(fn, variables[query[k]], levels[name]) === wanted[query[k]]),
      );
      return cell?.probability ?? 0;
    };
  }
}

const METHODS = {
  conjugate: "posterior-draws",
  imputed: "posterior-draws-data-augmentation",
  groups: "cluster-bayesian-bootstrap",
} as const;
