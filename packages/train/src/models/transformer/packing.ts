import { CredenceError, shuffle } from "credence/numeric";
import { streamOf } from "../../graph/index.js";
import { BOUNDARY, type Place, type Sequence, type Tokeniser } from "./tokeniser.js";

/**
 * A sequence as the network reads it: the source's tokens, if there is one, the boundary, the tokens that are predicted.
 * The end is predicted too, but never read.
 */
export interface Line {
  readonly tokens: Int32Array;
  /** Tokens of the source, which see each other and are not predicted. */
  readonly source: number;
}

/** A stretch of a line that is read at once. */
export interface Span {
  readonly line: number;
  /** The tokens read are those from here … */
  readonly from: number;
  /** … to here, exclusive. */
  readonly to: number;
  /** The first whose successor counts; those before were counted in an earlier stretch. */
  readonly counted: number;
}

/** Several lines in rows of equal length, the rest of each filled up; every array is [rows, places]. */
export interface PackedRows {
  readonly rows: number;
  readonly places: number;
  readonly tokens: Int32Array;
  /** Where each token stands in its line. */
  readonly positions: Int32Array;
  /** The first and the last place of the row that sees the token. */
  readonly from: Int32Array;
  readonly until: Int32Array;
  /** What comes next, or `none` where that is not asked. */
  readonly next: Int32Array;
  /** For each span, its row and the place of its first token. */
  readonly at: readonly { readonly row: number; readonly place: number }[];
}

/** A source, and what belongs to it. */
export interface Pair {
  readonly source: Sequence;
  readonly target: Sequence;
}

export const isPair = (item: Sequence | Pair): item is Pair => typeof item === "object" && "target" in item;

/**
 * The line of a sequence or pair.
 * @throws CredenceError "unknown-token"; "shape-mismatch" for the one where the other is needed.
 */
export function lineOfItem(
  tokeniser: Tokeniser,
  item: Sequence | Pair,
  conditional: boolean,
  place: Place,
): Line {
  if (isPair(item) !== conditional)
    throw new CredenceError(
      "shape-mismatch",
      place,
      conditional ? "must be a pair { source, target }, not a sequence." : "must be a sequence, not a pair.",
    );
  return isPair(item)
    ? lineOf(tokeniser.encode(item.source, place), tokeniser.encode(item.target, place))
    : lineOf(new Int32Array(), tokeniser.encode(item, place));
}

/** The line of a source and a target; the source is empty where there is none. */
export function lineOf(source: Int32Array, target: Int32Array): Line {
  const tokens = new Int32Array(source.length + 1 + target.length);
  tokens.set(source);
  tokens[source.length] = BOUNDARY;
  tokens.set(target, source.length + 1);
  return { tokens, source: source.length };
}

/**
 * The stretches of a line of `length` tokens in which each token is predicted once: the whole line where it fits; else
 * windows that move on by half the context at a time, so that from the second on every prediction has at least half the
 * context before it.
 */
export function spansOf(length: number, context: number, line: number, source = 0): Span[] {
  if (length <= context) return [{ line, from: 0, to: length, counted: source }];
  const spans = [{ line, from: 0, to: context, counted: source }];
  for (let from = strideOf(context); spans.at(-1)!.to < length; from += strideOf(context))
    spans.push({ line, from, to: Math.min(from + context, length), counted: spans.at(-1)!.to });
  return spans;
}

/** By how much a sliding context moves. */
export const strideOf = (context: number): number => Math.max(1, Math.floor(context / 2));

/**
 * Puts spans into rows, several to a row where they fit (longest first, each into the fullest row with room), so that
 * little of a row is filling. A token is seen from its own place to the end of its span, one of a source from the start of
 * the span on; so spans in one row do not see each other, and nothing sees the filling.
 * @param none The number in `next` of places that do not count.
 * @param options `seed`: shuffles the order in which spans of equal length are taken; default: as they stand. `together`:
 * whether spans share rows; default true, else the i-th span is row i.
 */
export function packRows(
  lines: readonly Line[],
  spans: readonly Span[],
  places: number,
  none: number,
  { seed, together = true }: { seed?: number; together?: boolean } = {},
): PackedRows {
  const order = Int32Array.from(spans, (_, i) => i);
  if (seed !== undefined) shuffle(streamOf(seed, -1), order);
  const lengthOf = (i: number) => spans[i].to - spans[i].from;
  if (together) order.sort((a, b) => lengthOf(b) - lengthOf(a));
  const at = new Array<{ row: number; place: number }>(spans.length);
  // Rows by the room that is left in them.
  const withRoom: number[][] = Array.from({ length: places + 1 }, () => []);
  let rows = 0;
  for (const i of order) {
    const length = lengthOf(i);
    let room = together ? length : places;
    while (room < places && withRoom[room].length === 0) room++;
    const row = (together ? withRoom[room].pop() : undefined) ?? rows++;
    at[i] = { row, place: places - room };
    withRoom[room - length].push(row);
  }
  const filled = (value: (place: number) => number) =>
    Int32Array.from({ length: rows * places }, (_, j) => value(j % places));
  const packed = {
    tokens: filled(() => BOUNDARY),
    positions: filled(() => 0),
    from: filled((place) => place),
    until: filled((place) => place),
    next: filled(() => none),
  };
  spans.forEach(({ line, from, to, counted }, i) => {
    const { tokens, source } = lines[line];
    const { row, place } = at[i];
    for (let j = from; j < to; j++) {
      const k = row * places + place + j - from;
      packed.tokens[k] = tokens[j];
      packed.positions[k] = j - from;
      packed.from[k] = j < source ? place : place + j - from;
      packed.until[k] = place + to - from - 1;
      if (j >= counted) packed.next[k] = tokens[j + 1] ?? BOUNDARY;
    }
  });
  return { rows, places, ...packed, at };
}

/**
 * Refuses a line that is longer than the context.
 * @throws CredenceError "too-long".
 */
export function checkLength(place: Place, length: number, context: number): void {
  if (length > context)
    throw new CredenceError(
      "too-long",
      place,
      `takes ${length} places (its tokens and a boundary), but the context has ${context}; shorten it, choose a longer context, or for sequences let the context slide (overflow: "slide").`,
    );
}
