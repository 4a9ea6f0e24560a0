import { CredenceError } from "credence/numeric";
import { unknownColumn, type Variable } from "./table.js";

/** An edge from a parent to its child, by name. */
export type Edge = readonly [parent: string, child: string];

/** The parents of every variable, by index, ascending. */
export type Parents = readonly (readonly number[])[];

/** The variables, every parent before its children; null where the edges form a cycle. */
export function topologicalOrder(parents: Parents): number[] | null {
  const waiting = parents.map((of) => of.length);
  const order: number[] = [];
  for (let i = 0; i < waiting.length; i++) if (waiting[i] === 0) order.push(i);
  for (let at = 0; at < order.length; at++)
    parents.forEach((of, child) => {
      if (of.includes(order[at]) && --waiting[child] === 0) order.push(child);
    });
  return order.length === parents.length ? order : null;
}

/** A cycle, from a variable along the edges back to it; null where there is none. */
function findCycle(parents: Parents): number[] | null {
  const state = new Uint8Array(parents.length); // 1: on the path, 2: done
  const path: number[] = [];
  const visit = (i: number): number[] | null => {
    state[i] = 1;
    path.push(i);
    for (const parent of parents[i]) {
      if (state[parent] === 1) return [...path.slice(path.indexOf(parent)), parent].reverse();
      const cycle = state[parent] === 0 ? visit(parent) : null;
      if (cycle) return cycle;
    }
    state[i] = 2;
    path.pop();
    return null;
  };
  for (let i = 0; i < parents.length; i++) {
    const cycle = state[i] === 0 ? visit(i) : null;
    if (cycle) return cycle;
  }
  return null;
}

/**
 * Edges as lists of parents.
 * @throws CredenceError "cyclic-graph" naming a cycle, "unknown-option" for names that are no variables, and for an edge
 * from a continuous to a discrete variable.
 */
export function parentsOf(fn: string, variables: readonly Variable[], edges: readonly Edge[]): number[][] {
  const names = variables.map(({ name }) => name);
  const parents: number[][] = variables.map(() => []);
  for (const [parent, child] of edges) {
    const [from, to] = [parent, child].map((name) => {
      const index = names.indexOf(name);
      if (index < 0) throw unknownColumn(fn, name, names);
      return index;
    });
    if (variables[from].kind === "continuous" && variables[to].kind === "discrete")
      throw new CredenceError(
        "unknown-option",
        { function: fn, argument: "structure", value: `${parent} → ${child}` },
        "a discrete variable cannot have a continuous parent; turn the edge, or cut the parent into levels.",
      );
    if (!parents[to].includes(from)) parents[to].push(from);
  }
  const cycle = findCycle(parents);
  if (cycle)
    throw new CredenceError(
      "cyclic-graph",
      { function: fn, argument: "structure" },
      `its edges form the cycle ${cycle.map((i) => names[i]).join(" → ")}; remove or turn one of them.`,
    );
  for (const of of parents) of.sort((a, b) => a - b);
  return parents;
}

/** Lists of parents as edges. */
export const edgesOf = (variables: readonly { readonly name: string }[], parents: Parents): Edge[] =>
  parents.flatMap((of, child) => of.map((p): Edge => [variables[p].name, variables[child].name]));
