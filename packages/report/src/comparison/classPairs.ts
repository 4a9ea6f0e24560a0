import { brierScore, logLoss } from "credence/calibration";
import { type Estimate, type EstimateOptions, meanEstimate } from "credence/estimate";
import type { Matrix } from "credence/numeric";
import type { Database } from "../reading/database.js";
import { ROW } from "../reading/rowStatus.js";

/** Class probabilities of one side, and the true classes. */
export interface ClassSide {
  readonly probabilities: Matrix & { readonly data: Float64Array };
  readonly labels: Int32Array;
}

/** Both sides, row by row. */
export interface ClassPairs {
  readonly a: ClassSide;
  readonly b: ClassSide;
}

/** The class probabilities of the rows of `pairs` that are scored on both sides, in their order. */
export async function readClassPairs(database: Database, classes: number, rows: number): Promise<ClassPairs> {
  const side = (): ClassSide => ({
    probabilities: { data: new Float64Array(rows * classes), rows, columns: classes },
    labels: new Int32Array(rows),
  });
  const pairs = { a: side(), b: side() };
  const selects = (["a", "b"] as const).flatMap((name) => [
    `class_${name}`,
    ...Array.from({ length: classes }, (_, k) => `probabilities_${name}[${k + 1}]`),
  ]);
  const result = await database.connection.stream(
    `select ${selects.join(", ")} from pairs where s = ${ROW.scored} and t = ${ROW.scored}`,
  );
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const vectors = Array.from({ length: chunk.columnCount }, (_, k) => chunk.getColumnVector(k));
    for (let i = 0; i < chunk.rowCount; i++, row++)
      [pairs.a, pairs.b].forEach(({ probabilities, labels }, s) => {
        const first = s * (classes + 1);
        labels[row] = vectors[first].getItem(i) as number;
        for (let k = 0; k < classes; k++)
          probabilities.data[row * classes + k] = vectors[first + 1 + k].getItem(i) as number;
      });
  }
  return pairs;
}

/** Brier score and log loss over all classes. */
export const classScores = ({ probabilities, labels }: ClassSide, options: EstimateOptions) => ({
  brier: brierScore(probabilities, labels, options),
  logLoss: logLoss(probabilities, labels, options),
});

/** Differences of those scores row by row, B − A. */
export function pairedClassDifference(
  { a, b }: ClassPairs,
  options: EstimateOptions,
): { brier: Estimate; logLoss: Estimate } {
  const difference = (of: (side: ClassSide, row: number) => number) =>
    meanEstimate(
      Float64Array.from(a.labels, (_, i) => of(b, i) - of(a, i)),
      options,
    );
  return { brier: difference(brierOf), logLoss: difference(lossOf) };
}

function brierOf({ probabilities: { data, columns }, labels }: ClassSide, row: number): number {
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += (data[row * columns + k] - Number(k === labels[row])) ** 2;
  return sum;
}

/** As `logLoss` of credence/calibration: probabilities no nearer to 0 than 2^−52. */
const lossOf = ({ probabilities: { data, columns }, labels }: ClassSide, row: number): number =>
  -Math.log(Math.max(data[row * columns + labels[row]], 2 ** -52));
