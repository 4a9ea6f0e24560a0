import { createRandom } from "credence/numeric";
import { describe, expect, it } from "vitest";
import {
  drawColumns,
  drawTable,
  randomNetwork,
  STRONG_EDGES,
  strongNetwork,
} from "./bayesianNetwork.test-support.js";
import { chowLiu, mutualInformation } from "./chowLiu.js";
import { cpdagOf, structuralHammingDistance } from "./cpdag.js";
import { type Edge, topologicalOrder } from "./graph.js";
import { hillClimb } from "./hillClimbing.js";
import { bayesianNetwork } from "./index.js";
import { allParents, createNetwork, logJoint, type Network } from "./network.js";
import { familyScores } from "./score.js";
import { collect, fitFamily, shapesOf } from "./statistics.js";
import { type Data, sizeOf } from "./table.js";

function dataOf(network: Network, rows: number, seed: number): Data {
  return { variables: network.variables, rows, columns: drawColumns(network, rows, createRandom(seed)) };
}

/** All directed acyclic graphs on d nodes, as lists of parents. */
function* acyclicGraphs(d: number): Generator<number[][]> {
  const pairs = Array.from({ length: d * d }, (_, k) => [Math.floor(k / d), k % d]).filter(([a, b]) => a < b);
  for (let code = 0; code < 3 ** pairs.length; code++) {
    const parents: number[][] = Array.from({ length: d }, () => []);
    pairs.forEach(([a, b], k) => {
      const mark = Math.floor(code / 3 ** k) % 3;
      if (mark === 1) parents[b].push(a);
      if (mark === 2) parents[a].push(b);
    });
    if (topologicalOrder(parents)) yield parents;
  }
}

const named = (parents: readonly (readonly number[])[]): Edge[] =>
  parents.flatMap((of, child) => of.map((p): Edge => [`n${p}`, `n${child}`]));

/** All trees on d nodes, from their Prüfer codes. */
function* spanningTrees(d: number): Generator<[number, number][]> {
  for (let code = 0; code < d ** (d - 2); code++) {
    const digits = Array.from({ length: d - 2 }, (_, k) => Math.floor(code / d ** k) % d);
    const degree = Array.from({ length: d }, (_, i) => 1 + digits.filter((x) => x === i).length);
    const edges: [number, number][] = [];
    for (const to of digits) {
      const leaf = degree.indexOf(1);
      edges.push([leaf, to]);
      degree[leaf]--;
      degree[to]--;
    }
    const [a, b] = degree.flatMap((left, i) => (left === 1 ? [i] : []));
    yield [...edges, [a, b]];
  }
}

describe("CPDAG", () => {
  it("is the union of the equivalence class, for all 543 graphs on four nodes", () => {
    // Equivalent: the same skeleton and the same v-structures (Verma & Pearl 1990).
    const classes = new Map<string, Edge[][]>();
    for (const parents of acyclicGraphs(4)) {
      const linked = (a: number, b: number) => parents[a].includes(b) || parents[b].includes(a);
      const skeleton: string[] = [];
      const colliders: string[] = [];
      for (let a = 0; a < 4; a++)
        for (let b = 0; b < a; b++) {
          if (linked(a, b)) skeleton.push(`${a}${b}`);
          else
            for (let c = 0; c < 4; c++)
              if (parents[c].includes(a) && parents[c].includes(b)) colliders.push(`${a}${c}${b}`);
        }
      const key = `${skeleton} | ${colliders}`;
      classes.set(key, [...(classes.get(key) ?? []), named(parents)]);
    }
    let graphs = 0;
    for (const members of classes.values()) {
      graphs += members.length;
      const has = (edge: Edge) => members.every((m) => m.some(([a, b]) => a === edge[0] && b === edge[1]));
      const directed = members[0].filter(has);
      const undirected = members[0].filter((edge) => !has(edge));
      for (const member of members) {
        const found = cpdagOf(member);
        expect(structuralHammingDistance(found, { directed, undirected: sorted(undirected) })).toBe(0);
        expect(found.directed).toHaveLength(directed.length);
      }
    }
    expect(graphs).toBe(543);
    expect(classes.size).toBe(185);
  });

  it("takes directions that are known anyway", () => {
    const edges: Edge[] = [
      ["a", "b"],
      ["b", "c"],
    ];
    expect(cpdagOf(edges, [["a", "b"]]).directed).toEqual(edges);
    expect(() => cpdagOf([...edges, ["c", "a"]])).toThrow(/cycle .* → .* → .* → /);
  });

  it("counts pairs that differ", () => {
    const one = { directed: [["a", "b"]] as Edge[], undirected: [["c", "d"]] as Edge[] };
    const other = { directed: [["b", "a"]] as Edge[], undirected: [["d", "e"]] as Edge[] };
    expect(structuralHammingDistance(one, other)).toBe(3);
    expect(
      structuralHammingDistance(one, { directed: [], undirected: [...one.undirected, ["a", "b"]] }),
    ).toBe(1);
  });
});

const sorted = (edges: Edge[]) => edges.map(([a, b]): Edge => (a < b ? [a, b] : [b, a]));

