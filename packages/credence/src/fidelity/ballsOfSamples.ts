import type { Stratum } from "../estimate/strata.js";
import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Balls, checkBalls, createBalls, neighboursForHalves } from "./balls.js";
import { checkedSamples, checkNeighbourCount, type ResamplingOptions } from "./samples.js";

/** What half samples are drawn from: the real rows, and the generated ones. */
export type Strata = readonly [real: Stratum, generated: Stratum];

/** The balls of two samples out to the k-th neighbour, and to as many more as the half samples of an interval need. */
export function ballsOfSamples(
  fn: string,
  [real, generated]: readonly [Matrix, Matrix],
  k: number,
  options: ResamplingOptions,
): [real: Balls, generated: Balls, strata: Strata] {
  const samples = checkedSamples(fn, real, generated, options);
  checkNeighbourCount(fn, "real", samples.real.rows, k);
  checkNeighbourCount(fn, "generated", samples.generated.rows, k);
  const kept = ({ rows }: Matrix) => (options.interval === false ? k : neighboursForHalves(k, rows));
  const balls = createBalls(samples.real, samples.generated, [kept(samples.real), kept(samples.generated)]);
  return [...balls, samples.strata];
}

/** Checks balls that were made elsewhere; their rows stand alone. */
export function strataOfBalls(fn: string, real: Balls, generated: Balls, options: ResamplingOptions): Strata {
  checkOptions(fn, options);
  checkBalls(fn, { real, generated });
  return [{ rows: real.own.rows }, { rows: generated.own.rows }];
}
