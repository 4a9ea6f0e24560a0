import { argsort } from "credence/numeric";

/** Rows of one part. */
export interface LossRows {
  readonly confidences: Float64Array;
  /** Shares of the largest loss, in [0, 1]. */
  readonly losses: Float64Array;
  readonly groups: Int32Array | null;
}

/** The answers that go out at one threshold, counted in independent units: groups with such answers, or rows. */
export interface AcceptedUnits {
  readonly threshold: number;
  readonly units: number;
  /** Mean over units of the mean loss of their answers that go out. */
  readonly meanLoss: number;
  /** Answers that go out. */
  readonly rows: number;
}

/** Thresholds to try: the distinct confidences, at most 100 of them evenly by rank, descending. */
export function thresholdsOf(confidences: Float64Array, most = 100): number[] {
  const distinct = [...new Set(confidences)].sort((a, b) => b - a);
  if (distinct.length <= most) return distinct;
  const sorted = Float64Array.from(confidences).sort();
  const chosen = Array.from(
    { length: most },
    (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (most - 1))],
  );
  return [...new Set(chosen)].sort((a, b) => b - a);
}

/** What goes out at each of the thresholds, which descend. */
export function sweepLosses(
  { confidences, losses, groups }: LossRows,
  thresholds: readonly number[],
): AcceptedUnits[] {
  const order = argsort(confidences);
  const sums = new Map<number, { sum: number; count: number }>();
  let [total, units, rows] = [0, 0, 0];
  return thresholds.map((threshold) => {
    for (; rows < order.length && confidences[order[order.length - 1 - rows]] >= threshold; rows++) {
      const i = order[order.length - 1 - rows];
      if (!groups) {
        total += losses[i];
        units++;
        continue;
      }
      const group = sums.get(groups[i]) ?? { sum: 0, count: 0 };
      if (group.count === 0) units++;
      else total -= group.sum / group.count;
      group.sum += losses[i];
      group.count++;
      total += group.sum / group.count;
      sums.set(groups[i], group);
    }
    // Sums that are taken back and forth may miss the ends by a rounding error.
    const meanLoss = units === 0 ? 0 : Math.min(Math.max(total / units, 0), 1);
    return { threshold, units, meanLoss, rows };
  });
}

/** The loss of each unit's answers that go out at a threshold; units without any are left out. */
export function acceptedLosses({ confidences, losses, groups }: LossRows, threshold: number): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let i = 0; i < losses.length; i++) {
    if (confidences[i] < threshold) continue;
    const unit = groups ? groups[i] : i;
    const found = sums.get(unit);
    if (found) {
      found.sum += losses[i];
      found.count++;
    } else sums.set(unit, { sum: losses[i], count: 1 });
  }
  return Float64Array.from(sums.values(), ({ sum, count }) => sum / count);
}

/** The loss of every row where those below the threshold are held back and lose nothing. */
export const lossesPerAnswer = ({ confidences, losses }: LossRows, threshold: number): Float64Array =>
  losses.map((loss, i) => (confidences[i] >= threshold ? loss : 0));
