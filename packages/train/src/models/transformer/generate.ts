import { CredenceError, checkCount, type Random } from "credence/numeric";
import { streamOf } from "../../graph/index.js";
import type { Decoder, Logits, Network } from "./network.js";
import { type Line, strideOf } from "./packing.js";
import { BOUNDARY } from "./tokeniser.js";

export interface GenerateOptions {
  /**
   * Most tokens of one sequence; one that has not ended by then is cut off. Default: as many as the context has room for;
   * where it slides, as many as it has places.
   */
  maxTokens?: number;
  signal?: AbortSignal;
}

export interface SequenceSampleOptions extends GenerateOptions {
  /** Equal seeds draw equal samples, one by one: a sample does not depend on how many are drawn. Default 0. */
  seed?: number;
  /** What logits are divided by before drawing; below 1 probable tokens become more probable. Default 1. */
  temperature?: number;
  /** Draws only among this many most probable tokens. Default: all. */
  topK?: number;
  /** Draws only among the fewest tokens that have at least this probability together, in (0, 1]. Default 1. */
  topP?: number;
}

export interface BeamOptions extends GenerateOptions {
  /** Candidates that are followed, and at most given. Default 4. */
  beams?: number;
}

/** Tokens that were generated, as numbers, and the log-probability of each; also of the end, where it was reached. */
export interface Continuation {
  readonly tokens: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly ended: boolean;
}

/** What a line may grow to. */
export interface Room {
  readonly context: number;
  readonly slides: boolean;
}

/** Lines that are generated at the same time. */
const TOGETHER = 128;

/** Continues each line with tokens that `choose` picks from their log-probabilities. */
export async function continueLines(
  fn: string,
  network: Network,
  lines: readonly Line[],
  room: Room,
  { maxTokens, signal }: GenerateOptions,
  chooserOf: (line: number) => (logProbabilities: Float64Array) => number,
): Promise<Continuation[]> {
  const most = limits(fn, lines, room, maxTokens);
  const results = new Array<Continuation>(lines.length);
  await inBatches(lines, TOGETHER, async (batch) => {
    let going = batch.map((line) => ({
      line,
      tokens: [] as number[],
      logProbabilities: [] as number[],
      choose: chooserOf(line),
    }));
    await network.decode(async (decoder) => {
      const reader = createReader(decoder, room, signal);
      let logits = await reader.start(batch.map((line) => lines[line]));
      while (going.length > 0) {
        const kept: number[] = [];
        const chosen: number[] = [];
        going.forEach(({ line, tokens, logProbabilities, choose }, row) => {
          const known = logSoftmaxRow(logits, row);
          const token = choose(known);
          const ended = token === BOUNDARY;
          const full = !ended && tokens.length === most[line];
          if (!full) logProbabilities.push(known[token]);
          if (ended || full) results[line] = { tokens, logProbabilities, ended };
          else {
            tokens.push(token);
            kept.push(row);
            chosen.push(token);
          }
        });
        going = kept.map((row) => going[row]);
        if (going.length > 0) logits = await reader.next(kept, chosen);
      }
    });
  });
  return results;
}

/**
 * Beam search: at each step the `beams` most probable continuations of those before are kept. It ends when nothing kept
 * can still overtake the last of the finished ones.
 * @returns For each line at most `beams` continuations that have ended, the most probable first; where none has, the most
 * probable one that was cut off.
 */
export async function searchBeams(
  fn: string,
  network: Network,
  lines: readonly Line[],
  room: Room,
  { maxTokens, beams = 4, signal }: BeamOptions,
): Promise<Continuation[][]> {
  checkCount(fn, "beams", beams);
  const most = limits(fn, lines, room, maxTokens);
  const results = new Array<Continuation[]>(lines.length);
  await inBatches(lines, Math.max(1, Math.floor(TOGETHER / beams)), async (batch) => {
    await network.decode(async (decoder) => {
      const reader = createReader(decoder, room, signal);
      let logits = await reader.start(batch.map((line) => lines[line]));
      let searches: Search[] = batch.map((line, row) => ({
        line,
        alive: [{ ...NOTHING, row }],
        finished: [],
      }));
      while (searches.length > 0) {
        const rows: number[] = [];
        const tokens: number[] = [];
        for (const search of searches) {
          advance(search, logits, beams, most[search.line]);
          search.alive = search.alive.map((beam) => {
            tokens.push(beam.tokens.at(-1) as number);
            return { ...beam, row: rows.push(beam.row) - 1 };
          });
        }
        for (const { line, alive, finished } of searches) if (alive.length === 0) results[line] = finished;
        searches = searches.filter(({ alive }) => alive.length > 0);
        if (searches.length > 0) logits = await reader.next(rows, tokens);
      }
    });
  });
  return results;
}

/** A continuation under way. */
interface Beam extends Continuation {
  readonly total: number;
  /** Its row in the last logits. */
  readonly row: number;
}

interface Search {
  readonly line: number;
  alive: Beam[];
  finished: Beam[];
}

const NOTHING = { tokens: [], logProbabilities: [], ended: false, total: 0 };

