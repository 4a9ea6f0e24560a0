import { type Estimate, halfSampleStrata, sidakLevel } from "credence/estimate";
import { compareGenerators, kernelDistance, precisionRecallCurveSteps } from "credence/fidelity";
import type { Matrix } from "credence/numeric";
import type { FeatureSet } from "./features.js";
import type { PairReport } from "./fidelity.js";
import type { FidelityKernels } from "./fidelityKernels.js";
import { finishWith } from "./finishWith.js";
import { takeRows } from "./readFeatures.js";

/** Rows a fold needs at least for two generators to be compared. */
const FOLD_ROWS = 40;
/** Half samples for a difference of areas; fewer where each takes seconds. */
const RESAMPLES = 40;
const FEW_RESAMPLES = 12;
const MUCH_WORK = 5e10;

interface PairSettings {
  readonly level: number;
  readonly seed: number;
  readonly kernels: FidelityKernels | null;
}

/** Every two generators against the same real rows. */
export async function comparePairs(
  real: FeatureSet,
  sets: readonly FeatureSet[],
  { level, seed, kernels }: PairSettings,
): Promise<PairReport[] | null> {
  const rows = Math.min(
    ...[real, ...sets].map(({ matrix, groups }) => (groups ? new Set(groups).size : matrix.rows)),
  );
  const folds = Math.min(10, Math.floor(rows / FOLD_ROWS));
  if (sets.length < 2 || folds < 2) return null;
  const count = (sets.length * (sets.length - 1)) / 2;
  const strict = sidakLevel(level, 2 * count);
  const reports: PairReport[] = [];
  for (const [i, first] of sets.entries())
    for (const second of sets.slice(i + 1))
      reports.push({
        first: first.name,
        second: second.name,
        auc: { ...(await areaDifference(real, first, second, { level: strict, seed, kernels })), level },
        kernel: {
          ...compareGenerators(
            real.matrix,
            first.matrix,
            second.matrix,
            (a, b) => kernelDistance(a, b, { interval: false }).value,
            {
              folds,
              level: strict,
              seed,
              groups: {
                ...(real.groups && { real: real.groups }),
                ...(first.groups && { first: first.groups }),
                ...(second.groups && { second: second.groups }),
              },
            },
          ).difference,
          level,
        },
      });
  return reports;
}

/**
 * The difference of the areas under two curves, by half samples that share their real rows. Not by folds: the area
 * depends on the number of rows, and small folds may rank generators the other way round.
 */
export async function areaDifference(
  real: FeatureSet,
  first: FeatureSet,
  second: FeatureSet,
  { level, seed, kernels }: PairSettings,
): Promise<Estimate> {
  const sets = [real, first, second];
  const work = real.matrix.rows * (first.matrix.rows + second.matrix.rows) * real.matrix.columns;
  const area = async (reals: Matrix, matrix: Matrix) => {
    const steps = precisionRecallCurveSteps(reals, matrix, { interval: false, angles: 2, seed });
    return (await finishWith(kernels, steps)).auc.value;
  };
  const strata = sets.map(({ matrix, groups }) => ({ rows: matrix.rows, ...(groups && { groups }) }));
  const options = { level, seed, resamples: work > MUCH_WORK ? FEW_RESAMPLES : RESAMPLES };
  // Kernels take their time, statistics of half samples may not: the halves are drawn first, then drawn alike again.
  const halves: (readonly Int32Array[])[] = [];
  halfSampleStrata(strata, (rows) => [halves.push(rows)], options);
  const differences: number[] = [];
  for (const rows of halves) {
    const [reals, a, b] = sets.map(({ matrix }, s) =>
      rows[s].length === matrix.rows ? matrix : takeRows(matrix, rows[s]),
    );
    differences.push((await area(reals, a)) - (await area(reals, b)));
  }
  let next = 0;
  const [difference] = halfSampleStrata(strata, () => [differences[next++]], options);
  return difference;
}
