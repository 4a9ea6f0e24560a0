import type { Runtime } from "../runtime.js";
import type { KernelSettings } from "./kernelSettings.js";
import { float64Tensor, type Step, workOff } from "./trailing.js";

/** Columns that are factored at a time. */
const WIDTH = 64;

/**
 * Upper triangular U with A = Uᵀ U for a positive semidefinite A (n × n, handed over), as `semidefiniteFactor` of credence makes it: a
 * pivot of rounding size makes a zero row.
 */
export async function upperFactorOn(
  runtime: Runtime,
  matrix: Float64Array<ArrayBuffer>,
  n: number,
  settings: KernelSettings,
): Promise<Float64Array<ArrayBuffer>> {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, matrix[i * n + i]);
  const tiny = largest * n * Number.EPSILON;
  const upper = new Float64Array(n * n);
  await workOff(
    runtime,
    matrix,
    n,
    WIDTH,
    step,
    (panel, top, count) => {
      const lower = Float64Array.from(panel);
      factorPanel(lower, count, tiny);
      for (let i = 0, at = 0; i < n - top; i++)
        for (let j = 0; j < count; j++, at++) upper[(top + j) * n + top + i] = lower[at];
      return { left: float64Tensor(lower, n - top, count) };
    },
    settings,
  );
  return upper;
}

/** The first columns of the Cholesky factor, in place; zeros above the diagonal. */
function factorPanel(panel: Float64Array, count: number, tiny: number): void {
  const rows = panel.length / count;
  for (let i = 0; i < rows; i++) {
    const row = i * count;
    for (let j = 0; j < count; j++) {
      if (j > i) {
        panel[row + j] = 0;
        continue;
      }
      const column = j * count;
      let sum = panel[row + j];
      for (let k = 0; k < j; k++) sum -= panel[row + k] * panel[column + k];
      const pivot = panel[column + j];
      if (i === j) panel[row + j] = sum > tiny ? Math.sqrt(sum) : 0;
      else panel[row + j] = pivot > 0 ? sum / pivot : 0;
    }
  }
}

const step: Step = {
  name: "factor",
  nodes: [{ op: "Identity", inputs: ["left"], outputs: ["right"] }],
  inputs: [{ name: "left", type: "float64", shape: ["rows", "width"] }],
};
