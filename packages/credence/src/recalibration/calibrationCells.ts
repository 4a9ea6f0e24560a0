import { type Binning, createBinning } from "../numeric/bins.js";
import { checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type GroupCodes, type Groups, groupCodes } from "../numeric/groups.js";

/** Attributes of the rows, by name: a value per row each. */
export type Attributes = Readonly<Record<string, Groups>>;

/** Where a cell lies: rows with one value of one attribute and a prediction in one level; null: all rows. */
export interface Cell {
  readonly attribute: string | null;
  readonly value: string | number | null;
  /** Number of the prediction's level. */
  readonly level: number;
}

/** All cells over some rows. A row is in one cell per attribute, and in one of "all rows". */
export interface CellIndex {
  readonly count: number;
  cell(index: number): Cell;
  /** The cells of a row whose prediction is in the given level. */
  of(row: number, level: number): number[];
  /** The rows with the attribute's value of a cell, whatever their prediction. */
  candidates(index: number): Int32Array;
}

/** Numbers the cells of rows with these attributes. */
export function indexCells(fn: string, by: Attributes, rows: number, levels: number): CellIndex {
  const everyone: GroupCodes = { codes: new Int32Array(rows), count: 1, labels: [""] };
  const attributes = [
    { name: null as string | null, coded: everyone },
    ...Object.entries(by).map(([name, values]) => {
      checkSameLength(fn, `by.${name}`, values, "scores", { length: rows });
      return { name, coded: groupCodes(fn, values, { length: rows }, "scores") };
    }),
  ];
  const offsets: number[] = [];
  const members: Int32Array[][] = [];
  let count = 0;
  for (const { coded } of attributes) {
    offsets.push(count);
    count += coded.count * levels;
    const lists = Array.from({ length: coded.count }, () => [] as number[]);
    coded.codes.forEach((code, row) => {
      lists[code].push(row);
    });
    members.push(lists.map((list) => Int32Array.from(list)));
  }
  const locate = (index: number) => {
    let a = attributes.length - 1;
    while (offsets[a] > index) a--;
    return { a, code: Math.floor((index - offsets[a]) / levels), level: (index - offsets[a]) % levels };
  };
  return {
    count,
    cell(index) {
      const { a, code, level } = locate(index);
      const { name, coded } = attributes[a];
      return { attribute: name, value: name === null ? null : coded.labels[code], level };
    },
    of: (row, level) => attributes.map(({ coded }, a) => offsets[a] + coded.codes[row] * levels + level),
    candidates(index) {
      const { a, code } = locate(index);
      return members[a][code];
    },
  };
}

/** The column of an attribute that a fitted cell speaks of. */
export function attributeColumn(fn: string, by: Attributes, attribute: string, rows: number): Groups {
  if (!Object.hasOwn(by, attribute))
    throw new CredenceError(
      "unknown-group",
      { function: fn, argument: "by", value: attribute },
      "is missing; every attribute of the fit is needed to predict.",
    );
  checkSameLength(fn, `by.${attribute}`, by[attribute], "scores", { length: rows });
  return by[attribute];
}

/** "language is Welsh and the confidence is 0.8 to 0.9". */
function describeCell({ attribute, value, level }: Cell, { edges }: Binning): string {
  const who = attribute === null ? "" : `${attribute} is ${value} and `;
  const show = (edge: number) => String(Number(edge.toFixed(3)));
  return `${who}the confidence is ${show(edges[level])} to ${show(edges[level + 1])}`;
}

/** Scores together with the attributes of their rows. */
export interface AttributedScores {
  readonly scores: ArrayLike<number>;
  readonly by: Attributes;
}

/** Attributed rows whose outcomes are known. */
export interface AttributedRows extends AttributedScores {
  readonly outcomes: Float64Array;
  /** Cluster ids, where rows are not independent. */
  readonly groups?: Groups | undefined;
}

/** How predictions are cut into levels. */
export const levelBinning = (levels: number): Binning =>
  createBinning("multicalibration", [], { bins: levels });

/** "Where language is Welsh and …, answers are right 61 % of the time, not 88 % (214 rows)." */
export function cellWords(cell: Cell, binning: Binning, right: number, said: number, n: number): string {
  return `Where ${describeCell(cell, binning)}, answers are right ${percent(right)} of the time, not ${percent(said)} (${n} rows).`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
