import { type Estimate, halfSampleStrata, sidakLevel } from "credence/estimate";
import { compareGenerators, kernelDistance, precisionRecallCurve } from "credence/fidelity";
import type { FeatureSet } from "./features.js";
import type { PairReport } from "./fidelity.js";
import { takeRows } from "./readFeatures.js";

/** Rows a fold needs at least for two generators to be compared. */
const FOLD_ROWS = 40;
/** Half samples for a difference of areas; fewer where each takes seconds. */
const RESAMPLES = 40;
const FEW_RESAMPLES = 12;
const MUCH_WORK = 5e10;

/** Every two generators against the same real rows. */
export function comparePairs(
  real: FeatureSet,
  sets: readonly FeatureSet[],
  { level, seed }: { level: number; seed: number },
): PairReport[] | null {
  const rows = Math.min(
    ...[real, ...sets].map(({ matrix, groups }) => (groups ? new Set(groups).size : matrix.rows)),
  );
  const folds = Math.min(10, Math.floor(rows / FOLD_ROWS));
  if (sets.length < 2 || folds < 2) return null;
  const count = (sets.length * (sets.length - 1)) / 2;
  const strict = sidakLevel(level, 2 * count);
  return sets.flatMap((first, i) =>
    sets.slice(i + 1).map((second) => ({
      first: first.name,
      second: second.name,
      auc: { ...areaDifference(real, first, second, strict, seed), level },
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
    })),
  );
}

/**
 * The difference of the areas under two curves, by half samples that share their real rows. Not by folds: the area
 * depends on the number of rows, and small folds may rank generators the other way round.
 */
export function areaDifference(
  real: FeatureSet,
  first: FeatureSet,
  second: FeatureSet,
  level: number,
  seed: number,
): Estimate {
  const sets = [real, first, second];
  const work = real.matrix.rows * (first.matrix.rows + second.matrix.rows) * real.matrix.columns;
  const [difference] = halfSampleStrata(
    sets.map(({ matrix, groups }) => ({ rows: matrix.rows, ...(groups && { groups }) })),
    (rows) => {
      const [reals, ...others] = sets.map(({ matrix }, s) =>
        rows[s].length === matrix.rows ? matrix : takeRows(matrix, rows[s]),
      );
      const [a, b] = others.map(
        (matrix) => precisionRecallCurve(reals, matrix, { interval: false, angles: 2, seed }).auc.value,
      );
      return [a - b];
    },
    { level, seed, resamples: work > MUCH_WORK ? FEW_RESAMPLES : RESAMPLES },
  );
  return difference;
}
