import { adaptiveConformal, conformalThreshold, leastCalibrationSize, runOnline } from "credence/conformal";
import { sumsBootstrap } from "credence/estimate";
import { binomialQuantile } from "credence/numeric";
import { missRate } from "../guarantee/coverageOption.js";
import { intervalRows, type Predictions, sourcesOf } from "./intervalRows.js";
import type { OverTime, StreamSummary } from "./regression.js";

const GAMMA = 0.02;
/** Share of the rows that only calibrates. */
const WARM_UP = 0.25;
/** Points of the rolling coverage, and rows of the fan: more cannot be seen. */
const MOST_POINTS = 300;
const LAST_ROWS = 120;

/** A row's time, and the block of neighbours in time that it is in. */
export interface Timeline {
  /** Ascending. */
  readonly times: Float64Array;
  readonly dated: boolean;
}

/** About √n rows in each of about √n blocks: rows at one time stay together. */
export function timeBlocks(times: Float64Array): Int32Array {
  const size = blockSize(times.length);
  const blocks = new Int32Array(times.length);
  for (let i = 1; i < blocks.length; i++)
    blocks[i] = times[i] === times[i - 1] ? blocks[i - 1] : Math.max(Math.floor(i / size), blocks[i - 1]);
  return blocks;
}

export const blockSize = (rows: number): number => Math.max(1, Math.round(Math.sqrt(rows)));

/**
 * Adaptive conformal inference row by row, beside one threshold from the first rows; null where there are too few rows to
 * judge after a warm-up.
 * @param rows In the order of time.
 */
export function computeOverTime(
  rows: Predictions,
  { times, dated }: Timeline,
  { target, level, seed }: { target: number; level: number; seed: number },
): OverTime | null {
  const [source] = sourcesOf(rows);
  const { scores, at, observed } = intervalRows(rows, source);
  const alpha = missRate(target);
  const n = scores.length;
  const warmUp = Math.max(leastCalibrationSize(alpha), Math.floor(WARM_UP * n));
  const tested = n - warmUp;
  if (tested < 2) return null;
  const past = scores.slice(0, warmUp);
  const stream = adaptiveConformal({ alpha, gamma: GAMMA, scores: past });
  const { thresholds, covered } = runOnline(stream, scores.subarray(warmUp));
  const { threshold } = conformalThreshold(past, alpha);
  const kept = Uint8Array.from({ length: tested }, (_, k) => Number(scores[warmUp + k] <= threshold));
  const blocks = timeBlocks(times.subarray(warmUp));

  const summarise = (hits: Uint8Array, cut: (k: number) => number): StreamSummary => {
    const addends = {
      data: Float64Array.from({ length: 2 * tested }, (_, j) => (j % 2 ? 1 : hits[j / 2])),
      rows: tested,
      columns: 2,
    };
    const estimate = sumsBootstrap(addends, ([held, all]) => held / all, {
      groups: blocks,
      kind: "percentile",
      level,
      seed,
    });
    let [sum, finite, infinite] = [0, 0, 0];
    for (let k = 0; k < tested; k++) {
      const [low, high] = at(warmUp + k, cut(k));
      const width = Math.max(high - low, 0);
      if (width === Infinity) infinite++;
      else {
        finite++;
        sum += width;
      }
    }
    return {
      coverage: { ...estimate, method: "block-bootstrap-percentile" },
      width: finite > 0 ? sum / finite : null,
      infinite,
    };
  };

  const from = Math.max(0, tested - LAST_ROWS);
  const last = Array.from({ length: tested - from }, (_, k) => from + k);
  const intervals = last.map((k) => at(warmUp + k, thresholds[k]));
  return {
    source,
    target,
    gamma: GAMMA,
    warmUp,
    tested,
    block: blockSize(tested),
    adaptive: { ...summarise(covered, (k) => thresholds[k]), errorBound: stream.errorBound },
    fixed: summarise(kept, () => threshold),
    rolling: rollingCoverage(covered, kept, times.subarray(warmUp), target),
    last: {
      times: last.map((k) => times[warmUp + k]),
      prediction: last.map((k) => rows.prediction[warmUp + k]),
      low: intervals.map(([low]) => low),
      high: intervals.map(([, high]) => high),
      observed: last.map((k) => observed[warmUp + k]),
    },
    dated,
  };
}

function rollingCoverage(
  adaptive: Uint8Array,
  fixed: Uint8Array,
  times: Float64Array,
  target: number,
): OverTime["rolling"] {
  const n = adaptive.length;
  const window = Math.min(100, Math.max(20, Math.round(n / 10)));
  if (n < 2 * window) return null;
  const step = Math.ceil((n - window + 1) / MOST_POINTS);
  const ends: number[] = [];
  for (let end = n; end >= window; end -= step) ends.unshift(end);
  const rolling = (hits: Uint8Array) =>
    ends.map((end) => hits.subarray(end - window, end).reduce((sum, hit) => sum + hit, 0) / window);
  const quantile = (q: number) => binomialQuantile(q, window, target) / window;
  return {
    window,
    times: ends.map((end) => times[end - 1]),
    adaptive: rolling(adaptive),
    fixed: rolling(fixed),
    expected: [quantile(0.025), quantile(0.975)],
  };
}
