import { decomposeEntropy, type EntropyDecomposition } from "credence/ensemble";
import { checkCount } from "credence/numeric";
import {
  type BeamOptions,
  type Continuation,
  continueLines,
  type GenerateOptions,
  largest,
  logSoftmaxRow,
  type Room,
  type SequenceSampleOptions,
  samplerOf,
  searchBeams,
} from "./generate.js";
import { type Network, roundUp } from "./network.js";
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
  SequenceUncertainty,
  TokenProbability,
} from "./sequences.js";
import { createTokeniser, type Sequence, type Tokeniser } from "./tokeniser.js";
import type { TransformerCard } from "./transformerCard.js";

/** What a network over sequences can do. */
export type SequenceAbilities = SequenceDensity<Sequence> & SequenceSampler & SequenceSearch;

/** What a network over pairs can do. */
export type PairAbilities = SequenceDensity<Pair> & ConditionalSequenceSampler & SequenceSearch;

/** How what users give becomes what a network reads. */
interface Reading {
  /** Stands in messages. */
  readonly name: string;
  readonly tokeniser: Tokeniser;
  readonly conditional: boolean;
  readonly room: Room;
}

const readingOf = (name: string, { kind, dimensions, overflow, tokens }: TransformerCard): Reading => {
  const conditional = kind === "conditionalTransformer";
  const room = { context: dimensions.context, slides: overflow === "slide" && !conditional };
  return { name, tokeniser: createTokeniser(tokens), conditional, room };
};

/** The abilities of a network over sequences; `name` stands in messages. */
export function overSequences(name: string, network: Network, card: TransformerCard): SequenceAbilities {
  const { density, generation, startOf } = abilitiesOf(readingOf(name, card), network);
  const start = (fn: string, argument: string) => (sequence: Sequence, index: number) =>
    startOf(fn, argument, index, [], sequence);
  return {
    ...density<Sequence>(),
    sample: async (count, { prompt = [], ...options } = {}) => {
      checkCount(`${name}.sample`, "count", count);
      return generation.sample(new Array(count).fill(start("sample", "prompt")(prompt, 0)), options);
    },
    greedy: async (starts, options) => generation.greedy(starts.map(start("greedy", "starts")), options),
    beamSearch: async (starts, options) =>
      generation.beamSearch(starts.map(start("beamSearch", "starts")), options),
  };
}

/** The abilities of a network over pairs; `name` stands in messages. */
export function overPairs(name: string, network: Network, card: TransformerCard): PairAbilities {
  const { density, generation, startOf } = abilitiesOf(readingOf(name, card), network);
  const start = (fn: string) => (source: Sequence, index: number) =>
    startOf(fn, "sources", index, source, []);
  return {
    ...density<Pair>(),
    sample: async (sources, options = {}) => generation.sample(sources.map(start("sample")), options),
    greedy: async (sources, options) => generation.greedy(sources.map(start("greedy")), options),
    beamSearch: async (sources, options) => generation.beamSearch(sources.map(start("beamSearch")), options),
  };
}

/** How much several networks disagree about each token; `name` stands in messages. */
export function disagreementOf<T extends Sequence | Pair>(
  name: string,
  networks: readonly Network[],
  card: TransformerCard,
): SequenceUncertainty<T> {
  const reading = readingOf(name, card);
  return {
    async uncertainty(items, { signal } = {}) {
      const places: EntropyDecomposition<number>[][] = items.map(() => []);
      await score(reading, "uncertainty", networks, items, signal, (item, place, known) => {
        places[item][place] = decomposeEntropy(known.map((row) => row.map(Math.exp)));
      });
      return places.map((own) => {
        const all = (part: keyof EntropyDecomposition<number>) =>
          Float64Array.from(own, (place) => place[part]);
        return { total: all("total"), aleatoric: all("aleatoric"), epistemic: all("epistemic") };
      });
    },
  };
}

