import { CredenceError, checkCount } from "credence/numeric";
import { createMerger, cutAtSpaces, learnBytePairs, type Merge } from "./bytePairs.js";

/** A text, or a list of symbols such as phonemes. */
export type Sequence = string | readonly string[];

/** How sequences become tokens. */
export interface TokenOptions {
  /**
   * "characters": a text falls into its Unicode code points, a list into its entries; the vocabulary is what occurs in
   * the training data. "bpe": texts only; frequent neighbours become longer tokens (byte-pair encoding, Sennrich et al.
   * 2016), learnt from the training data. A list: just these tokens, cut as for "characters". Default "characters".
   */
  tokens?: "characters" | "bpe" | readonly string[];
  /** Most tokens of "bpe", with the single characters, which are always kept. Default 512. */
  vocabularySize?: number;
  /**
   * Whether what the vocabulary lacks is read as a token {@link UNKNOWN} in place of an error. Characters that occur once
   * in the training data are read so too, so that the model learns how probable that is. Default false.
   */
  unknown?: boolean;
}

/** A tokeniser as plain data. */
export interface TokeniserJson {
  /** The vocabulary; a token's number is its place here plus 1. */
  readonly symbols: readonly string[];
  /** The merges of byte-pair encoding, in their order. */
  readonly merges?: readonly Merge[];
  /** Whether the last symbol stands for everything unknown. */
  readonly unknown: boolean;
}

/** Turns sequences into numbers, and those back. */
export interface Tokeniser {
  /** Numbers there are, {@link BOUNDARY} among them. */
  readonly size: number;
  /**
   * The numbers of a sequence, without a boundary.
   * @throws CredenceError "unknown-token".
   */
  encode(sequence: Sequence, place: Place): Int32Array;
  /** The token of a number. */
  symbol(token: number): string;
  readonly json: TokeniserJson;
}

/** Where a sequence stood, for messages. */
export interface Place {
  readonly function: string;
  readonly argument: string;
  readonly index: number;
}

/** The number that stands before what is predicted, and that ends it. */
export const BOUNDARY = 0;
/** How the end of a sequence is shown as a token. */
export const END = "<end>";
/** How everything that a vocabulary lacks is shown. */
export const UNKNOWN = "<unknown>";

/**
 * Learns a vocabulary from sequences.
 * @throws CredenceError "unknown-option" for lists of symbols with "bpe" or a token named twice, "empty-input" where there
 * is no token at all.
 */
export function learnTokeniser(
  fn: string,
  sequences: readonly Sequence[],
  { tokens = "characters", vocabularySize = 512, unknown = false }: TokenOptions,
): Tokeniser {
  const withUnknown = (symbols: readonly string[]) => (unknown ? [...symbols, UNKNOWN] : symbols);
  const refuse = (argument: string, explanation: string, index?: number) =>
    new CredenceError("unknown-option", { function: fn, argument, index }, explanation);
  if (typeof tokens === "object") {
    const twice = tokens.findIndex((token, i) => tokens.indexOf(token) !== i);
    if (twice >= 0)
      throw refuse("tokens", "stands earlier in the list already; name each token once.", twice);
    return createTokeniser({ symbols: withUnknown(tokens), unknown });
  }
  if (tokens !== "characters" && tokens !== "bpe")
    throw refuse("tokens", 'must be "characters", "bpe" or a list of tokens.');
  checkCount(fn, "vocabularySize", vocabularySize);
  const counts = new Map<string, number>();
  sequences.forEach((sequence, i) => {
    if (tokens === "bpe" && typeof sequence !== "string")
      throw refuse(
        "sequences",
        'is a list, but tokens: "bpe" merges the characters of texts; give a text.',
        i,
      );
    for (const symbol of sequence) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  });
  const singles = [...counts].flatMap(([symbol, n]) => (unknown && n === 1 ? [] : [symbol])).sort(byCode);
  if (counts.size === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "sequences" },
      "hold no token to learn.",
    );
  if (tokens === "characters") return createTokeniser({ symbols: withUnknown(singles), unknown });
  const room = vocabularySize - singles.length - Number(unknown);
  const { symbols, merges } = learnBytePairs(sequences as readonly string[], singles, room);
  return createTokeniser({ symbols: withUnknown(symbols), merges, unknown });
}

/** An order of texts that is the same on every machine. */
const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A tokeniser from its data. */
export function createTokeniser(json: TokeniserJson): Tokeniser {
  const { symbols, merges, unknown } = json;
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i + 1]));
  const other = unknown ? symbols.length : undefined;
  function numbersOf(sequence: Sequence, place: Place): number[] {
    return Array.from(sequence, (symbol) => {
      const number = numbers.get(symbol) ?? other;
      if (number !== undefined) return number;
      throw new CredenceError(
        "unknown-token",
        { ...place, value: symbol },
        `is not among the ${symbols.length} tokens of the vocabulary; remove it, or train with unknown: true.`,
      );
    });
  }
  const merge = merges && createMerger(symbols, merges);
  const known = new Map<string, readonly number[]>();
  function merged(word: string, place: Place): readonly number[] {
    const found = known.get(word) ?? merge?.(numbersOf(word, place)) ?? [];
    if (known.size < CACHED) known.set(word, found);
    return found;
  }
  return {
    json,
    size: symbols.length + 1,
    encode: (sequence, place) =>
      Int32Array.from(
        merge && typeof sequence === "string"
          ? cutAtSpaces(sequence).flatMap((word) => merged(word, place))
          : numbersOf(sequence, place),
      ),
    symbol: (token) => (token === BOUNDARY ? END : symbols[token - 1]),
  };
}

/** Words whose tokens are remembered. */
const CACHED = 50_000;
