import { sampleInteger } from "../numeric/distributions.js";
import type { Random } from "../numeric/random.js";

/** Confidence levels of the simulated models. */
const LEVELS = Array.from({ length: 50 }, (_, i) => (i + 51) / 101);

/** A model whose risk at every threshold is known exactly. */
export interface Population {
  readonly name: string;
  /** Rows: n of them, or n groups of them. */
  draw(random: Random, n: number): Sample;
  /** The risk of all answers with at least this confidence, over the whole population. */
  risk(threshold: number): number;
  /** The most rows of a group; 1 for independent rows. */
  readonly maxGroupSize: number;
}

export interface Sample {
  readonly confidences: Float64Array;
  readonly outcomes: Uint8Array;
  readonly groups: Int32Array;
}

/** Independent rows: confidences uniform over 50 levels, wrong with probability `error(confidence)`. */
export function independentRows(name: string, error: (confidence: number) => number): Population {
  return clusteredRows(name, [{ share: 1, size: 1, error }]);
}

/**
 * Groups of several kinds: a group is of a kind with probability `share`, has `size` rows, and each of its rows is wrong
 * with probability `error(confidence)`. Rows of a group are alike because they share their kind.
 */
export function clusteredRows(
  name: string,
  kinds: readonly { readonly share: number; readonly size: number; readonly error: (c: number) => number }[],
): Population {
  const until = kinds.map((_, k) => kinds.slice(0, k + 1).reduce((sum, { share }) => sum + share, 0));
  return {
    name,
    maxGroupSize: Math.max(...kinds.map((kind) => kind.size)),
    risk(threshold) {
      let errors = 0;
      let rows = 0;
      for (const { share, size, error } of kinds)
        for (const level of LEVELS)
          if (level >= threshold) {
            errors += share * size * error(level);
            rows += share * size;
          }
      return rows > 0 ? errors / rows : 0;
    },
    draw(random, n) {
      const confidences: number[] = [];
      const outcomes: number[] = [];
      const groups: number[] = [];
      for (let g = 0; g < n; g++) {
        const u = random.uniform();
        const kind = kinds[until.findIndex((share) => u < share)] ?? kinds[kinds.length - 1];
        for (let i = 0; i < kind.size; i++) {
          const confidence = LEVELS[sampleInteger(random, LEVELS.length)];
          confidences.push(confidence);
          outcomes.push(Number(random.uniform() >= kind.error(confidence)));
          groups.push(g);
        }
      }
      return {
        confidences: Float64Array.from(confidences),
        outcomes: Uint8Array.from(outcomes),
        groups: Int32Array.from(groups),
      };
    },
  };
}

/**
 * Models made to break a certificate for a risk of 10 %: everywhere a little above it; above it only below some
 * threshold, so that the walk comes to the edge; worst at the top; in groups, some of which are bad throughout.
 */
export const hostileIndependent: readonly Population[] = [
  independentRows("risk just above the target everywhere", () => 0.101),
  independentRows("risk that crosses the target", (c) => 1 - c ** 0.6),
  independentRows("risk that jumps at 0.8", (c) => (c >= 0.8 ? 0.05 : 0.3)),
  independentRows("worst at the top", (c) => (c > 0.97 ? 0.5 : 0.09)),
];

export const hostileClustered: readonly Population[] = [
  clusteredRows("one group in ten is wrong throughout", [
    { share: 0.899, size: 10, error: () => 0 },
    { share: 0.101, size: 10, error: () => 1 },
  ]),
  clusteredRows("large groups are worse", [
    { share: 0.8, size: 5, error: (c) => 0.05 * (1.6 - c) },
    { share: 0.2, size: 30, error: (c) => 0.14 + 0.2 * (0.85 - c) },
  ]),
  clusteredRows("a rare kind holds half of the risk", [
    { share: 0.95, size: 12, error: (c) => 0.09 * (1.35 - c) },
    { share: 0.05, size: 12, error: (c) => 1.3 - c },
  ]),
];
