import { createRandom } from "../numeric/random.js";

/** 400 rows by integer arithmetic, which other tools can make too; confidences fall on bin edges and are never tied. */
export function fixedSample() {
  const confidences = Float64Array.from({ length: 400 }, (_, i) => ((i * 37 + 11) % 401) / 400);
  const outcomes = Uint8Array.from(confidences, (p, i) => +((i * i * 7 + 3 * i) % 13 < 13 * p * p));
  return { confidences, outcomes };
}

/** Rows whose outcomes come true with probability truth(p). */
export function randomSample(n: number, seed: number, truth: (p: number) => number = (p) => p) {
  const random = createRandom(seed);
  const confidences = Float64Array.from({ length: n }, () => random.uniform());
  const outcomes = Uint8Array.from(confidences, (p) => +(random.uniform() < truth(p)));
  return { confidences, outcomes };
}
