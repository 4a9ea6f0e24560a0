import { isotonicCurve, reliabilityCurve } from "credence/calibration";
import type { Reliability } from "./report.js";
import { estimateOptions, type Scored } from "./scored.js";

/** More blocks than this are not told apart in a diagram. */
const MOST_BLOCKS = 400;

/**
 * The reliability diagram of the rows.
 * @param sample The rows, or a sample of them, for the isotonic curve, which sorts.
 */
export function computeReliability(
  rows: Scored,
  bins: number,
  level: number,
  seed: number,
  sample = rows,
): Reliability {
  const { confidences, outcomes } = rows;
  const options = { ...estimateOptions(rows, level, seed), bins, isotonic: false };
  const curve = reliabilityCurve(confidences, outcomes, options);
  const { edges, counts, positives } = curve.histogram;
  return {
    ...curve,
    isotonic: thin(isotonicCurve(sample.confidences, sample.outcomes)),
    histogram: { edges: [...edges], counts: [...counts], positives: [...positives] },
  };
}

function thin<T>(items: readonly T[]): readonly T[] {
  const step = Math.ceil(items.length / MOST_BLOCKS);
  return step <= 1 ? items : items.filter((_, i) => i % step === 0 || i === items.length - 1);
}