describe("family scores", () => {
  it("are the log-likelihood of the fitted family less the penalty", () => {
    const network = randomNetwork(createRandom(1), [2, 3, 0, 0, 3, 0]);
    const data = dataOf(network, 4000, 2);
    const score = familyScores(data);
    const parents = network.families.map(allParents);
    const shapes = shapesOf("test", data.variables, parents);
    const fitted = createNetwork(
      data.variables,
      collect(shapes, data).map((s, f) => fitFamily(shapes[f], s, 0)),
    );
    let total = 0;
    for (let i = 0; i < data.rows; i++) {
      const log = logJoint(
        fitted,
        data.columns.map((column) => column[i]),
      );
      total += Number.isNaN(log) ? 0 : log;
    }
    const free = shapes.reduce((sum, { child, configurations, continuousParents }) => {
      const size = sizeOf(data.variables[child]);
      return sum + configurations * (size ? size - 1 : continuousParents.length + 2);
    }, 0);
    const sum = parents.reduce((s, of, child) => s + score(child, of), 0);
    expect(sum).toBeCloseTo(total - (free * Math.log(data.rows)) / 2, 6);
  });

  it("are equal for equivalent structures", () => {
    for (const kinds of [
      [3, 2],
      [0, 0],
    ]) {
      const score = familyScores(dataOf(randomNetwork(createRandom(3), kinds), 300, 4));
      expect(score(0, []) + score(1, [0])).toBeCloseTo(score(1, []) + score(0, [1]), 8);
    }
  });
});

describe("hill climbing", () => {
  it("finds the best of all 543 structures on four variables", () => {
    // Not a promise for larger networks, where the search may end in a local optimum.
    return Promise.all(
      Array.from({ length: 12 }, async (_, seed) => {
        const kinds = [
          [2, 3, 2, 2],
          [0, 0, 0, 0],
          [2, 0, 3, 0],
        ][seed % 3];
        const data = dataOf(randomNetwork(createRandom(seed), kinds), 300, seed + 50);
        const score = familyScores(data);
        let best = Number.NEGATIVE_INFINITY;
        for (const parents of acyclicGraphs(4)) {
          if (parents.some((of, i) => kinds[i] > 0 && of.some((p) => kinds[p] === 0))) continue;
          best = Math.max(
            best,
            parents.reduce((sum, of, child) => sum + score(child, of), 0),
          );
        }
        const found = await hillClimb(data, { seed });
        expect(found.score).toBeCloseTo(best, 6);
        expect(topologicalOrder(found.parents)).not.toBeNull();
        expect(found.score).toBeCloseTo(
          found.parents.reduce((sum, of, child) => sum + score(child, of), 0),
          6,
        );
      }),
    );
  });

  it("recovers the equivalence class of a strong network, up to one edge", async () => {
    for (const seed of [1, 2, 3]) {
      const table = drawTable(strongNetwork(seed), 5000, createRandom(100 + seed));
      const model = await bayesianNetwork().train(table, { seed });
      expect(structuralHammingDistance(model.cpdag, cpdagOf(STRONG_EDGES))).toBeLessThanOrEqual(1);
    }
  });

  it("keeps to the limit of parents and gives the same structure for the same seed", async () => {
    const table = drawTable(strongNetwork(4), 1000, createRandom(5));
    const one = await bayesianNetwork({ maxParents: 1 }).train(table, { seed: 1 });
    for (const [, child] of one.edges) expect(one.edges.filter((e) => e[1] === child)).toHaveLength(1);
    const [a, b] = [
      await bayesianNetwork().train(table, { seed: 1 }),
      await bayesianNetwork().train(table, { seed: 1 }),
    ];
    expect(b.edges).toEqual(a.edges);
    expect(b.network).toEqual(a.network);
  });
});

describe("Chow–Liu", () => {
  it("finds the best of all spanning trees", () => {
    for (let seed = 0; seed < 12; seed++) {
      const kinds = seed % 2 ? Array(6).fill(0) : [2, 3, 2, 4, 2, 3];
      const data = dataOf(randomNetwork(createRandom(seed), kinds), 150, seed + 20);
      const weight = (edges: readonly (readonly number[])[]) =>
        edges.reduce((sum, [a, b]) => sum + mutualInformation(data, a, b), 0);
      let best = 0;
      let count = 0;
      for (const tree of spanningTrees(6)) {
        best = Math.max(best, weight(tree));
        count++;
      }
      expect(count).toBe(6 ** 4);
      const parents = chowLiu(data, 2);
      const edges = parents.flatMap((of, child) => of.map((p) => [p, child]));
      // A column that happens to be constant is not linked; it adds no weight.
      expect(edges.length).toBeGreaterThanOrEqual(4);
      expect(weight(edges)).toBeCloseTo(best, 12);
      expect(parents[2]).toEqual([]);
      expect(topologicalOrder(parents)).not.toBeNull();
    }
  });

  it("measures the information that the parent adds to the likelihood", () => {
    for (const kinds of [
      [3, 2],
      [0, 0],
    ]) {
      const data = dataOf(randomNetwork(createRandom(7), kinds, 1), 400, 8);
      const score = familyScores(data);
      const penalty = (kinds[0] ? (kinds[0] - 1) * (kinds[1] - 1) : 1) * (Math.log(400) / 2);
      expect(400 * mutualInformation(data, 0, 1)).toBeCloseTo(score(1, [0]) - score(1, []) + penalty, 8);
    }
  });
});
