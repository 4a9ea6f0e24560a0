import { conformalRiskControl, hoeffdingBentkus } from "credence/conformal";
import { fixedSequenceTest } from "credence/estimate";
import { type AcceptedUnits, type LossRows, lossesPerAnswer } from "./lossSweep.js";

/** A threshold found among those tried, or why there is none. */
export interface FoundThreshold {
  readonly threshold: number | null;
  /** Mean loss of the units, a share of the largest; null without a threshold. */
  readonly loss: number | null;
  /** Units of the certify part that would be needed; null where these rows cannot tell. */
  readonly needed: number | null;
}

/** What is promised, in shares of the largest loss. */
export interface RiskTarget {
  readonly alpha: number;
  readonly delta: number;
  /** Every loss is 0 or the largest, and units are rows. */
  readonly binary: boolean;
}

const NONE = { threshold: null, loss: null, needed: null } as const;

const pValueOf = ({ units, meanLoss }: AcceptedUnits, { alpha, binary }: RiskTarget): number =>
  units === 0 ? 1 : hoeffdingBentkus(meanLoss, units, alpha, binary);

/** Where walks start: at the threshold for which these rows, which do not certify, speak most clearly. */
export function startOf(fit: readonly AcceptedUnits[], target: RiskTarget): number {
  const pValues = fit.map((point) => pValueOf(point, target));
  return pValues.indexOf(Math.min(...pValues));
}

/**
 * Learn then Test with Hoeffding–Bentkus p-values: from the start downwards until one fails. Given that a unit has
 * answers that go out, their losses are independent of the others', so that each p-value counts only such units.
 */
export function certifiedFrom(
  start: number,
  points: readonly AcceptedUnits[],
  target: RiskTarget,
): FoundThreshold {
  const tested = points.slice(start);
  const budgets = tested.map((_, k) => (k === 0 ? target.delta : 0));
  const steps = fixedSequenceTest((k) => pValueOf(tested[k], target), budgets);
  return (
    lowest(
      tested,
      steps.map(({ rejected }) => rejected),
    ) ?? {
      ...NONE,
      needed: leastNeeded(start, points, target.alpha, ({ meanLoss }) => leastUnits(meanLoss, target)),
    }
  );
}

/** The inequality of conformal risk control on the units that have answers that go out, from the start downwards. */
export function expectedFrom(
  start: number,
  points: readonly AcceptedUnits[],
  { alpha }: RiskTarget,
): FoundThreshold {
  const tested = points.slice(start);
  const stop = tested.findIndex(
    ({ units, meanLoss }) => units * meanLoss + 1 > alpha * (units + 1) * (1 + 1e-12),
  );
  const kept = tested.map((_, k) => stop < 0 || k < stop);
  const needed = (unit: AcceptedUnits) => (1 - alpha) / (alpha - unit.meanLoss);
  return lowest(tested, kept) ?? { ...NONE, needed: leastNeeded(start, points, alpha, needed) };
}

/** Conformal risk control of the loss per answer asked: it falls as the threshold rises, so halving finds the lowest. */
export function perAnswerOf(
  rows: LossRows,
  thresholds: readonly number[],
  { alpha }: RiskTarget,
): FoundThreshold {
  const groups = rows.groups ? { groups: rows.groups } : {};
  const control = (threshold: number) =>
    conformalRiskControl(
      { data: lossesPerAnswer(rows, threshold), rows: rows.losses.length, columns: 1 },
      { alpha, lambdas: [threshold], ...groups },
    );
  const top = control(thresholds[0]);
  if (top.index === null) {
    const needed = top.risk < alpha ? Math.ceil((1 - alpha) / (alpha - top.risk)) : null;
    return { ...NONE, needed };
  }
  let [kept, broken] = [0, thresholds.length];
  while (broken - kept > 1) {
    const middle = (kept + broken) >> 1;
    if (control(thresholds[middle]).index === null) broken = middle;
    else kept = middle;
  }
  const { lambda, risk } = control(thresholds[kept]);
  return { threshold: lambda, loss: risk, needed: null };
}

function lowest(points: readonly AcceptedUnits[], kept: readonly boolean[]): FoundThreshold | null {
  const at = kept.lastIndexOf(true);
  return at < 0 ? null : { threshold: points[at].threshold, loss: points[at].meanLoss, needed: null };
}

/**
 * About how many units in all it would take for the walk to get going, were losses what they were here: at its start; where
 * that lost too much, at the best threshold, but more than there were, as these led to the wrong start.
 */
function leastNeeded(
  start: number,
  points: readonly AcceptedUnits[],
  alpha: number,
  acceptedNeeded: (point: AcceptedUnits) => number,
): number | null {
  const all = points.reduce((most, { units }) => Math.max(most, units), 0);
  const possible = ({ units, meanLoss }: AcceptedUnits) => units > 0 && meanLoss < alpha;
  const inAll = (point: AcceptedUnits) => Math.ceil(acceptedNeeded(point) / (point.units / all));
  if (possible(points[start])) return inAll(points[start]);
  const others = points.filter(possible).map(inAll);
  return others.length === 0 ? null : Math.max(all + 1, Math.min(...others));
}

/** The fewest units whose p-value is at most δ at this mean loss, which is below α. */
export function leastUnits(meanLoss: number, { alpha, delta, binary }: RiskTarget): number {
  const enough = (units: number) => hoeffdingBentkus(meanLoss, units, alpha, binary) <= delta;
  let high = 1;
  while (!enough(high) && high < 1e9) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The upper bound of the expected loss that Hoeffding–Bentkus gives with probability 1 − δ, for one threshold alone. */
export function upperBound({ units, meanLoss }: AcceptedUnits, { delta, binary }: RiskTarget): number {
  let [low, high] = [Math.max(meanLoss, 1e-9), 1 - 1e-9];
  if (units === 0 || hoeffdingBentkus(meanLoss, units, high, binary) > delta) return 1;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (hoeffdingBentkus(meanLoss, units, middle, binary) <= delta) high = middle;
    else low = middle;
  }
  return high;
}
