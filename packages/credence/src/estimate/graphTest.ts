import { checkOpenUnit, checkProbabilities, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** How the error budget is divided at first, and where it goes when a hypothesis is rejected. */
export interface TestGraph {
  /** Share of the budget at each hypothesis, ≥ 0, sum at most 1. */
  readonly weights: ArrayLike<number>;
  /** Hypotheses × hypotheses: the share of i's budget that goes to j when i is rejected; rows sum to at most 1. */
  readonly transitions: Matrix;
}

/** What a graph test rejected. */
export interface GraphTestResult {
  /** Indices in the order of rejection. */
  readonly rejected: number[];
}

/**
 * Tests hypotheses along a graph (Bretz, Maurer, Brannath & Posch 2009): the probability of rejecting any true one is at
 * most `delta`, however the p-values depend on each other. Fixed sequences, Holm's procedure and fallbacks are graphs.
 * @throws CredenceError "out-of-range" for weights or rows of transitions that sum to more than 1, or are negative;
 * "length-mismatch", "not-a-probability".
 * @example
 * ```ts
 * import { graphTest } from "credence/estimate";
 * const holm = { weights: [0.5, 0.5], transitions: { data: [0, 1, 1, 0], rows: 2, columns: 2 } };
 * graphTest([0.04, 0.02], holm, 0.05).rejected; // → [1, 0]
 * ```
 */
export function graphTest(pValues: ArrayLike<number>, graph: TestGraph, delta: number): GraphTestResult {
  const fn = "graphTest";
  checkOpenUnit(fn, "delta", delta);
  checkProbabilities(fn, "pValues", pValues);
  checkMatrix(fn, "transitions", graph.transitions);
  const n = pValues.length;
  checkSameLength(fn, "weights", graph.weights, "pValues", pValues);
  checkSameLength(fn, "transitions", graph.transitions.data, "pairs of hypotheses", { length: n * n });
  checkShares(fn, "weights", Array.from(graph.weights));
  const w = Float64Array.from(graph.weights as ArrayLike<number>);
  let g = Float64Array.from(graph.transitions.data as ArrayLike<number>);
  for (let i = 0; i < n; i++) {
    checkShares(fn, `transitions, row ${i}`, Array.from(g.subarray(i * n, (i + 1) * n)));
    if (g[i * n + i] !== 0)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "transitions", index: i * n + i, value: g[i * n + i] },
        "a hypothesis cannot hand its budget to itself.",
      );
  }
  const active = new Uint8Array(n).fill(1);
  const rejected: number[] = [];
  for (;;) {
    const i = w.findIndex((weight, k) => active[k] === 1 && weight > 0 && pValues[k] <= delta * weight);
    if (i < 0) return { rejected };
    rejected.push(i);
    active[i] = 0;
    const next = new Float64Array(n * n);
    for (let j = 0; j < n; j++) {
      if (!active[j]) continue;
      w[j] += w[i] * g[i * n + j];
      // What would have gone round through i goes on directly.
      const loop = g[j * n + i] * g[i * n + j];
      if (loop >= 1) continue;
      for (let l = 0; l < n; l++)
        if (active[l] && l !== j) next[j * n + l] = (g[j * n + l] + g[j * n + i] * g[i * n + l]) / (1 - loop);
    }
    w[i] = 0;
    g = next;
  }
}

function checkShares(fn: string, argument: string, shares: readonly number[]): void {
  let total = 0;
  for (const share of shares) {
    if (!(share >= 0))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument, value: share },
        "must not be negative.",
      );
    total += share;
  }
  if (total > 1 + 1e-12)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument, value: total },
      "must sum to at most 1.",
    );
}