/** One step of a search. */
function advance(search: Search, logits: Logits, beams: number, most: number): void {
  const candidates: { from: Beam; token: number; logProbability: number; total: number }[] = [];
  for (const from of search.alive) {
    const known = logSoftmaxRow(logits, from.row);
    // One more than are kept, since one of them may be the end.
    for (const token of largest(known, beams + 1))
      candidates.push({ from, token, logProbability: known[token], total: from.total + known[token] });
  }
  candidates.sort((a, b) => b.total - a.total);
  const full = search.alive[0].tokens.length === most;
  const cut = search.alive[0];
  const grown: Beam[] = [];
  for (const { from, token, logProbability, total } of candidates) {
    const logProbabilities = [...from.logProbabilities, logProbability];
    if (token === BOUNDARY) search.finished.push({ ...from, logProbabilities, total, ended: true });
    else if (!full && grown.length < beams)
      grown.push({ tokens: [...from.tokens, token], logProbabilities, total, row: from.row, ended: false });
  }
  search.finished = search.finished.sort((a, b) => b.total - a.total).slice(0, beams);
  const worst =
    search.finished.length === beams ? search.finished[beams - 1].total : Number.NEGATIVE_INFINITY;
  search.alive = grown.filter(({ total }) => total > worst);
  if (search.alive.length === 0 && search.finished.length === 0) search.finished = [cut];
}

/** Hands lines to a decoder token by token, and reads them again where the context slides. */
function createReader(decoder: Decoder, { context }: Room, signal: AbortSignal | undefined) {
  let texts: { readonly line: Line; readonly from: number }[] = [];
  const windowOf = ({ tokens, source }: Line): { line: Line; from: number } => {
    const stride = strideOf(context);
    const from = tokens.length <= context ? 0 : Math.ceil((tokens.length - context) / stride) * stride;
    return { line: { tokens, source }, from };
  };
  const seen = ({ line: { tokens, source }, from }: { line: Line; from: number }): Line => ({
    tokens: tokens.subarray(from),
    source,
  });
  const readAll = () => decoder.read(texts.map(seen), { signal });
  return {
    start(lines: readonly Line[]) {
      texts = lines.map(windowOf);
      return readAll();
    },
    /** Goes on from some rows, each with a token. */
    async next(rows: readonly number[], tokens: readonly number[]) {
      const before = rows.map((row) => texts[row]);
      texts = before.map(({ line }, i) =>
        windowOf({ tokens: Int32Array.of(...line.tokens, tokens[i]), source: line.source }),
      );
      if (texts.some(({ from }, i) => from !== before[i].from)) return readAll();
      const places = Int32Array.from(texts, ({ line, from }) => line.tokens.length - 1 - from);
      return decoder.step(Int32Array.from(rows), Int32Array.from(tokens), places, { signal });
    },
  };
}

/** The most tokens that each line may get. */
function limits(fn: string, lines: readonly Line[], { context, slides }: Room, maxTokens?: number): number[] {
  if (maxTokens !== undefined) checkCount(fn, "maxTokens", maxTokens);
  return lines.map(({ tokens }) =>
    slides ? (maxTokens ?? context) : Math.min(maxTokens ?? context, context - tokens.length),
  );
}

/** Lines of similar length together, so that little is read in vain. */
async function inBatches(
  lines: readonly Line[],
  size: number,
  work: (batch: readonly number[]) => Promise<void>,
): Promise<void> {
  const order = lines.map((_, i) => i).sort((a, b) => lines[a].tokens.length - lines[b].tokens.length);
  for (let from = 0; from < order.length; from += size) await work(order.slice(from, from + size));
}

/** log softmax of one row, in float64. */
export function logSoftmaxRow({ data, columns }: Logits, row: number): Float64Array {
  const result = Float64Array.from(data.subarray(row * columns, (row + 1) * columns));
  let most = Number.NEGATIVE_INFINITY;
  for (const z of result) most = Math.max(most, z);
  let total = 0;
  for (const z of result) total += Math.exp(z - most);
  const shift = most + Math.log(total);
  return result.map((z) => z - shift);
}

/** The places of the largest values, the largest first; of equal ones the first. */
export function largest(values: Float64Array, count: number): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  return order.slice(0, count);
}

/** Draws tokens. */
export function samplerOf(fn: string, options: SequenceSampleOptions) {
  const { temperature = 1, topK, topP = 1, seed = 0 } = options;
  const refuse = (argument: string, value: number, range: string) =>
    new CredenceError("out-of-range", { function: fn, argument, value }, `must be ${range}.`);
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw refuse("temperature", temperature, "above 0; for the most probable token use greedy()");
  if (!(topP > 0 && topP <= 1)) throw refuse("topP", topP, "above 0 and at most 1");
  if (topK !== undefined) checkCount(fn, "topK", topK);
  return (index: number) => {
    const random = streamOf(seed, index);
    return (known: Float64Array) => drawToken(random, known, temperature, topK ?? known.length, topP);
  };
}

function drawToken(
  random: Random,
  known: Float64Array,
  temperature: number,
  topK: number,
  topP: number,
): number {
  const all = topK >= known.length && topP === 1;
  const order = all ? Array.from(known, (_, i) => i) : largest(known, topK);
  const most = known.reduce((a, b) => Math.max(a, b));
  const weights = order.map((token) => Math.exp((known[token] - most) / temperature));
  const total = weights.reduce((a, b) => a + b);
  let count = 0;
  let mass = 0;
  // Rounding may leave the sum a little short of 1.
  while (count < order.length && mass < topP * total * (1 - 1e-12)) mass += weights[count++];
  let left = random.uniform() * mass;
  for (let i = 0; i < count - 1; i++) {
    left -= weights[i];
    if (left < 0) return order[i];
  }
  return order[count - 1];
}
