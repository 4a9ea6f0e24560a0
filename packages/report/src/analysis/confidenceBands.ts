import type { ConfidenceBand } from "./report.js";

const NAMES: Readonly<Record<number, readonly string[]>> = {
  1: [""],
  2: ["hesitant", "confident"],
  3: ["hesitant", "middling", "confident"],
};

/**
 * Up to three bands of confidence, each with about a third of the rows; fewer where many confidences are equal. A band
 * holds the confidences from its lower end up to, but without, the next one's.
 */
export function confidenceBands(confidences: Float64Array): ConfidenceBand[] {
  const sorted = confidences.slice().sort();
  const edges = [...new Set([1 / 3, 2 / 3].map((share) => edgeAt(sorted, share)))].filter(
    (edge) => edge > sorted[0],
  );
  const ends = [0, ...edges, 1];
  return NAMES[edges.length + 1].map((name, k) => ({ name, from: ends[k], to: ends[k + 1] }));
}

/** The band of a confidence. */
export function bandOf(bands: readonly ConfidenceBand[], confidence: number): number {
  let band = bands.length - 1;
  while (band > 0 && confidence < bands[band].from) band--;
  return band;
}

/** The confidence at a share of the rows; to two decimals where that cuts the rows well. */
function edgeAt(sorted: Float64Array, share: number): number {
  const exact = sorted[Math.floor(share * sorted.length)];
  const rounded = Math.round(100 * exact) / 100;
  const below = sorted.filter((p) => p < rounded).length / sorted.length;
  return Math.abs(below - share) <= 0.1 ? rounded : exact;
}
