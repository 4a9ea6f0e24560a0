import { createRandom, type Random, sampleNormal, shuffle } from "credence/numeric";
import { createNetwork, drawForward, type Family, type Network } from "./network.js";
import { decode, type Level, sizeOf, type Variable } from "./table.js";

/** A random network: `kinds` holds a number of levels for each discrete variable and 0 for each continuous one. */
export function randomNetwork(random: Random, kinds: readonly number[], maxParents = 3): Network {
  const variables = kinds.map((size, i): Variable => {
    const name = `v${i}`;
    return size > 0
      ? { kind: "discrete", name, levels: Array.from({ length: size }, (_, k) => `l${k}`) }
      : { kind: "continuous", name };
  });
  const order = shuffle(
    random,
    kinds.map((_, i) => i),
  );
  const families = kinds.map((size, i): Family => {
    const before = order.slice(0, order.indexOf(i)).filter((p) => size === 0 || kinds[p] > 0);
    const parents = shuffle(random, before)
      .slice(0, Math.floor(random.uniform() * (maxParents + 1)))
      .sort((a, b) => a - b);
    const discreteParents = parents.filter((p) => kinds[p] > 0);
    const continuousParents = parents.filter((p) => kinds[p] === 0);
    const configurations = discreteParents.reduce((product, p) => product * kinds[p], 1);
    if (size === 0) {
      const numbers = (length: number) => Float64Array.from({ length }, () => sampleNormal(random));
      return {
        kind: "gaussian",
        discreteParents,
        continuousParents,
        intercepts: numbers(configurations),
        weights: numbers(configurations * continuousParents.length),
        variances: numbers(configurations).map((z) => Math.exp(z)),
      };
    }
    const table = Float64Array.from({ length: configurations * size }, () => random.uniform() ** 2 + 1e-3);
    for (let from = 0; from < table.length; from += size) {
      const row = table.subarray(from, from + size);
      const total = row.reduce((a, b) => a + b, 0);
      row.forEach((p, k) => {
        row[k] = p / total;
      });
    }
    return { kind: "discrete", discreteParents, table };
  });
  return createNetwork(variables, families);
}

/** Every combination of levels of a discrete network. */
export function* assignments(variables: readonly Variable[]): Generator<Float64Array> {
  const values = new Float64Array(variables.length);
  for (;;) {
    yield values;
    let k = variables.length - 1;
    while (k >= 0 && ++values[k] === sizeOf(variables[k])) values[k--] = 0;
    if (k < 0) return;
  }
}

/** Rows drawn from a network, as columns in numbers. */
export function drawColumns(network: Network, rows: number, random: Random): Float64Array[] {
  const columns = network.variables.map(() => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const values = new Float64Array(columns.length).fill(Number.NaN);
    drawForward(network, values, random);
    columns.forEach((column, j) => {
      column[i] = values[j];
    });
  }
  return columns;
}

/** The same as named columns. */
export function drawTable(
  network: Network,
  rows: number,
  random: Random,
): { [name: string]: (Level | null)[] } {
  return decode({ variables: network.variables, rows, columns: drawColumns(network, rows, random) });
}

/** Takes entries away, completely at random. */
export function withHoles(
  table: { [name: string]: (Level | null)[] },
  share: number,
  random: Random,
): { [name: string]: (Level | null)[] } {
  return Object.fromEntries(
    Object.entries(table).map(([name, column]) => [
      name,
      column.map((x) => (random.uniform() < share ? null : x)),
    ]),
  );
}

/** Eight variables of three levels: a diamond, a collider, chains. */
export const STRONG_EDGES = [
  ["a", "b"],
  ["a", "c"],
  ["b", "d"],
  ["c", "d"],
  ["d", "e"],
  ["f", "e"],
  ["f", "g"],
  ["e", "h"],
] as const;

/**
 * A network with {@link STRONG_EDGES} in which every parent matters: the likeliest level is the sum of the parents' levels and a
 * random shift modulo 3, with probability 0.8 (roots: 0.5), the other two share the rest unevenly.
 */
export function strongNetwork(seed: number): Network {
  const random = createRandom(seed);
  const names = [..."abcdefgh"];
  const variables = names.map(
    (name): Variable => ({ kind: "discrete", name, levels: ["low", "mid", "high"] }),
  );
  const families = names.map((name): Family => {
    const discreteParents = STRONG_EDGES.flatMap(([p, c]) => (c === name ? [names.indexOf(p)] : []));
    const shift = Math.floor(random.uniform() * 3);
    const table = new Float64Array(3 ** (discreteParents.length + 1));
    for (let c = 0; c < table.length / 3; c++) {
      const top = (Math.floor(c / 3) + (c % 3) + shift) % 3;
      const p = discreteParents.length > 0 ? 0.8 : 0.5;
      const share = 0.3 + 0.4 * random.uniform();
      table[3 * c + top] = p;
      table[3 * c + ((top + 1) % 3)] = (1 - p) * share;
      table[3 * c + ((top + 2) % 3)] = (1 - p) * (1 - share);
    }
    return { kind: "discrete", discreteParents, table };
  });
  return createNetwork(variables, families);
}
