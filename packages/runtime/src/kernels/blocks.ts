import type { Matrix } from "credence/numeric";
import { giveBack } from "../giveBack.js";
import type { RowsOfVariable } from "../protocol.js";
import type { Runtime, Session, Tensors } from "../runtime.js";
import type { TensorData } from "../tensor.js";
import { type Rows, takeRows } from "./float32.js";

/** Rows of a side of a square block, whose products a second-level cache holds. */
const SIDE = 512;
/** Entries of a block of some rows with all that are held. */
const WIDE_ENTRIES = 2.5e6;
/** Entries of the right-hand rows that lie in the worker at a time. */
const HELD_ENTRIES = 4e6;

/** A rectangle of pairs: rows `left.first` … of `a` and rows `second` … `secondEnd` of `b`. */
export interface Block {
  readonly left: Rows;
  /** The rows held, of which those of the block are some. */
  readonly right: Rows;
  readonly second: number;
  readonly secondEnd: number;
}

export interface BlockOptions {
  /** The function that errors name, and what it calls `a` and `b`. */
  readonly fn: string;
  readonly names: readonly [string, string];
  /** Subtracted from every row. */
  readonly center?: ArrayLike<number>;
  /** More inputs of the session, which belong to the rows of `b`: one of their first axis a row. */
  readonly ofRight?: (right: Rows) => Tensors;
  /** More inputs of the session, which belong to the rows of `a`. */
  readonly ofLeft?: (left: Rows, right: Rows) => Tensors;
  /** Whether a block holds few rows of `a` with all rows of `b` that are held, rather than a square. */
  readonly wide?: boolean;
  /** Gets results that are given back afterwards. */
  readonly visit: (block: Block, results: { readonly [name: string]: TensorData }) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs a session on every two rows of two matrices, block by block, as its inputs `a` and `b`, in memory that does not
 * grow with the rows. Without `b` the rows of `a` meet among themselves, in the square blocks on and above the diagonal.
 */
export async function forEachBlock(
  runtime: Runtime,
  session: Session,
  a: Matrix,
  b: Matrix | null,
  { fn, names, center, ofRight, ofLeft, wide = false, visit, signal }: BlockOptions,
): Promise<void> {
  const other = b ?? a;
  const { columns } = a;
  const held = SIDE * Math.max(1, Math.floor(HELD_ENTRIES / columns / SIDE));
  const width = wide ? held : SIDE;
  const most = Math.min(WIDE_ENTRIES / Math.min(held, other.rows), HELD_ENTRIES / columns);
  const height = wide ? Math.ceil(most) : SIDE;
  // The worker makes a block while the one before is visited.
  let visitLast = async () => {};
  for (let j = 0; j < other.rows; j += held) {
    const right = takeRows(fn, names[b ? 1 : 0], other, center, j, j + held);
    const theirs = { b: right.tensor, ...ofRight?.(right) };
    await hold(runtime, theirs);
    for (let i = 0; i < (b ? a.rows : right.end); i += height) {
      const left = takeRows(fn, names[0], a, center, i, i + height);
      const mine = { a: left.tensor, ...ofLeft?.(left, right) };
      await hold(runtime, mine);
      for (let second = b ? j : Math.max(i, j); second < right.end; second += width) {
        const secondEnd = Math.min(second + width, right.end);
        const rows = { ...some(mine, 0, left.end - i), ...some(theirs, second - j, secondEnd - j) };
        const results = session.run({}, { signal, rows });
        results.catch(() => {}); // Heard below, unless an earlier block fails first.
        await visitLast();
        visitLast = async () => {
          const made = await results;
          visit({ left, right, second, secondEnd }, made);
          giveBack(Object.values(made));
        };
      }
    }
  }
  await visitLast();
}

const variable = (input: string): string => `block ${input}`;

/** Hands tensors over to the worker, in place of those of the same names. */
async function hold(runtime: Runtime, tensors: Tensors): Promise<void> {
  const named = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [variable(name), tensor]));
  await Promise.all([runtime.drop(Object.keys(named)), runtime.set(named, { transfer: true })]);
}

/** Inputs fed from some rows of what the worker holds. */
const some = (tensors: Tensors, from: number, to: number): { [input: string]: RowsOfVariable } =>
  Object.fromEntries(Object.keys(tensors).map((input) => [input, { variable: variable(input), from, to }]));
