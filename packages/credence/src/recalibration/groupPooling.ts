import { rowNumbers } from "../numeric/mapNumbers.js";
import { mean } from "../numeric/quantile.js";
import type { Candidate } from "./candidates.js";
import { foldPairs, meanLogLoss, type Rows, takeRows } from "./comparison.js";
import { countingRows, fitMethod, predictFamily, shareOf, whyParent } from "./partFamily.js";

const POOLINGS = [0, 30, 100, 300, 1000, 3000, Infinity];

/** The pooling with the least cross-validated log loss; children and parent are fitted once per fold. */
export function bestPooling(
  fn: string,
  rows: Rows,
  parts: Int32Array,
  candidate: Candidate,
  minRows: number,
  seed: number,
): number {
  const clusters = new Set(Array.from(rows.groups)).size;
  if (clusters < 2) return Infinity;
  const numbered: Rows = { ...rows, scores: rowNumbers(parts.length) }; // folds of row numbers
  const losses = foldPairs(fn, numbered, Math.min(5, clusters), seed).flatMap(({ train, test }) => {
    const trainRows = Int32Array.from(train.scores);
    const testRows = Int32Array.from(test.scores);
    const inside = takeRows(rows, testRows);
    if (rows.weights && ![trainRows, testRows].every((part) => part.some((i) => rows.weights![i] > 0)))
      return [];
    const parent = fitMethod(candidate, takeRows(rows, trainRows), "1970-01-01").predict;
    const ownRows = new Map<number, number[]>();
    for (const i of trainRows) {
      const members = ownRows.get(parts[i]);
      if (members) members.push(i);
      else ownRows.set(parts[i], [i]);
    }
    const children = [...ownRows].flatMap(([part, members]) => {
      const indices = countingRows(Int32Array.from(members), rows);
      if (whyParent(indices, rows, minRows)) return [];
      const { predict } = fitMethod(candidate, takeRows(rows, indices), "1970-01-01");
      return [{ part, n: indices.length, predict }];
    });
    const by = testRows.map((i) => parts[i]);
    return [
      POOLINGS.map((pooling) => {
        const own = new Map(
          children.map(({ part, n, predict }) => [part, { share: shareOf(n, pooling), predict }]),
        );
        return meanLogLoss(predictFamily({ parent, parts: own })({ scores: inside.scores, by }), inside);
      }),
    ];
  });
  if (losses.length === 0) return Infinity;
  const total = POOLINGS.map((_, k) => mean(losses.map((fold) => fold[k])));
  return POOLINGS[total.indexOf(Math.min(...total))];
}
