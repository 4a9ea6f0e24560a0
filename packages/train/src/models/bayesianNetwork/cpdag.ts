import { CredenceError } from "credence/numeric";
import type { Edge } from "./graph.js";

/**
 * A completed partially directed graph: what data can tell about the structure. Directed edges are the same in every
 * network with the same independences; undirected ones may point either way.
 */
export interface Cpdag {
  readonly directed: readonly Edge[];
  readonly undirected: readonly Edge[];
}

/**
 * The CPDAG of a directed acyclic graph: v-structures keep their direction, and so does whatever follows from them by the
 * rules of Meek (1995).
 * @param edges From parent to child.
 * @param fixed Edges whose direction is known anyway, such as those from discrete to continuous variables. Default: none.
 * @throws CredenceError "cyclic-graph".
 * @example
 * ```ts
 * import { cpdagOf } from "@credence/train/models";
 * cpdagOf([["a", "b"], ["b", "c"]]); // → {"directed":[],"undirected":[["a","b"],["b","c"]]}
 * cpdagOf([["a", "b"], ["c", "b"]]).undirected; // → []
 * ```
 */
export function cpdagOf(edges: readonly Edge[], fixed: readonly Edge[] = []): Cpdag {
  const names = [...new Set(edges.flat())];
  const d = names.length;
  const linked = new Uint8Array(d * d);
  const arrow = new Uint8Array(d * d); // arrow[a, b]: a → b for certain
  const index = ([a, b]: Edge) => names.indexOf(a) * d + names.indexOf(b);
  for (const edge of edges) linked[index(edge)] = linked[index([edge[1], edge[0]])] = 1;
  refuseCycle(names, edges);
  for (const edge of fixed) if (names.includes(edge[0]) && names.includes(edge[1])) arrow[index(edge)] = 1;
  const parents = names.map((child) => edges.filter((e) => e[1] === child).map((e) => names.indexOf(e[0])));
  parents.forEach((of, child) => {
    for (const a of of) for (const b of of) if (a !== b && !linked[a * d + b]) arrow[a * d + child] = 1;
  });
  const open = (a: number, b: number) => linked[a * d + b] && !arrow[a * d + b] && !arrow[b * d + a];
  const follows = (a: number, b: number): boolean => {
    for (let c = 0; c < d; c++) {
      if (c === a || c === b) continue;
      // 1: c → a, c and b apart. 2: a → c → b.
      if (arrow[c * d + a] && !linked[c * d + b]) return true;
      if (arrow[a * d + c] && arrow[c * d + b]) return true;
      for (let e = 0; e < d; e++) {
        if (e === a || e === b || e === c || !linked[a * d + c]) continue;
        // 3: a – c → b, a – e → b, c and e apart.
        if (open(a, c) && open(a, e) && arrow[c * d + b] && arrow[e * d + b] && !linked[c * d + e])
          return true;
        // 4 (needed with fixed edges): a – c, c → e → b, a and e linked, c and b apart.
        if (open(a, c) && arrow[c * d + e] && arrow[e * d + b] && linked[a * d + e] && !linked[c * d + b])
          return true;
      }
    }
    return false;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++)
        if (open(a, b) && follows(a, b)) {
          arrow[a * d + b] = 1;
          changed = true;
        }
  }
  const certain = (edge: Edge) => arrow[index(edge)] === 1;
  return {
    directed: edges.filter(certain),
    undirected: edges.filter((edge) => !certain(edge)).map(([a, b]): Edge => (a < b ? [a, b] : [b, a])),
  };
}

function refuseCycle(names: readonly string[], edges: readonly Edge[]): void {
  let rest = edges;
  // What has no child left cannot lie on a cycle.
  for (let before = -1; before !== rest.length; ) {
    before = rest.length;
    const parents = new Set(rest.map(([parent]) => parent));
    rest = rest.filter(([, child]) => parents.has(child));
  }
  if (rest.length === 0) return;
  const cycle = [rest[0][0]];
  while (cycle.indexOf(cycle[cycle.length - 1]) === cycle.length - 1)
    cycle.push((rest.find(([parent]) => parent === cycle[cycle.length - 1]) as Edge)[1]);
  const shown = cycle.slice(cycle.indexOf(cycle[cycle.length - 1]));
  throw new CredenceError(
    "cyclic-graph",
    { function: "cpdagOf", argument: "edges" },
    `the edges form the cycle ${shown.join(" → ")} among ${names.length} variables; remove or turn one of them.`,
  );
}

/**
 * In how many pairs of variables two CPDAGs differ: by a missing edge, or by an edge with another direction or none
 * (Tsamardinos, Brown & Aliferis 2006). 0 means the same equivalence class.
 * @example
 * ```ts
 * import { cpdagOf, structuralHammingDistance } from "@credence/train/models";
 * const chain = cpdagOf([["a", "b"], ["b", "c"]]);
 * structuralHammingDistance(chain, cpdagOf([["b", "a"], ["b", "c"]])); // → 0
 * structuralHammingDistance(chain, cpdagOf([["a", "b"], ["c", "b"]])); // → 2
 * ```
 */
export function structuralHammingDistance(a: Cpdag, b: Cpdag): number {
  const marks = ({ directed, undirected }: Cpdag) =>
    new Map([
      ...directed.map(([from, to]): [string, string] => [pair(from, to), `to ${to}`]),
      ...undirected.map(([x, y]): [string, string] => [pair(x, y), "undirected"]),
    ]);
  const [first, second] = [marks(a), marks(b)];
  let distance = 0;
  for (const key of new Set([...first.keys(), ...second.keys()]))
    if (first.get(key) !== second.get(key)) distance++;
  return distance;
}

const pair = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);
