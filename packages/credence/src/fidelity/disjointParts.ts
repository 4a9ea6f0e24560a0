import { unitRows } from "../estimate/strata.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { type Samples, takeRows } from "./samples.js";

/** Two samples of equal size. */
export interface Part {
  readonly real: Matrix;
  readonly generated: Matrix;
}

/** Cuts both samples into the same number of disjoint random parts, groups kept whole, real and generated of equal size. */
export function disjointParts(fn: string, samples: Samples, parts: number, seed: number): Part[] {
  const random = createRandom(seed);
  const units = samples.strata.map((stratum) => shuffle(random, unitRows(fn, stratum)));
  if (Math.min(units[0].length, units[1].length) < parts)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "parts", value: parts },
      "needs at least one row (or group) of each sample per part.",
    );
  const rowsOf = (list: readonly Int32Array[], part: number) =>
    list.filter((_, i) => i % parts === part).flatMap((unit) => Array.from(unit));
  return Array.from({ length: parts }, (_, part) => {
    const [a, b] = units.map((list) => rowsOf(list, part));
    const size = Math.min(a.length, b.length);
    return {
      real: takeRows(samples.real, a.slice(0, size)),
      generated: takeRows(samples.generated, b.slice(0, size)),
    };
  });
}
