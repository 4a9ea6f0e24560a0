import { checkCount } from "credence/numeric";
import type { LossPoint } from "../../loop/index.js";
import type { Trained } from "../capabilities.js";
import { type Card, type ModelFiles, saveModel } from "../card.js";
import {
  type BeamOptions,
  type Continuation,
  continueLines,
  type GenerateOptions,
  largest,
  logSoftmaxRow,
  type SequenceSampleOptions,
  samplerOf,
  searchBeams,
} from "./generate.js";
import { openNetwork, roundUp } from "./network.js";
import { encodeNetwork, type Precision, weightsIn } from "./networkFile.js";
import {
  checkLength,
  type Line,
  lineOf,
  lineOfItem,
  type Pair,
  packRows,
  type Span,
  spansOf,
} from "./packing.js";
import type {
  ConditionalSequenceSampler,
  Generated,
  SequenceDensity,
  SequenceSampler,
  SequenceSearch,
  TokenProbability,
} from "./sequences.js";
import { createTokeniser, type Sequence, type TokeniserJson } from "./tokeniser.js";
import type { Dimensions } from "./transformerNet.js";

/** What a saved transformer says about itself. */
export interface TransformerCard<K extends string = "transformer" | "conditionalTransformer"> extends Card {
  readonly kind: K;
  readonly dimensions: Dimensions;
  readonly overflow: "refuse" | "slide";
  readonly tokens: TokeniserJson;
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve, in nats a token. */
  readonly history: readonly LossPoint[];
}

export interface SaveOptions {
  /**
   * "float16" halves the size; each weight is rounded to 11 bits, so what is saved is not exactly this model. Default
   * "float32".
   */
  weights?: Precision;
}

interface Common<K extends string> extends Trained<TransformerCard<K>>, SequenceSearch {
  /** Writes the model into a folder; `load` reads it. */
  save(directory: string, options?: SaveOptions): Promise<void>;
}

/** A trained transformer, p(sequence). Searches start from the beginning of a sequence, which may be empty. */
export interface Transformer extends Common<"transformer">, SequenceDensity<Sequence>, SequenceSampler {}

/** A transformer trained on pairs, p(target | source). Searches start from a source. */
export interface ConditionalTransformer
  extends Common<"conditionalTransformer">,
    SequenceDensity<Pair>,
    ConditionalSequenceSampler {}

/** Opens a transformer over sequences from its files. */
export const openTransformer = (
  files: ModelFiles,
  card: TransformerCard<"transformer">,
): Promise<Transformer> => createTransformer(files[MODEL], card);

/** Opens a transformer over pairs from its files. */
export const openConditionalTransformer = (
  files: ModelFiles,
  card: TransformerCard<"conditionalTransformer">,
): Promise<ConditionalTransformer> => createConditionalTransformer(files[MODEL], card);

const MODEL = "model.onnx";

/** A transformer over sequences from its ONNX file. */
export async function createTransformer(
  onnx: Uint8Array,
  card: TransformerCard<"transformer">,
): Promise<Transformer> {
  const name = "Transformer";
  const core = await createCore(onnx, card, name);
  const start = (fn: string, argument: string) => (sequence: Sequence, index: number) =>
    core.startOf(`${name}.${fn}`, argument, index, [], sequence);
  return {
    ...core.density<Sequence>(),
    ...core.trained,
    card,
    sample: async (count, { prompt = [], ...options } = {}) => {
      checkCount(`${name}.sample`, "count", count);
      return core.sample(new Array(count).fill(start("sample", "prompt")(prompt, 0)), options);
    },
    greedy: async (starts, options) => core.greedy(starts.map(start("greedy", "starts")), options),
    beamSearch: async (starts, options) =>
      core.beamSearch(starts.map(start("beamSearch", "starts")), options),
  };
}

/** A transformer over pairs from its ONNX file. */
export async function createConditionalTransformer(
  onnx: Uint8Array,
  card: TransformerCard<"conditionalTransformer">,
): Promise<ConditionalTransformer> {
  const name = "ConditionalTransformer";
  const core = await createCore(onnx, card, name);
  const start = (fn: string) => (source: Sequence, index: number) =>
    core.startOf(`${name}.${fn}`, "sources", index, source, []);
  return {
    ...core.density<Pair>(),
    ...core.trained,
    card,
    sample: async (sources, options = {}) => core.sample(sources.map(start("sample")), options),
    greedy: async (sources, options) => core.greedy(sources.map(start("greedy")), options),
    beamSearch: async (sources, options) => core.beamSearch(sources.map(start("beamSearch")), options),
  };
}

