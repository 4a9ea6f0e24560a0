import type { Outcomes } from "../numeric/check.js";
import { argsort } from "../numeric/sort.js";

/** Rows pooled into levels of the score: tied scores always share a level. */
export interface ScoreLevels {
  /** Mean score of each level, ascending. */
  readonly scores: number[];
  /** Weight of the successes in each level. */
  readonly successes: number[];
  /** Weight of all rows in each level, positive. */
  readonly totals: number[];
}

/**
 * Pools tied scores; where more than `most` distinct scores remain, neighbours are pooled too, into about `most` levels
 * of equal weight.
 */
export function scoreLevels(
  scores: ArrayLike<number>,
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
  most = Infinity,
): ScoreLevels {
  const levels: ScoreLevels = { scores: [], successes: [], totals: [] };
  let last = Number.NaN;
  let all = 0;
  for (const i of argsort(scores)) {
    const weight = weights ? weights[i] : 1;
    if (weight === 0) continue;
    if (scores[i] !== last) {
      levels.scores.push(scores[i] + 0);
      levels.successes.push(0);
      levels.totals.push(0);
      last = scores[i];
    }
    levels.successes[levels.successes.length - 1] += weight * Number(outcomes[i]);
    levels.totals[levels.totals.length - 1] += weight;
    all += weight;
  }
  return levels.scores.length <= most ? levels : pooled(levels, all / most);
}

function pooled({ scores, successes, totals }: ScoreLevels, least: number): ScoreLevels {
  const result: ScoreLevels = { scores: [], successes: [], totals: [] };
  let total = 0;
  let success = 0;
  let weighted = 0;
  for (let i = 0; i < scores.length; i++) {
    total += totals[i];
    success += successes[i];
    weighted += totals[i] * scores[i];
    if (total < least && i < scores.length - 1) continue;
    result.scores.push(weighted / total);
    result.successes.push(success);
    result.totals.push(total);
    total = success = weighted = 0;
  }
  return result;
}
