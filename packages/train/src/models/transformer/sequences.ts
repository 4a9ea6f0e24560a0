import type { EntropyDecomposition } from "credence/ensemble";
import type { BeamOptions, GenerateOptions, SequenceSampleOptions } from "./generate.js";
import type { Sequence } from "./tokeniser.js";

// What models of sequences can do, as capabilities.ts says it of models of rows.

/** A sequence that was generated. */
export interface Generated {
  /** Its tokens, without the end. */
  readonly tokens: readonly string[];
  /** The tokens as one text. */
  readonly text: string;
  /** Whether its end was reached; if not, it was cut off. */
  readonly ended: boolean;
  /**
   * ln p of the tokens, and of the end where it was reached, under the model itself: without temperature or truncation.
   */
  readonly logProbability: number;
  /** The parts of that sum, one for each token and for the end. */
  readonly tokenLogProbabilities: Float64Array;
}

/** A token of a sequence, given those before it. */
export interface TokenProbability {
  /** The token; "<end>" for the end of the sequence. */
  readonly token: string;
  readonly logProbability: number;
  /** The most probable tokens in its place, itself perhaps among them, the most probable first. */
  readonly top: readonly { readonly token: string; readonly logProbability: number }[];
}

export interface AlternativesOptions {
  /** Alternatives for each place. Default 0. */
  top?: number;
  signal?: AbortSignal;
}

/** An explicit density: ln p of sequences, or of pairs' targets given their sources. */
export interface SequenceDensity<T> {
  /** ln p of each, in nats; the end of the sequence counts. */
  logProbability(items: readonly T[], options?: { signal?: AbortSignal }): Promise<Float64Array>;
  /** The parts of that sum: a probability for each token and for the end, with alternatives. */
  tokenProbabilities(items: readonly T[], options?: AlternativesOptions): Promise<TokenProbability[][]>;
}

/** Knows how much the members of an ensemble disagree. */
export interface SequenceUncertainty<T> {
  /**
   * For each item the entropy of the next token in nats, given the item's tokens before it, at the place of each token and
   * of the end: total = aleatoric (mean of the members) + epistemic (their disagreement). The sum of the totals over the
   * places, averaged over sequences drawn from the ensemble, is the entropy of a whole sequence (Malinin & Gales 2021).
   */
  uncertainty(
    items: readonly T[],
    options?: { signal?: AbortSignal },
  ): Promise<EntropyDecomposition<Float64Array>[]>;
}

/** Draws from p(sequence). */
export interface SequenceSampler {
  /** Draws sequences. `prompt`: how all of them begin, which is not repeated in the result. Default: nothing. */
  sample(count: number, options?: SequenceSampleOptions & { prompt?: Sequence }): Promise<Generated[]>;
}

/** Draws from p(target | source). */
export interface ConditionalSequenceSampler {
  /** One target for each source. */
  sample(sources: readonly Sequence[], options?: SequenceSampleOptions): Promise<Generated[]>;
}

/** Follows the most probable tokens. */
export interface SequenceSearch {
  /** The most probable token, again and again, from each start. */
  greedy(starts: readonly Sequence[], options?: GenerateOptions): Promise<Generated[]>;
  /** The most probable sequences that a search of limited breadth finds from each start, the most probable first. */
  beamSearch(starts: readonly Sequence[], options?: BeamOptions): Promise<Generated[][]>;
}
