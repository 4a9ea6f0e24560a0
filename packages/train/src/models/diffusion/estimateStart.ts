import { openModel, type TensorData } from "@credence/runtime";
import type { DiffusionCard } from "./diffusionCard.js";
import { signalShares } from "./noiseSchedule.js";

/** Labels of the rows, and how far to go towards them. */
export interface Guide {
  readonly labels: Int32Array;
  readonly guidance: number;
}

/** The guide of some rows. */
export const guideOf = (guide: Guide | null, from: number, to: number): Guide | null =>
  guide && { ...guide, labels: guide.labels.slice(from, to) };

/** What is known of a model before its errors are measured. */
export type DiffusionFacts = Omit<DiffusionCard, "kind" | "errors">;

/** A trained network that runs in a worker, as what it is asked for: which clean sample is this? */
export interface StartEstimator {
  readonly card: DiffusionFacts;
  /** ᾱ₀ … ᾱ_T. */
  readonly shares: Float64Array;
  /** The most rows to ask for at once. */
  readonly together: number;
  /** The channel of each column. */
  readonly channelOf: Int32Array;
  /** The clean samples for noisy rows (standardised) at their times, held within the range of the training data. */
  estimate(
    x: Float32Array<ArrayBuffer>,
    times: Float64Array,
    guide: Guide | null,
    signal?: AbortSignal,
  ): Promise<Float64Array>;
  release(): Promise<void>;
}

/** Values that one run of the network works on: enough to fill the processor, few enough to stay in its cache. */
const VALUES_A_RUN = 16_384;
const MOST_ROWS_A_RUN = 1024;

export async function openStartEstimator(onnx: Uint8Array, card: DiffusionFacts): Promise<StartEstimator> {
  const { features, steps, predict, channels } = card;
  const network = await openModel(onnx);
  const shares = signalShares(card.schedule, steps);
  const span = features / channels.length;
  const channelOf = Int32Array.from({ length: features }, (_, j) => Math.floor(j / span));

  /** What the network says of noisy rows at their times. */
  async function outputOf(
    x: Float32Array<ArrayBuffer>,
    times: Float64Array,
    guide: Guide | null,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const n = times.length;
    const feeds: { [name: string]: TensorData } = {
      x: { type: "float32", shape: [n, features], data: x },
      time: { type: "float32", shape: [n, 1], data: Float32Array.from(times, (t) => t / steps) },
    };
    const run = async (told: number) => {
      const condition: { [name: string]: TensorData } = guide
        ? {
            label: { type: "int64", shape: [n], data: BigInt64Array.from(guide.labels, BigInt) },
            told: { type: "float32", shape: [n, 1], data: new Float32Array(n).fill(told) },
          }
        : {};
      return (await network.run({ ...feeds, ...condition }, { signal })).output.data as Float32Array;
    };
    if (!guide || guide.guidance === 1) return run(1);
    const without = await run(0);
    if (guide.guidance === 0) return without;
    // Noise and velocity at a given x are linear in each other, so that either may be extrapolated.
    const given = await run(1);
    return given.map((v, i) => without[i] + guide.guidance * (v - without[i]));
  }

  async function estimate(
    x: Float32Array<ArrayBuffer>,
    times: Float64Array,
    guide: Guide | null,
    signal?: AbortSignal,
  ): Promise<Float64Array> {
    const output = await outputOf(x, times, guide, signal);
    return Float64Array.from(output, (said, i) => {
      const share = shares[times[Math.floor(i / features)]];
      const clean =
        predict === "noise"
          ? (x[i] - Math.sqrt(1 - share) * said) / Math.sqrt(share)
          : Math.sqrt(share) * x[i] - Math.sqrt(1 - share) * said;
      const { low, high } = channels[channelOf[i % features]];
      return Math.min(high, Math.max(low, clean));
    });
  }

  const together = Math.max(1, Math.min(MOST_ROWS_A_RUN, Math.floor(VALUES_A_RUN / features)));
  return { card, shares, together, channelOf, estimate, release: () => network.release() };
}