/** What sequences and pairs have in common. */
function abilitiesOf(reading: Reading, network: Network) {
  const { name, tokeniser, room } = reading;

  const toGenerated = ({ tokens, logProbabilities, ended }: Continuation): Generated => {
    const symbols = tokens.map(tokeniser.symbol);
    const tokenLogProbabilities = Float64Array.from(logProbabilities);
    const logProbability = tokenLogProbabilities.reduce((a, b) => a + b, 0);
    return { tokens: symbols, text: symbols.join(""), ended, logProbability, tokenLogProbabilities };
  };
  const density = <T extends Sequence | Pair>(): SequenceDensity<T> => ({
    async logProbability(items, { signal } = {}) {
      const totals = new Float64Array(items.length);
      await score(reading, "logProbability", [network], items, signal, (item, _, [known], next) => {
        totals[item] += known[next];
      });
      return totals;
    },
    async tokenProbabilities(items, { top = 0, signal } = {}) {
      checkCount(`${name}.tokenProbabilities`, "top", top, 0);
      const results: TokenProbability[][] = items.map(() => []);
      await score(reading, "tokenProbabilities", [network], items, signal, (item, place, [known], next) => {
        const entry = (token: number) => ({
          token: tokeniser.symbol(token),
          logProbability: known[token],
        });
        results[item][place] = { ...entry(next), top: top ? largest(known, top).map(entry) : [] };
      });
      return results;
    },
  });
  const generation = {
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
  return {
    density,
    generation,
    /** The line that is to be continued: a source, and how the target begins. */
    startOf(fn: string, argument: string, index: number, source: Sequence, target: Sequence): Line {
      const place = { function: `${name}.${fn}`, argument, index };
      const line = lineOf(tokeniser.encode(source, place), tokeniser.encode(target, place));
      if (!room.slides) checkLength(place, line.tokens.length, room.context);
      return line;
    },
  };
}

/**
 * Hears, for the place of each token of each item and of its end, the log-probabilities of all tokens by each network and
 * which one comes there; in any order.
 */
async function score(
  { name, tokeniser, conditional, room }: Reading,
  fn: string,
  networks: readonly Network[],
  items: readonly (Sequence | Pair)[],
  signal: AbortSignal | undefined,
  hear: (item: number, place: number, known: readonly Float64Array[], next: number) => void,
): Promise<void> {
  const { context, slides } = room;
  const lines = items.map((item, index) => {
    const place = { function: `${name}.${fn}`, argument: "items", index };
    const line = lineOfItem(tokeniser, item, conditional, place);
    if (!slides) checkLength(place, line.tokens.length, context);
    return line;
  });
  const spans = lines.flatMap(({ tokens, source }, i) => spansOf(tokens.length, context, i, source));
  // Several short ones share a row; a few at a time, for the sake of memory.
  const order = spans.map((_, i) => i).sort((a, b) => lengthOf(spans[a]) - lengthOf(spans[b]));
  const together = Math.max(1, Math.floor(LOGITS_TOGETHER / (context * tokeniser.size * networks.length)));
  for (let from = 0; from < order.length; from += together) {
    const part = order.slice(from, from + together).map((i) => spans[i]);
    const longest = Math.max(...part.map(lengthOf));
    const rows = packRows(lines, part, roundUp(longest, context), tokeniser.size);
    const logits = await Promise.all(networks.map((network) => network.logits(rows, { signal })));
    part.forEach(({ line, to, from: first, counted }, i) => {
      const { row, place } = rows.at[i];
      for (let j = counted; j < to; j++) {
        const k = row * rows.places + place + j - first;
        const known = logits.map((all) => logSoftmaxRow(all, k));
        hear(line, j - lines[line].source, known, rows.next[k]);
      }
    });
  }
}

const lengthOf = ({ from, to }: Span): number => to - from;

/** Logits that are held at a time. */
const LOGITS_TOGETHER = 4_000_000;
