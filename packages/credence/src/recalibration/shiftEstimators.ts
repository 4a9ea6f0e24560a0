import type { Matrix } from "../numeric/matrix.js";
import { nonNegativeLeastSquares } from "../numeric/nonNegativeLeastSquares.js";
import type { FitStatus } from "./calibrator.js";

/** Estimated class weights. */
export interface ShiftFound {
  readonly weights: number[];
  readonly status: FitStatus;
  readonly notes: string[];
}

/** Alternates between reweighting the rows and averaging them, until no share moves by more than 1e-10. */
export function expectationMaximisation(target: Matrix, source: readonly number[]): ShiftFound {
  const { rows, columns } = target;
  let weights: number[] = source.map((share) => (share > 0 ? 1 : 0));
  for (let iteration = 0; iteration < 10_000; iteration++) {
    const posterior = reweight(target, weights);
    const shares = new Array<number>(columns).fill(0);
    for (let i = 0; i < posterior.length; i++) shares[i % columns] += posterior[i] / rows;
    const next = shares.map((share, k) => (source[k] > 0 ? share / source[k] : 0));
    const move = Math.max(...next.map((w, k) => Math.abs(w - weights[k]) * source[k]));
    weights = next;
    if (move <= 1e-10) return { weights: normalised(weights, source), status: "ok", notes: [] };
  }
  return {
    weights: normalised(weights, source),
    status: "not-converged",
    notes: ["EM stopped after 10 000 rounds with the shares still moving by more than 1e-10."],
  };
}

/** Solves C w = μ with C_ij the share of labelled rows of class j predicted i, μ_i the share of target rows predicted i. */
export function blackBoxShift(
  scores: Matrix,
  labels: ArrayLike<number>,
  rowWeights: ArrayLike<number> | null,
  target: Matrix,
  source: readonly number[],
): ShiftFound {
  const { columns } = scores;
  const confusion = new Float64Array(columns * columns);
  let total = 0;
  const predicted = largest(scores);
  for (let i = 0; i < labels.length; i++) {
    const weight = rowWeights ? rowWeights[i] : 1;
    confusion[predicted[i] * columns + labels[i]] += weight;
    total += weight;
  }
  for (let i = 0; i < confusion.length; i++) confusion[i] /= total;
  const shares = new Float64Array(columns);
  for (const k of largest(target)) shares[k] += 1 / target.rows;
  const { x, residual, unique } = nonNegativeLeastSquares(confusion, columns, columns, shares);
  const notes: string[] = [];
  if (residual > 1e-9)
    notes.push("No non-negative class weights explain the target exactly; the closest ones are used.");
  if (!unique)
    notes.push(
      "Some classes cannot be told apart by what is predicted, so their shares stay open; EM may do better.",
    );
  return { weights: normalised([...x], source), status: "ok", notes };
}

/** Weights under which the shares sum to 1; all equal where nothing was found. */
function normalised(weights: readonly number[], source: readonly number[]): number[] {
  const sum = weights.reduce((total, w, k) => total + w * source[k], 0);
  return weights.map((w, k) => (source[k] === 0 ? 0 : sum > 0 ? w / sum : 1));
}

function largest({ data, rows, columns }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (let k = 1; k < columns; k++) if (data[i * columns + k] > data[i * columns + best]) best = k;
    return best;
  });
}

/** Rows times the class weights, divided by their sum; a row with no mass left keeps its probabilities. */
export function reweight({ data, rows, columns }: Matrix, weights: ArrayLike<number>): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let start = 0; start < result.length; start += columns) {
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      result[start + k] = data[start + k] * weights[k];
      sum += result[start + k];
    }
    for (let k = start; k < start + columns; k++) result[k] = sum > 0 ? result[k] / sum : data[k];
  }
  return result;
}