/** What both have in common; `name` stands in messages. */
async function createCore(onnx: Uint8Array, card: TransformerCard, name: string) {
  const { dimensions, overflow } = card;
  const { context, vocabulary } = dimensions;
  const conditional = card.kind === "conditionalTransformer";
  const tokeniser = createTokeniser(card.tokens);
  const weights = weightsIn(onnx, dimensions);
  const network = await openNetwork(weights, dimensions);
  const room = { context, slides: overflow === "slide" && !conditional };

  const toGenerated = ({ tokens, logProbabilities, ended }: Continuation): Generated => {
    const symbols = tokens.map(tokeniser.symbol);
    const tokenLogProbabilities = Float64Array.from(logProbabilities);
    const logProbability = tokenLogProbabilities.reduce((a, b) => a + b, 0);
    return { tokens: symbols, text: symbols.join(""), ended, logProbability, tokenLogProbabilities };
  };

  /**
   * Hears, for the place of each token of each item and of its end, the log-probabilities of all tokens and which one comes
   * there; in any order.
   */
  async function score(
    fn: string,
    items: readonly (Sequence | Pair)[],
    signal: AbortSignal | undefined,
    hear: (item: number, place: number, known: Float64Array, next: number) => void,
  ): Promise<void> {
    const lines = items.map((item, index) => {
      const place = { function: `${name}.${fn}`, argument: "items", index };
      const line = lineOfItem(tokeniser, item, conditional, place);
      if (!room.slides) checkLength(place, line.tokens.length, context);
      return line;
    });
    const spans = lines.flatMap(({ tokens, source }, i) => spansOf(tokens.length, context, i, source));
    // Several short ones share a row; a few at a time, for the sake of memory.
    const order = spans.map((_, i) => i).sort((a, b) => lengthOf(spans[a]) - lengthOf(spans[b]));
    const together = Math.max(1, Math.floor(LOGITS_TOGETHER / (context * vocabulary)));
    for (let from = 0; from < order.length; from += together) {
      const part = order.slice(from, from + together).map((i) => spans[i]);
      const longest = Math.max(...part.map(lengthOf));
      const rows = packRows(lines, part, roundUp(longest, context), vocabulary);
      const logits = await network.logits(rows, { signal });
      part.forEach(({ line, to, from: first, counted }, i) => {
        const { row, place } = rows.at[i];
        for (let j = counted; j < to; j++) {
          const k = row * rows.places + place + j - first;
          hear(line, j - lines[line].source, logSoftmaxRow(logits, k), rows.next[k]);
        }
      });
    }
  }

  const trained = {
    save: (directory: string, { weights: precision = "float32" }: SaveOptions = {}) =>
      saveModel(directory, { [MODEL]: encodeNetwork(weights, dimensions, precision) }, card),
    release: network.release,
  };
  const density = <T extends Sequence | Pair>(): SequenceDensity<T> => ({
    async logProbability(items, { signal } = {}) {
      const totals = new Float64Array(items.length);
      await score("logProbability", items, signal, (item, _, known, next) => {
        totals[item] += known[next];
      });
      return totals;
    },
    async tokenProbabilities(items, { top = 0, signal } = {}) {
      checkCount(`${name}.tokenProbabilities`, "top", top, 0);
      const results: TokenProbability[][] = items.map(() => []);
      await score("tokenProbabilities", items, signal, (item, place, known, next) => {
        const entry = (token: number) => ({
          token: tokeniser.symbol(token),
          logProbability: known[token],
        });
        results[item][place] = { ...entry(next), top: top ? largest(known, top).map(entry) : [] };
      });
      return results;
    },
  });
  return {
    trained,
    density,
    /** The line that is to be continued: a source, and how the target begins. */
    startOf(fn: string, argument: string, index: number, source: Sequence, target: Sequence): Line {
      const place = { function: fn, argument, index };
      const line = lineOf(tokeniser.encode(source, place), tokeniser.encode(target, place));
      if (!room.slides) checkLength(place, line.tokens.length, context);
      return line;
    },
    async sample(lines: readonly Line[], options: SequenceSampleOptions): Promise<Generated[]> {
      const fn = `${name}.sample`;
      return (await continueLines(fn, network, lines, room, options, samplerOf(fn, options))).map(
        toGenerated,
      );
    },
    async greedy(lines: readonly Line[], options: GenerateOptions = {}): Promise<Generated[]> {
      const choose = () => (known: Float64Array) => largest(known, 1)[0];
      return (await continueLines(`${name}.greedy`, network, lines, room, options, choose)).map(toGenerated);
    },
    async beamSearch(lines: readonly Line[], options: BeamOptions = {}): Promise<Generated[][]> {
      const found = await searchBeams(`${name}.beamSearch`, network, lines, room, options);
      return found.map((beams) => beams.map(toGenerated));
    },
  };
}

const lengthOf = ({ from, to }: Span): number => to - from;

/** Logits that are held at a time. */
const LOGITS_TOGETHER = 4_000_000;
